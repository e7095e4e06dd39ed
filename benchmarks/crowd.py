"""What many visitors wait for who rerun a page once a second, and what watching files adds.

As many visitors as a class has, each on a bare websocket as Streamlit's frontend opens it, so that
next to nothing is measured but the server. The yardstick is the same server with Streamlit's own
file watcher, which walks all modules after every rerun: what `make run RELOAD=1` starts.
"""

from __future__ import annotations

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from benchmarks.server import Spread, rerun, visitor, wait_until_warm
from scripts.serving import Served, serving

VISITORS = 20
SECONDS = 12
WATCHED = {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "auto"}
PAGE = "filters"
ROUNDS = 2
IN_TURN = Lock()  # the first page of a visitor costs more than a rerun, and is not what is measured


def visit(served: Served, number: int) -> list[float]:
    """Seconds of each rerun of one visitor, who begins a little after the one before."""
    with visitor(served) as connection:
        with IN_TURN:
            rerun(connection, PAGE)
        time.sleep(number / VISITORS)
        taken = []
        for _ in range(SECONDS):
            taken.append(rerun(connection, PAGE))
            time.sleep(max(0.0, 1 - taken[-1]))
    return taken


def waits(environment: dict[str, str]) -> Spread:
    """The spread of all reruns of all visitors, on a server of its own, once warm."""
    with serving(environment) as served, ThreadPoolExecutor(VISITORS) as pool:
        wait_until_warm(served)
        series = list(pool.map(lambda number: visit(served, number), range(VISITORS)))
    return Spread.of([seconds for taken in series for seconds in taken])


def main() -> int:
    """Print both spreads, round by round, and the ratio of their medians."""
    print(f"{VISITORS} visitors, {PAGE} once a second each for {SECONDS} s, milliseconds")
    print(f"{'round':>5} {'p50':>8} {'p95':>8} {'watched':>10} {'p95':>8} {'ratio':>7}")
    ratios = []
    for number in range(ROUNDS):
        ours, watched = waits({}), waits(WATCHED)
        ratios.append(watched.p50 / ours.p50)
        print(
            f"{number:5} {ours.p50:8.1f} {ours.p95:8.1f} {watched.p50:10.1f} {watched.p95:8.1f}"
            f" {ratios[-1]:6.1f}x"
        )
    print(f"median ratio {statistics.median(ratios):.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
