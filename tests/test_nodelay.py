"""The listening socket of the server sends small answers at once."""

import socket
import sys

import pytest

from explainer.nodelay import send_small_answers_at_once


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not list a process's open files")
def test_connections_accepted_afterwards_send_at_once() -> None:
    with socket.socket(socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert send_small_answers_at_once() >= 1
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_the_sockets_stay_open() -> None:
    with socket.socket(socket.AF_INET) as own:
        send_small_answers_at_once()
        own.bind(("127.0.0.1", 0))
        assert own.getsockname()[1] > 0
