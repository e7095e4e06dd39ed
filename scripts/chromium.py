"""Print the path of a Chromium that starts; find or fetch one where there is none.

In this order: what the environment variable CHROMIUM names; a browser of this machine; the one that
Playwright has downloaded before; Playwright's download; Debian's package, where we are root. The
path goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

# The same engine without the parts that draw a window does the tests in 86 % of the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 180
PACKAGE_SECONDS = 300
ADVICE = (
    "No Chromium was found or could be fetched: install Chromium or Google Chrome, or name one in "
    "the environment variable CHROMIUM."
)


def starts(path: str) -> bool:
    """Whether the program at `path` runs and knows its version (a missing library shows here)."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def run_bounded(command: list[str], seconds: int) -> bool:
    """Run a command with its output on standard error; False where it fails or takes too long.

    It gets a process group of its own, so that what it has started ends with it.
    """
    print("+", *command, file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    process = subprocess.Popen(command, stdout=sys.stderr, env=environment, start_new_session=True)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        print(f"given up after {seconds} s", file=sys.stderr)
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def on_this_machine() -> str | None:
    """The first browser on PATH that starts."""
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and starts(path)), None)


def of_playwright() -> str | None:
    """The browser that Playwright has downloaded, where Playwright is installed and it starts."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if starts(path) else None


def downloaded() -> str | None:
    """Let Playwright download its browser, in bounded time."""
    command = [sys.executable, "-m", "playwright", "install", "chromium", "--no-shell"]
    return of_playwright() if run_bounded(command, DOWNLOAD_SECONDS) else None


def packaged() -> str | None:
    """Install Debian's package and one sans-serif font, where this is Debian and we are root."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    run_bounded(["apt-get", "update"], PACKAGE_SECONDS)
    for name in (SHELL, "chromium"):  # older Debians have no shell of its own
        if run_bounded([*install, name, "fonts-dejavu-core"], PACKAGE_SECONDS):
            return on_this_machine()
    return None


def candidates() -> Iterator[Callable[[], str | None]]:
    """The places to look, the cheapest first."""
    yield on_this_machine
    yield of_playwright
    yield downloaded
    yield packaged


def find() -> str | None:
    """The path of a Chromium that starts, or None. A CHROMIUM that does not start is an error."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not starts(named):
            raise ValueError(f"CHROMIUM={named!r} does not start")
        return named
    return next((path for look in candidates() if (path := look())), None)


def main() -> int:
    """Print the path, or say what to install."""
    try:
        path = find()
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
