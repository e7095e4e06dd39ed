"""The parts of the activations page below the curves; only the one that is open is computed."""

from __future__ import annotations

import streamlit as st

from explainer.ui.activations.notes import (
    arithmetic_section,
    code_section,
    often_said_section,
)
from explainer.ui.activations.output import output_section
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.activations.picture import picture_section
from explainer.ui.common.picture import Chosen

TABS = ("On the picture", "At the output", "Often said", "Arithmetic", "Code")


def sections(chosen: Chosen, shown: Shown) -> None:
    """The tabs."""
    tabs = st.tabs(TABS, key=f"{KEY}.tab", on_change="rerun", bind="query-params")
    drawn = (
        lambda: picture_section(chosen, shown),
        output_section,
        often_said_section,
        lambda: arithmetic_section(shown),
        lambda: code_section(shown),
    )
    for tab, draw in zip(tabs, drawn, strict=True):
        if tab.open:
            with tab:
                draw()
