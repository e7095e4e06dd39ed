"""What a race shows while it runs: curves and table, drawn anew four times a second."""

from __future__ import annotations

import math
from html import escape
from statistics import median

import streamlit as st

from explainer.charts.race import LIVE_POINTS, LOSS, PAIRS, curve_points, curve_spec, usual_most
from explainer.service import Phase, Ticket
from explainer.training.evaluation import Score
from explainer.training.race import Race
from explainer.training.snapshot import RunView, Snapshot, Status
from explainer.ui.appearance import theme
from explainer.ui.race_control import is_active, shifted_answer
from explainer.ui.race_plan import KEY
from explainer.ui.recipe_editor import dot, name_of

SECONDS = 0.25
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
    logarithmic = bool(st.session_state.get(f"{KEY}.logarithmic", False))
    for column, measure in zip(st.columns(2), PAIRS["Loss and accuracy"], strict=True):
        is_log = logarithmic and measure is LOSS
        most = usual_most(snapshot) if measure is LOSS and not is_log else math.inf
        with column:
            st.vega_lite_chart(
                curve_points(snapshot, measure, most=most, points=LIVE_POINTS),
                curve_spec(theme(), measure, logarithmic=is_log),
                key=f"{KEY}.chart.{measure.slug}",
                alt=f"Curves of {measure.title} over the steps, one colour for each recipe.",
            )
    st.html(_table(snapshot, shifted_answer()))
    for sentence in _sentences(snapshot):
        st.warning(sentence, icon=":material/warning:")


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


def _table(snapshot: Snapshot, shifted: list[Score | None] | None) -> str:
    headings = (*HEADINGS, "shifted test") if shifted else HEADINGS
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    rows = "".join(_row(snapshot, index, shifted) for index in range(len(snapshot.recipes)))
    return (
        "<style>.race td,.race th{padding:.25rem .7rem;text-align:right;white-space:nowrap}"
        ".race td:first-child,.race th:first-child{text-align:left}"
        ".race{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}"
        ".race tr{border-bottom:1px solid rgba(128,128,128,.3)}.race th{font-weight:600}</style>"
        '<div style="overflow-x:auto"><table class="race"><caption class="visually-hidden" '
        'style="position:absolute;left:-9999px">Accuracy of each recipe: median over seeds, '
        f"with the least and the largest</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(snapshot: Snapshot, index: int, shifted: list[Score | None] | None) -> str:
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
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


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
