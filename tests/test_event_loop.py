"""The event loop that Streamlit takes where it is installed sends small answers at once.

asyncio's own does so only where the socket says that its protocol is TCP, which the one that
Streamlit binds does not; a rerun's last packet then waits 40 ms for an acknowledgement.
"""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop has no wheels for Windows")
def test_connections_to_a_socket_as_streamlit_binds_it_send_at_once() -> None:
    import uvloop

    delays = []

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        delays.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def visit() -> None:
        listening = socket.socket(socket.AF_INET)
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(answer, sock=listening)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        await reader.read()
        writer.close()
        server.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(visit())
    assert delays == [1]
