"""A class begins at once: when does each of 30 visitors see the first points of their race?

Each builds the first story's race and presses play at the same moment, as the page does; the server
is this process. The yardstick is one visitor who has the computer alone. After that all have raced
on for a while: how far the slowest is behind the quickest says whether turns are fair.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from explainer.service import Service, ServiceSettings, Ticket
from explainer.training.data.registry import load
from explainer.training.engine.build_runs import RacePlan
from explainer.training.engine.race import Race
from explainer.training.presets import PRESETS

VISITORS = 30
STORY = "four-remedies"
RACED_SECONDS = 60.0


def begin(
    service: Service[Race], visitor: str, ready: threading.Barrier
) -> tuple[Ticket[Race], float]:
    """The race of `visitor`, and seconds from play to its first points."""
    preset = PRESETS[STORY]
    plan = RacePlan(recipes=preset.recipes, split=preset.split, seeds=tuple(range(preset.seeds)))
    examples = load(preset.data)
    ready.wait()
    began = time.perf_counter()
    ticket = service.open(
        lambda: Race(plan.recipes, plan.source(examples), seeds=plan.seeds), visitor
    )
    ticket.command(Race.play)
    while not any(len(run.curves) for run in ticket.race.snapshot.runs):
        time.sleep(0.01)
    return ticket, time.perf_counter() - began


def first_points(visitors: int) -> tuple[list[float], list[int]]:
    """Seconds to the first points of each, and the step that each has reached a while later."""
    service: Service[Race] = Service(ServiceSettings.from_environment({}))
    ready = threading.Barrier(visitors)
    with ThreadPoolExecutor(visitors) as pool:
        names = [f"visitor {number}" for number in range(visitors)]
        begun = list(pool.map(lambda name: begin(service, name, ready), names))
    time.sleep(RACED_SECONDS if visitors > 1 else 0)
    steps = [ticket.race.snapshot.step for ticket, _ in begun]
    service.close()
    return [seconds for _, seconds in begun], steps


def main() -> int:
    """Print the spread, and how fair the turns were."""
    (alone,), _ = first_points(1)
    seconds, steps = first_points(VISITORS)
    p50, p95 = np.quantile(seconds, [0.5, 0.95])
    print(f"{VISITORS} visitors, {STORY}: first points p50 {p50:.1f} s, p95 {p95:.1f} s", end="")
    print(f" (aim: at most 3 s); alone {alone:.2f} s, so {p95 / alone / VISITORS:.2f} of in turn")
    print(f"after {RACED_SECONDS:.0f} s at step {min(steps)} to {max(steps)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
