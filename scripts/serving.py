"""The real server as a subprocess: started on a free port, stopped as Ctrl+C stops it.

Browser tests and benchmarks share it. It leaves out who visits the server.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 60.0
LAST_LINES = 60


@dataclass(frozen=True)
class Served:
    """A server that runs: where it listens, its process, and the file its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def websocket_url(self) -> str:
        """Where Streamlit's own frontend connects to."""
        return self.url.replace("http://", "ws://") + "/_stcore/stream"

    def output(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_words(self) -> str:
        """The end of the output, for an error message."""
        return "\n".join(self.output().splitlines()[-LAST_LINES:])


def free_port() -> int:
    """A TCP port of the local host that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(url: str) -> bool:
    """Whether the server at `url` answers its health check."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_healthy(served: Served) -> None:
    """Return when the server is up. Raises `RuntimeError` with its output where it does not."""
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(served.url):
        if served.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{served.last_words()}")
        time.sleep(0.02)


def stop(served: Served) -> None:
    """Send SIGINT and wait. Raises `RuntimeError` with the output where the end was not clean."""
    served.process.send_signal(signal.SIGINT)
    try:
        code = served.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        served.process.kill()
        code = served.process.wait()
    if code != 0:
        raise RuntimeError(f"the server ended with exit code {code}:\n{served.last_words()}")
    if "Traceback" in served.output():
        raise RuntimeError(f"the server printed a traceback:\n{served.last_words()}")


@contextmanager
def serving(environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Run `streamlit run app.py` for the length of a `with` block, healthy from its first line.

    `environment` is added to the variables of this process.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        served = Served(f"http://127.0.0.1:{port}", process, log)
        try:
            wait_until_healthy(served)
            yield served
        except BaseException:
            process.kill()
            process.wait()
            raise
        stop(served)
