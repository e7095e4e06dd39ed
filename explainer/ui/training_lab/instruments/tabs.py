"""The tabs of the instruments: only the open one is computed, every three seconds at most."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.instruments.gradients import gradients_tab
from explainer.ui.training_lab.instruments.inputs import inputs_tab
from explainer.ui.training_lab.instruments.inside import inside_tab
from explainer.ui.training_lab.instruments.kernels import kernels_tab
from explainer.ui.training_lab.instruments.mistakes import mistakes_tab
from explainer.ui.training_lab.instruments.take_away import take_away_tab
from explainer.ui.training_lab.instruments.verdict import verdict_tab
from explainer.ui.training_lab.instruments.weights import weights_tab
from explainer.ui.training_lab.plan import KEY

SECONDS = 3.0
STANDING = {"Take away"}  # what changes only when it is asked to
TABS: dict[str, Callable[..., None]] = {
    "Verdict": verdict_tab,
    "Weights": weights_tab,
    "Kernels": kernels_tab,
    "Look inside": inside_tab,
    "Gradients": gradients_tab,
    "Mistakes": mistakes_tab,
    "Next batch": inputs_tab,
    "Take away": take_away_tab,
}


def instruments(ticket: Ticket[Race]) -> None:
    """All tabs for the race of `ticket`."""
    tabs = st.tabs(list(TABS), key=f"{KEY}.look", on_change="rerun", bind="query-params")
    for tab, (name, draw) in zip(tabs, TABS.items(), strict=True):
        if tab.open:
            with tab:
                _live(ticket, draw, live=name not in STANDING and is_active(ticket))


def _live(ticket: Ticket[Race], draw: Callable[..., None], *, live: bool) -> None:
    @st.fragment(run_every=SECONDS if live else None)
    def panel() -> None:
        if ticket.race.snapshot.runs:
            draw(ticket, moving=is_active(ticket))

    panel()
