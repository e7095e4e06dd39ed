"""The process that holds what a decoder imports, and forks a decoder for each upload. On Linux.

:mod:`explainer.images.decoding.decoders` starts it with one end of a socket as its standard input.
A request is a message: the job as text, and three descriptors: the upload, the output, and a socket
on which the exit status of the decoder is sent. A decoder is forked by an attendant of its own that
waits for it, so that this process has nothing to wait for. When the other end of the socket is
closed, which is when the server has ended in whatever way, it ends itself and all that it has
forked.
"""

import os
import signal
import socket
import sys

from explainer.images.decoding import worker
from explainer.images.decoding.decoders import STATUS

LONGEST_REQUEST = 1000


def serve(requests: socket.socket) -> None:
    """Fork an attendant for each request, until there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # an attendant that has ended leaves nothing
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, LONGEST_REQUEST, 3)
        if not message:
            os.killpg(0, signal.SIGKILL)
        if os.fork() == 0:
            requests.close()
            _attend(worker.Job.of(message.decode()), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _attend(job: worker.Job, given: int, taken: int, ended: int) -> None:
    """Fork the decoder, wait for it, and send how it ended. Does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    decoder = os.fork()
    if decoder == 0:
        os.close(ended)
        _decode(job, given, taken)
    _, status = os.waitpid(decoder, 0)
    os.write(ended, STATUS.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _decode(job: worker.Job, given: int, taken: int) -> None:
    """Decode, and end this process as a program would. Does not return."""
    code = 1
    try:
        with os.fdopen(given, "rb") as upload, os.fdopen(taken, "wb") as output:
            worker.decode(job, upload, output)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=os.dup(sys.stdin.fileno())))
