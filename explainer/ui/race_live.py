"""What a race shows while it runs: curves and table, drawn anew four times a second."""

from __future__ import annotations

import math
from html import escape
from statistics import median

import streamlit as st

from explainer.charts.race import (
    LIVE_POINTS,
    LOSS,
    PAIRS,
    POINTS,
    Measure,
    curve_points,
    curve_spec,
    usual_most,
)
from explainer.service import Phase, Ticket
from explainer.training.evaluation import Score
from explainer.training.race import Race
from explainer.training.snapshot import RunView, Snapshot, Status
from explainer.ui.appearance import theme
from explainer.ui.instruments.prediction import outcome
from explainer.ui.race_control import is_active, shifted_answer
from explainer.ui.race_plan import KEY
from explainer.ui.recipe_editor import dot, name_of
from explainer.ui.tables import table

SECONDS = 0.25
SHOWN, LOGARITHMIC, SMOOTHING = (f"{KEY}.{name}" for name in ("shown", "logarithmic", "smoothing"))
HEADINGS = (
    "recipe",
    "step",
    "validation, last",
    "training, last",
    "gap",
    "validation, best loss",
    "at step",
    "weights at 0",
    "test, best loss",
)


def live_panel(ticket: Ticket[Race]) -> None:
    """The panel; it refreshes itself as long as the race moves."""
    active = is_active(ticket)

    @st.fragment(run_every=SECONDS if active else None)
    def panel() -> None:
        draw(ticket)
        if is_active(ticket) != active:
            st.rerun()

    panel()


def draw(ticket: Ticket[Race]) -> None:
    """Status line, curves and table of the race as it is now."""
    snapshot = ticket.race.snapshot
    if not snapshot.runs:
        st.info("This race has ended and its memory is free again.")
        return
    st.caption(_status_line(ticket, snapshot))
    outcome(snapshot)
    shown = PAIRS[st.session_state.get(SHOWN) or next(iter(PAIRS))]
    points = LIVE_POINTS if is_active(ticket) else POINTS
    for column, measure in zip(st.columns(2), shown, strict=True):
        with column:
            _curves(snapshot, measure, points)
    _table(snapshot, shifted_answer())
    for sentence in _sentences(snapshot):
        st.warning(sentence, icon=":material/warning:")


def curve_controls() -> None:
    """Which curves are shown, and how."""
    st.segmented_control("Show", list(PAIRS), default=next(iter(PAIRS)), required=True, key=SHOWN)
    st.slider(
        "Smoothing", 0.0, 0.95, 0.0, 0.05, key=SMOOTHING,
        help="The weight of the value before in an exponential moving average; 0 is off.",
    )  # fmt: skip


def _curves(snapshot: Snapshot, measure: Measure, points: int) -> None:
    is_log = bool(st.session_state.get(LOGARITHMIC)) and measure.logarithmic
    most = usual_most(snapshot) if measure is LOSS and not is_log else math.inf
    smoothing = float(st.session_state.get(SMOOTHING, 0.0))
    st.vega_lite_chart(
        curve_points(snapshot, measure, most=most, points=points, smoothing=smoothing),
        curve_spec(theme(), measure, logarithmic=is_log),
        key=f"{KEY}.chart.{measure.slug}",
        alt=f"Curves of {measure.title} over the steps, one colour for each recipe.",
    )


def _status_line(ticket: Ticket[Race], snapshot: Snapshot) -> str:
    state = ticket.state
    seeds = f"{len(snapshot.seeds)} seed{'s' if len(snapshot.seeds) > 1 else ''}"
    parts = [
        f"Step {snapshot.step:,} of {snapshot.total_steps:,}",
        f"{len(snapshot.recipes)} recipes × {seeds}",
        snapshot.device,
    ]
    if state.phase is Phase.WAITING:
        parts.append(f"waiting in line, place {state.position} of {state.line_length}")
    elif state.phase is Phase.RACING:
        parts.append(f"{snapshot.model_steps_per_second:,.0f} steps a second in all")
    else:
        parts.append("finished" if snapshot.finished else "paused")
    return " · ".join(parts)


def _sentences(snapshot: Snapshot) -> list[str]:
    """Why runs diverged: for each recipe how many, and the reason of the first of them."""
    sentences = []
    for index, recipe in enumerate(snapshot.recipes):
        broken = [run for run in snapshot.of_recipe(index) if run.status is Status.DIVERGED]
        if broken:
            count = f"{len(broken)} of {len(snapshot.seeds)} seeds diverged"
            sentences.append(f"{name_of(recipe, index)}, {count}: {broken[0].explanation}")
    return sentences


def _table(snapshot: Snapshot, shifted: list[Score | None] | None) -> None:
    table(
        (*HEADINGS, "shifted test") if shifted else HEADINGS,
        [_row(snapshot, index, shifted) for index in range(len(snapshot.recipes))],
        caption="Accuracy of each recipe: median over seeds, with the least and the largest",
    )


def _row(snapshot: Snapshot, index: int, shifted: list[Score | None] | None) -> list[str]:
    runs = snapshot.of_recipe(index)
    measured = [run for run in runs if run.last is not None and run.best is not None]
    gaps = [_gap(run) for run in measured]
    cells = [
        f"{dot(index)} {escape(name_of(snapshot.recipes[index], index))}{_ended(runs)}",
        f"{max(run.step for run in runs):,}",
        _percent([run.last.validation_accuracy for run in measured if run.last]),
        _percent([run.last.train_accuracy for run in measured if run.last]),
        _percent(gaps, spread=False),
        _percent([run.best.validation_accuracy for run in measured if run.best]),
        _median([float(run.best.step) for run in measured if run.best]),
        _percent([run.last.zero_share for run in measured if run.last], spread=False),
        _percent([run.test.accuracy for run in runs if run.test]),
    ]
    if shifted:
        count = len(runs)
        scores = shifted[index * count : (index + 1) * count]
        cells.append(_percent([score.accuracy for score in scores if score]))
    return cells


def _gap(run: RunView) -> float:
    return run.last.train_accuracy - run.last.validation_accuracy if run.last else 0.0


def _ended(runs: tuple[RunView, ...]) -> str:
    """How many seeds stopped early or diverged, if any did."""
    notes = []
    for status, word in ((Status.STOPPED_EARLY, "stopped early"), (Status.DIVERGED, "diverged")):
        count = sum(run.status is status for run in runs)
        if count:
            notes.append(f"{count} {word}")
    return f" <small>({', '.join(notes)})</small>" if notes else ""


def _percent(values: list[float], *, spread: bool = True) -> str:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "–"
    middle = f"{100 * median(finite):z.1f} %".replace("-", "−")
    if not spread or len(finite) == 1:
        return middle
    return f"{middle} <small>({100 * min(finite):.1f}–{100 * max(finite):.1f})</small>"


def _median(values: list[float]) -> str:
    return f"{median(values):,.0f}" if values else "–"
