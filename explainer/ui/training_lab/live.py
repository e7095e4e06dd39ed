"""What a race shows while it runs: curves four times a second, the table once a second."""

from __future__ import annotations

import streamlit as st

from explainer.charts.race import PAIRS
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.common.choice import choice
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.curves import SECONDS, View, is_reachable, race_curves
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.table import standings
from explainer.words import _

TABLE_SECONDS = 1.0
SHOWN, LOGARITHMIC, SMOOTHING = (f"{KEY}.{name}" for name in ("shown", "logarithmic", "smoothing"))


def live_curves(ticket: Ticket[Race]) -> None:
    """The curves; a fragment runs for them where the browser cannot ask by itself."""
    active, asks = is_active(ticket), is_reachable(KEY)

    @st.fragment(run_every=SECONDS if active and not asks else None)
    def panel() -> None:
        draw(ticket, asks=asks)
        if is_active(ticket) != active or is_reachable(KEY) != asks:
            st.rerun()

    panel()


def live_table(ticket: Ticket[Race]) -> None:
    """How the recipes stand, once a second."""

    @st.fragment(run_every=TABLE_SECONDS if is_active(ticket) else None)
    def numbers() -> None:
        standings(ticket.race.snapshot)

    numbers()


def draw(ticket: Ticket[Race], *, asks: bool = True) -> None:
    """Status line and curves of the race as it is now."""
    if not ticket.race.snapshot.runs:
        st.info(_("This race has ended and its memory is free again."))
        return
    race_curves(KEY, ticket, view(), asks=asks)


def view() -> View:
    """What the controls say is drawn."""
    shown = PAIRS.get(str(st.session_state.get(SHOWN))) or next(iter(PAIRS))
    is_log = bool(st.session_state.get(LOGARITHMIC))
    return View(shown.measures, is_log, float(st.session_state.get(SMOOTHING, 0.0)))


def curve_controls() -> None:
    """Controls for which pair of curves is shown, and how much each is smoothed."""
    choice(_("Show"), PAIRS, key=SHOWN, widget=st.segmented_control)
    st.slider(
        _("Smoothing"), 0.0, 0.95, 0.0, 0.05, key=SMOOTHING,
        bind="query-params", persist_state="session",
        help=_("The weight of the value before in an exponential moving average; 0 is off."),
    )  # fmt: skip
