"""What a race shows while it runs: the curves, drawn anew four times a second."""

from __future__ import annotations

import math

import pyarrow as pa
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
from explainer.training.race import Race
from explainer.training.snapshot import Snapshot
from explainer.ui.appearance import theme
from explainer.ui.race_control import is_active
from explainer.ui.race_plan import KEY
from explainer.ui.race_table import standings

SECONDS, TABLE_SECONDS = 0.25, 1.0
SHOWN, LOGARITHMIC, SMOOTHING = (f"{KEY}.{name}" for name in ("shown", "logarithmic", "smoothing"))


def live_panel(ticket: Ticket[Race]) -> None:
    """The curves four times a second and the table once a second, as long as the race moves."""
    active = is_active(ticket)

    @st.fragment(run_every=SECONDS if active else None)
    def panel() -> None:
        draw(ticket)
        if is_active(ticket) != active:
            st.rerun()

    @st.fragment(run_every=TABLE_SECONDS if active else None)
    def numbers() -> None:
        standings(ticket.race.snapshot)

    panel()
    numbers()


def draw(ticket: Ticket[Race]) -> None:
    """Status line and curves of the race as it is now."""
    snapshot = ticket.race.snapshot
    if not snapshot.runs:
        st.info("This race has ended and its memory is free again.")
        return
    st.caption(status_line(ticket, snapshot))
    shown = PAIRS[st.session_state.get(SHOWN) or next(iter(PAIRS))]
    points = LIVE_POINTS if is_active(ticket) else POINTS
    for column, measure in zip(st.columns(2), shown, strict=True):
        with column:
            _curves(snapshot, measure, points)


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
        points_of(snapshot, measure, most=most, points=points, smoothing=smoothing),
        curve_spec(theme(), measure, logarithmic=is_log),
        key=f"{KEY}.chart.{measure.slug}",
        alt=f"Curves of {measure.title} over the steps, one colour for each recipe.",
    )


def points_of(
    snapshot: Snapshot, measure: Measure, *, most: float, points: int, smoothing: float = 0.0
) -> pa.Table:
    """:func:`curve_points`, the same table again where nothing was measured since the last time."""
    of = (most, points, smoothing, [(run.curves, run.status, run.marks) for run in snapshot.runs])
    kept: dict[Measure, tuple[object, pa.Table]]
    kept = st.session_state.setdefault(f"{KEY}.points", {})
    if measure not in kept or kept[measure][0] != of:
        found = curve_points(snapshot, measure, most=most, points=points, smoothing=smoothing)
        kept[measure] = of, found
    return kept[measure][1]


def status_line(ticket: Ticket[Race], snapshot: Snapshot) -> str:
    """How far the race is, who runs where, and how fast, in one line."""
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
