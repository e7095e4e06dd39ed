"""The tabs of the instruments: only the open one is computed, every three seconds at most."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.asking import NoAnswer
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.instruments.boundaries import boundaries
from explainer.ui.training_lab.instruments.gradients import gradients_tab
from explainer.ui.training_lab.instruments.inputs import inputs_tab
from explainer.ui.training_lab.instruments.inside import inside_tab
from explainer.ui.training_lab.instruments.kernels import kernels_tab
from explainer.ui.training_lab.instruments.mistakes import mistakes_tab
from explainer.ui.training_lab.instruments.network import is_drawn, network_tab
from explainer.ui.training_lab.instruments.take_away import take_away_tab
from explainer.ui.training_lab.instruments.verdict import verdict_tab
from explainer.ui.training_lab.instruments.weights import weights_tab
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.plan import KEY
from explainer.words import N_, told

SECONDS = 5.0
QUICK_SECONDS = 0.25


def live_boundaries(ticket: Ticket[Race]) -> None:
    """What each recipe answers over the plane, where the examples are points in it."""
    if is_drawn(ticket):
        _live(boundaries, ticket, seconds=1.0)


def instruments(ticket: Ticket[Race]) -> None:
    """All tabs for the race of `ticket`."""
    open_part(TABS, ticket, key=f"{KEY}.look")


def _live(
    draw: Callable[..., None],
    ticket: Ticket[Race],
    *,
    standing: bool = False,
    seconds: float = SECONDS,
) -> None:
    """Draw again and again while the race moves; what is `standing` only when it is asked to."""

    @st.fragment(run_every=seconds if is_active(ticket) and not standing else None)
    def panel() -> None:
        if ticket.race.snapshot.runs:
            try:
                draw(ticket, moving=is_active(ticket) and looked_at(ticket) is None)
            except NoAnswer as error:
                st.caption(escaped(told(error)))

    panel()


def _network(ticket: Ticket[Race]) -> None:
    """Four times a second where there is a network to draw."""
    _live(network_tab, ticket, seconds=QUICK_SECONDS if is_drawn(ticket) else SECONDS)


TABS = (
    Part("verdict", N_("Verdict"), partial(_live, verdict_tab)),
    Part("network", N_("Network"), _network),
    Part("weights", N_("Weights"), partial(_live, weights_tab)),
    Part("kernels", N_("Kernels"), partial(_live, kernels_tab)),
    Part("inside", N_("Look inside"), partial(_live, inside_tab)),
    Part("gradients", N_("Gradients"), partial(_live, gradients_tab)),
    Part("mistakes", N_("Mistakes"), partial(_live, mistakes_tab)),
    Part("inputs", N_("Next batch"), partial(_live, inputs_tab)),
    Part("take-away", N_("Take away"), partial(_live, take_away_tab, standing=True)),
)
