"""How much one point may move the line: the slope against the outlier's height, for each loss."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.likelihood.sensitivity import (
    HIGHEST,
    absolute_slopes,
    compared,
    slopes,
    squared_slopes,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.losses.noise import Asked
from explainer.words import N_, _, language

KEY = "losses"
MOVED = f"{KEY}.sensitivity"
PANEL = Panel(N_("Slope of the line, the outlier at this height"), N_("slope"), 330)
DRAWN, SQUARED, ABSOLUTE, HUBER, STUDENT, DASHED = 0, 7, 1, 2, 6, 8


def sensitivity(asked: Asked) -> None:
    """A fold; what is in it is computed while it is open."""
    fold = st.expander(
        _("How much may one point move the line?"), key=f"{MOVED}.fold",
        icon=":material/show_chart:", bind="query-params",
    )  # fmt: skip
    if not fold.open:
        return
    with fold:
        say(KEY, "question_sensitivity")
        at = _place(asked.outlier[1])
        number = pinned_number(MOVED)
        message = remembered(
            f"{MOVED}.message", (asked, at, number, theme(), language()),
            lambda: _message(asked, at, number, theme()),
        )  # fmt: skip
        curves(MOVED, message)


def _place(height: float) -> float:
    """The height that the table is of: that of the outlier until another is pinned."""
    followed = f"{MOVED}.followed"
    if st.session_state.get(f"{MOVED}.y") == st.session_state.get(followed):
        st.session_state.pop(f"{MOVED}.y", None)
    st.session_state[followed] = height
    return place_in_view(MOVED, "y", -HIGHEST, HIGHEST, height)


def _message(asked: Asked, at: float, number: int, colours: Theme) -> bytes:
    x, height = asked.outlier
    seed = asked.seed
    huber, student = compared(asked.drawn.scale)
    found = [
        (_("as drawn"), stroke(DRAWN, colours), slopes(asked.drawn, seed, x)),
        (_("squared"), stroke(SQUARED + DASHED, colours), squared_slopes(seed, x)),
        (_("absolute"), stroke(ABSOLUTE, colours), absolute_slopes(seed, x)),
        (_("Huber"), stroke(HUBER + DASHED, colours), slopes(huber, seed, x)),
        (_("Student t"), stroke(STUDENT + DASHED, colours), slopes(student, seed, x)),
    ]
    return curves_message(
        MOVED, [replace(PANEL, short=_(PANEL.short))],
        [Line(title, look, values[None]) for title, look, values in found],
        low=-HIGHEST, reach=HIGHEST, at=at, number=number, symbol="y",
        marks=[Mark(height, _("now"))],
        alt=_("The slope of the line for five losses, over the height of the outlier."),
    )  # fmt: skip
