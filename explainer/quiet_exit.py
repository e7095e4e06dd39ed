"""Ctrl+C and SIGTERM as an ordinary end: exit code 0 once the server has shut down in order.

Uvicorn catches the signal, shuts down, and then raises it again, so that the process ends with
exit code 1, or as if killed, though all went well. What it remembers of the signal is a private
list; where a later version keeps it elsewhere, the end is as before.
"""

from __future__ import annotations

import signal


def end_quietly() -> None:
    """Let uvicorn forget the signals it caught; to be called when everything has stopped."""
    for number in (signal.SIGINT, signal.SIGTERM):
        server = getattr(signal.getsignal(number), "__self__", None)
        caught = getattr(server, "_captured_signals", None)
        if isinstance(caught, list):
            caught.clear()
