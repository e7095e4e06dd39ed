"""Which moment of a race is looked at: now, or a step at which its runs were kept."""

from __future__ import annotations

import streamlit as st

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.training_lab.plan import KEY

NOW = -1


def moment_key(ticket: Ticket[Race]) -> str:
    """Where the session has the step that is chosen."""
    return f"{KEY}.moment.{ticket.id}"


def looked_at(ticket: Ticket[Race]) -> int | None:
    """The kept step that is looked at; None where the race is shown as it is now.

    A race that plays is shown as it is.
    """
    chosen, snapshot = st.session_state.get(moment_key(ticket), NOW), ticket.race.snapshot
    if snapshot.playing or all(kept.step != chosen for kept in snapshot.kept):
        return None
    return int(chosen)
