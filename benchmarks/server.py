"""How soon the app is there, and what a rerun of an idle page costs its visitor.

Measured from outside, on the real server:

- *start*: from the start of the process until a browser has painted the home page. The first start
  of a series reads the libraries from disk and is not counted.
- *rerun*: from the request to `script_finished`, over the websocket that Streamlit's own frontend
  uses, one request after the other.
- *part*: the same for a control of a part that runs alone; of a page's parts the slowest.

The yardstick is the same server with garbage as Streamlit leaves it: collected after every rerun,
and nothing frozen.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from explainer.topics import TOPICS
from explainer.warmup import HEAD_START_SECONDS
from scripts.chromium import find
from scripts.serving import Served, serving

AS_IT_COMES = {"DEEPGLASS_FREEZE": "0", "STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
STARTS = 3
RERUNS = 60
GOAL_MILLISECONDS = 8.0
QUIET_SECONDS = HEAD_START_SECONDS + 1.0  # the warm-up rests too, before what takes it longest
PAINTED = '[data-testid="stApp"][data-test-script-state="notRunning"] h1'


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile of a series, in milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> Spread:
        """The spread of measured seconds."""
        milliseconds = [1000 * value for value in seconds]
        cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
        return cls(p50=statistics.median(milliseconds), p95=cuts[-1])


def processor_seconds(process_id: int) -> float | None:
    """Processor time that a process has used so far; None where there is no /proc."""
    try:
        text = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii")
    except OSError:
        return None
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def wait_until_warm(served: Served) -> None:
    """Return when the process rests, which is when its warm-up is over (30 s without /proc)."""
    used = processor_seconds(served.process.pid)
    if used is None:
        time.sleep(30)
        return
    while True:
        time.sleep(QUIET_SECONDS)
        before, used = used, processor_seconds(served.process.pid) or 0.0
        if used - before < 0.05 * QUIET_SECONDS:
            return


def seconds_until_painted(browser: Browser) -> float:
    """Seconds from the start of a server until the home page stands in the browser."""
    started = time.perf_counter()
    with serving() as served:
        page = browser.new_page()
        page.goto(served.url)
        page.wait_for_selector(PAINTED)
        seconds = time.perf_counter() - started
        page.close()
    return seconds


def rerun(connection: ClientConnection, page_name: str, part: str = "") -> float:
    """Seconds from a request to run the page, or a part of it, until its script has finished."""
    started = time.perf_counter()
    for _ in answers(connection, page_name, part):
        pass
    return time.perf_counter() - started


def answers(connection: ClientConnection, page_name: str, part: str = "") -> Iterator[ForwardMsg]:
    """What comes after a request to run the page, or a part of it, until its script has finished.

    Raises `RuntimeError` where the page shows an exception.
    """
    message = BackMsg()
    message.rerun_script.page_name = page_name
    message.rerun_script.fragment_id = part
    connection.send(message.SerializeToString())
    answer = ForwardMsg()
    while answer.WhichOneof("type") != "script_finished":
        data = connection.recv(timeout=60)
        assert isinstance(data, bytes)
        answer.ParseFromString(data)
        if answer.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(f"the page {page_name or 'home'!r} failed")
        yield answer


def parts_of(connection: ClientConnection, page_name: str) -> list[str]:
    """The parts of a page that run alone where a control of theirs is moved."""
    found = (answer.delta.fragment_id for answer in answers(connection, page_name))
    return list(filter(None, dict.fromkeys(found)))


@contextmanager
def visitor(served: Served) -> Iterator[ClientConnection]:
    """A websocket connection as Streamlit's frontend opens it."""
    protocol = Subprotocol("streamlit")
    with connect(served.websocket_url, subprotocols=[protocol], max_size=None) as connection:
        yield connection


@dataclass(frozen=True)
class Reruns:
    """The spread of reruns of a page, and that of its slowest part; None where it has none."""

    page: Spread
    part: Spread | None


def reruns(pages: list[str], environment: dict[str, str]) -> dict[str, Reruns]:
    """The reruns of each page, on a server of its own, once warm."""
    found = {}
    with serving(environment) as served:
        wait_until_warm(served)
        for page in pages:
            with visitor(served) as connection:
                for _ in range(5):
                    rerun(connection, page)
                parts = [
                    Spread.of([rerun(connection, page, part) for _ in range(RERUNS)])
                    for part in parts_of(connection, page)
                ]
                whole = Spread.of([rerun(connection, page) for _ in range(RERUNS)])
                slowest = max(parts, key=lambda one: one.p50, default=None)
                found[page] = Reruns(whole, slowest)
    return found


def print_starts() -> None:
    """Measure and print the start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        _, *seconds = [seconds_until_painted(browser) for _ in range(1 + STARTS)]
        browser.close()
    middle, slowest = statistics.median(seconds), max(seconds)
    print(
        f"home page painted after the start: {middle:.2f} s (slowest of {STARTS} {slowest:.2f} s)"
    )


def print_reruns() -> None:
    """Measure and print the reruns, with garbage our way and Streamlit's."""
    pages = ["", *(topic.slug for topic in TOPICS)]
    ours, plain = reruns(pages, {}), reruns(pages, AS_IT_COMES)
    print(f"rerun, {RERUNS} of each page, milliseconds")
    print(
        f"{'page':16} {'p50':>8} {'p95':>8} {'part':>8} {'p95':>8} {'Streamlit':>10} {'p95':>8} "
        f"{'ratio':>7}"
    )
    for page in pages:
        now, part, before = ours[page].page, ours[page].part, plain[page].page
        alone = f"{part.p50:8.1f} {part.p95:8.1f}" if part else f"{'-':>8} {'-':>8}"
        print(
            f"{page or 'home':16} {now.p50:8.1f} {now.p95:8.1f} {alone} {before.p50:10.1f} "
            f"{before.p95:8.1f} {before.p50 / now.p50:6.1f}x"
        )
    verdict = "met" if ours[""].page.p50 <= GOAL_MILLISECONDS else "missed"
    print(f"goal: home p50 at most {GOAL_MILLISECONDS:.0f} ms: {verdict}")


def main() -> int:
    """Print both tables."""
    print_starts()
    print_reruns()
    return 0


if __name__ == "__main__":
    sys.exit(main())
