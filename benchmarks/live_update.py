"""What one update of the training lab costs while eight recipes race with three seeds each.

Everything is drawn that a page can show at once: both curves with 400 points each, the table, and
one instrument, for each of the instruments in turn. The figures are milliseconds of the server's
time and kilobytes on the wire, with all curves summed up anew; the yardstick is what the browser
is answered four times a second while a race moves, curves of 120 points, in the same run.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from explainer.charts.race import LIVE_POINTS, pairs
from explainer.service import Ticket, service, stop_service
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Evaluation
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import CLASSIFICATION
from explainer.ui.training_lab import curves
from explainer.ui.training_lab.curve_news import Curves, View
from explainer.ui.training_lab.instruments.tabs import TABS
from explainer.warmup import freeze_heap

ENOUGH_POINTS = 400
REPEATS = 15
MOST_MILLISECONDS, MOST_KILOBYTES = 60, 300


def race_with_long_curves() -> Ticket[Race]:
    """A paused race of 8 × 3 networks, measured so often that its curves are long soon."""
    data = prepare(load("digits"), Split())
    recipes = [Recipe(name=f"Recipe {number}") for number in range(8)]
    settings = Settings(evaluation=Evaluation(share=10.0))
    ticket = service().open(lambda: Race(recipes, data, settings=settings), "benchmark")
    ticket.command(lambda race: race.step(ENOUGH_POINTS))
    while ticket.race.has_work:
        time.sleep(0.05)
    assert len(ticket.race.snapshot.runs[0].curves) >= ENOUGH_POINTS
    return ticket


def update(ticket: object, points: int, name: str) -> None:
    """What the live fragments run: curves and table, then the instrument of that name, if any."""
    from unittest.mock import patch

    import streamlit as st

    from explainer.ui.training_lab import curves, page
    from explainer.ui.training_lab.instruments.tabs import TABS
    from explainer.ui.training_lab.table import standings

    st.session_state.pop("training_lab.curves.source", None)
    with patch.multiple(curves, LIVE_POINTS=points, POINTS=points):
        page.draw(ticket)  # type: ignore[arg-type]
    standings(ticket.race.snapshot)  # type: ignore[attr-defined]
    if name:
        next(part for part in TABS if part.slug == name).show(ticket)


def cost(ticket: Ticket[Race], points: int, name: str) -> tuple[float, float]:
    """Median milliseconds, and kilobytes of all messages of one update."""
    app = AppTest.from_function(update, args=(ticket, points, name), default_timeout=60)
    app.run()
    times, sizes = [], list[int]()
    enqueue: Callable[..., None] = ScriptRunContext.enqueue

    def counted(context: ScriptRunContext, message: object) -> None:
        sizes.append(message.ByteSize())  # type: ignore[attr-defined]
        enqueue(context, message)

    with patch.object(ScriptRunContext, "enqueue", counted):
        for _ in range(REPEATS):
            started = time.perf_counter()
            app.run()
            times.append(time.perf_counter() - started)
    assert not app.exception, app.exception
    return 1000 * float(np.median(times)), sum(sizes) / REPEATS / 1000


def answer(ticket: Ticket[Race]) -> tuple[float, float]:
    """Median milliseconds, and kilobytes of an answer to the browser, with all curves new."""
    view = View(next(iter(pairs(CLASSIFICATION))).measures)
    times, size = [], 0
    with patch.object(curves, "POINTS", LIVE_POINTS):
        for _ in range(REPEATS):
            started = time.perf_counter()
            size = len(Curves(ticket, view).answer({"known": -1}, 0))
            times.append(time.perf_counter() - started)
    return 1000 * float(np.median(times)), size / 1000


def main() -> int:
    """Print the cost of an answer, and of an update with each instrument."""
    logging.disable(logging.WARNING)
    ticket = race_with_long_curves()
    freeze_heap()  # as the server does
    usual, usual_size = answer(ticket)
    print(f"an answer, 120 points a curve: {usual:.1f} ms, {usual_size:.0f} kB (the yardstick)")
    most = 0.0
    for name in ("", *(part.slug for part in TABS)):
        spent, size = cost(ticket, ENOUGH_POINTS, name)
        most = max(most, spent)
        title = f"400 points, {name or 'no instrument'}"
        print(f"{title:32} {spent:5.1f} ms, {spent / usual:4.2f}x, {size:4.0f} kB")
    stop_service()
    print(
        f"aim: at most {MOST_MILLISECONDS} ms and {MOST_KILOBYTES} kB; the most was {most:.0f} ms"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
