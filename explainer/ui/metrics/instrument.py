"""The instrument of the page on metrics: a threshold on real scores, and all that it decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explainer.messages import number as number_in
from explainer.metrics.binary_script import FILE, binary_data, binary_script
from explainer.metrics.scores import SOURCES, Scored, scored
from explainer.ui.common.address import keep_in_link, linked, linked_number
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.inputs.places import sent_values
from explainer.ui.metrics.beeswarm import (
    CELLS,
    Case,
    State,
    beeswarm_message,
    case_of,
    pixels,
)
from explainer.ui.metrics.own_race import own_scores
from explainer.words import N_, _, language

KEY = "metrics"
SWARM = f"{KEY}.swarm"
NAME, THRESHOLD, PREVALENCE, CELL = (
    f"{SWARM}.{name}" for name in ("picture", "threshold", "prevalence", "cell")
)
OWN = "race"
FIRST_CLASS = "9"
FAR = 1e4
LEAST, MOST, DIGITS = 1e-3, 0.9, 5
AXES = (Named("odds", N_("score (log-odds)")), Named("chance", N_("probability")))


@st.fragment
def instrument() -> None:
    """Where the scores come from, of which class, and the picture; code behind a fold."""
    news = unread(NAME, "moved")
    sent = sent_values(news)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        source = choice(
            _("Scores of"), [*SOURCES, Named(OWN, N_("own race"))], key=f"{SWARM}.source",
            widget=st.pills,
        )  # fmt: skip
        found = own_scores() if source == OWN else scored(source)
        if found is None:
            return
        place = _class_of(found)
        more = st.popover(_("More"), key=f"{SWARM}.more", on_change="rerun")
        with while_open(more):
            axis = choice(
                _("Show each picture’s"), AXES, key=f"{SWARM}.axis", widget=st.segmented_control
            )  # fmt: skip
    case = case_of(found, place)
    state = _state(sent, by_chance=axis == "chance")
    mount("pixels", key=f"{SWARM}.pixels", data=pixels(found))
    number = number_of(NAME, news)
    message = remembered(
        f"{SWARM}.message", (case, state, number, theme(), language()),
        lambda: beeswarm_message(SWARM, case, state, theme(), number),
    )  # fmt: skip
    mount("beeswarm", family="threshold", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    _code(case, state)


def _class_of(found: Scored) -> int:
    entries = [Named(str(place), name) for place, name in enumerate(found.classes)]
    usual = FIRST_CLASS if len(entries) > int(FIRST_CLASS) else entries[0].slug
    return int(choice(
        _("Is it this class?"), entries, key=f"{SWARM}.class", default=usual,
        widget=st.pills,
    ))  # fmt: skip


def _state(sent: Mapping[str, Any], *, by_chance: bool) -> State:
    """The state as was sent now, else as a new link says, else as kept."""
    threshold = _kept(THRESHOLD, sent, "threshold", (-FAR, FAR), 0.0)
    prevalence = _kept(PREVALENCE, sent, "prevalence", (LEAST, MOST), None)
    cell = sent.get("cell", linked(CELL) or st.session_state.get(CELL))
    cell = cell if cell in CELLS else st.session_state.get(CELL, CELLS[1])
    st.session_state[CELL] = cell
    keep_in_link(CELL, cell, CELLS[1])
    return State(threshold or 0.0, prevalence, cell, by_chance)


def _kept(
    key: str,
    sent: Mapping[str, Any],
    name: str,
    span: tuple[float, float],
    usual: float | None,
) -> float | None:
    """A number within `span`; where nothing was sent for it, or it never was set, as `usual`."""
    value = number_in(sent.get(name))
    if name not in sent:
        value = number_in(linked_number(key, *span))
        value = st.session_state.get(key, usual) if value is None else value
    value = usual if value is None else round(min(max(value, span[0]), span[1]), DIGITS) + 0.0
    st.session_state[key] = value
    keep_in_link(key, _written(value), _written(usual))
    return value


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _code(case: Case, state: State) -> None:
    fold = code_fold(_("The same in Python"), f"{SWARM}.code")
    if not fold.open:
        return
    with fold:
        row = show_script(
            KEY, binary_script(state.threshold, state.prevalence), "deepglass_threshold"
        )
        row.download_button(
            _("Its data, to lie beside it"), lambda: binary_data(case.scores, case.truths), FILE,
            key=f"{SWARM}.data", icon=":material/database:", on_click="ignore",
        )  # fmt: skip
