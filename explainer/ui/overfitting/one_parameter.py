"""One parameter that learns by heart whatever labels the reader clicks."""

from __future__ import annotations

import streamlit as st

from explainer.charts.overfitting.one_parameter import wave_points, wave_spec
from explainer.generalisation.one_parameter import FORMATS, POINTS, Sine, digits, drawn
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice, choices
from explainer.ui.common.prose import say
from explainer.words import N_, _

KEY = "overfitting"
POSITIVE, DRAWS = f"{KEY}.positive", f"{KEY}.draws"
PLACES = tuple(Named(f"{place}", f"{place}") for place in range(POINTS, 0, -1))
TITLES = {"float64": N_("float64, as here"), "float32": N_("float32, as weights are")}


def one_parameter_part() -> None:
    """Labels by click, the number that gives them all, and the wave at each point."""
    say(KEY, "one_parameter")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        positive = choices(
            _("Points with the label +"), PLACES, key=POSITIVE, default=("1", "4", "6", "7", "11")
        )
        st.button(_("Draw labels"), key=f"{KEY}.draw", icon=":material/casino:", on_click=_draw)
        kind = choice(
            _("ω is kept as"), [Named(one, TITLES[one]) for one in FORMATS], key=f"{KEY}.format",
            widget=st.segmented_control,
        )  # fmt: skip
    labels = tuple(1 if f"{place}" in positive else -1 for place in range(1, POINTS + 1))
    sine = Sine(labels, kind)
    st.latex(rf"\omega = {''.join(map(str, digits(labels)))}\,\pi")
    chart(
        wave_points(sine), wave_spec(theme()), key=f"{KEY}.wave",
        alt=_("A piece of the wave about each point, the label it is to have, and its digit."),
    )  # fmt: skip
    st.markdown(
        _("**{right} of {count}** labels are right, with one parameter.",
          right=sine.right, count=POINTS)
    )  # fmt: skip
    say(KEY, "one_parameter_notice")


def _draw() -> None:
    """Draw labels anew: the next of a fixed row of draws."""
    seed = int(st.session_state.get(DRAWS, 0)) + 1
    st.session_state[DRAWS] = seed
    labels = enumerate(drawn(seed), start=1)
    st.session_state[POSITIVE] = [f"{place}" for place, label in labels if label > 0]
