"""Where decoders come from: processes of their own, so that no codec holds the server up.

On Linux they are forked from a process that has their imports done: some milliseconds in place of
a fifth of a second of processor time. It is started with the server, or by the first upload, and
again where it has died. Elsewhere, and where it cannot be had, each decoder is a program of its
own. Both are bounded in the same way, and both answer through files.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from struct import Struct
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from explainer.images.decoding.worker import Job

ROOT = Path(__file__).parents[3]
FORKED = sys.platform == "linux"
STATUS = Struct("<i")
GRACE_SECONDS = 5.0
"""How much later than the system, which ends a decoder in time, we give up waiting for it."""


def start_decoders() -> None:
    """Have decoders ready before the first is asked for, where they are forked."""
    if FORKED:
        _FORK_SERVER.requests()


@contextmanager
def decoded(job: Job, data: bytes) -> Iterator[tuple[int, IO[bytes]]]:
    """Decode ``data``: the exit code, negative for a signal, and the file with what was written.

    Each try has files of its own, because a decoder that was lost may go on with those it has.
    Raises ``TimeoutError`` where the decoder is not heard of again.
    """
    runs = [_FORK_SERVER.run] * (2 if FORKED else 0)  # the second time with a new server
    for run in (*runs, _run_program):
        with _scratch() as given, _scratch() as taken:
            given.write(data)
            given.seek(0)
            code = run(job, given, taken)
            if code is not None:
                yield code, taken
                return


def _scratch() -> IO[bytes]:
    """A file without a name, in memory where the system has such."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("picture"), "w+b")
    return TemporaryFile()


def _run_program(job: Job, given: IO[bytes], taken: IO[bytes]) -> int:
    command = [*_python("explainer.images.decoding.worker"), job.text()]
    try:
        return subprocess.run(
            command,
            stdin=given,
            stdout=taken,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=_environment(),
            timeout=job.wall_seconds + GRACE_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(str(error)) from error


def _python(module: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", module]


def _environment() -> dict[str, str]:
    return os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class _ForkServer:
    """The process of :mod:`explainer.images.decoding.fork_server`, where one has been started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None

    def requests(self) -> socket.socket:
        """Where requests go, to a process that lives."""
        with self._lock:
            if self._requests is None or self._process is None or self._process.poll() is not None:
                self._end()
                self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = subprocess.Popen(
                        _python("explainer.images.decoding.fork_server"),
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        cwd=ROOT,
                        env=_environment(),
                        start_new_session=True,  # Ctrl+C is for the server, which ends it
                    )
            return self._requests

    def run(self, job: Job, given: IO[bytes], taken: IO[bytes]) -> int | None:
        """The exit code of a decoder forked for the job; None where the process is gone."""
        ended, theirs = socket.socketpair()
        with ended:
            with theirs, suppress(OSError):  # the process has gone, its socket with it
                files = [file.fileno() for file in (given, taken, theirs)]
                socket.send_fds(self.requests(), [job.text().encode()], files)
            ended.settimeout(job.wall_seconds + GRACE_SECONDS)
            status = ended.recv(STATUS.size)
        return STATUS.unpack(status)[0] if status else None

    def end(self) -> None:
        """End the process, and with it the decoders it has forked."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._requests is not None:
            self._requests.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._requests = self._process = None


_FORK_SERVER = _ForkServer()
atexit.register(_FORK_SERVER.end)
