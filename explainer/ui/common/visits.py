"""Who is here: one visit for each open tab and kind of work, and what is left when it ends.

What a visitor has under way belongs to their visit. When the tab closes, the service of that kind
of work lets it go after a short grace.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import streamlit as st

from explainer.service import service_of


@dataclass(frozen=True)
class Visit:
    """One open tab, and a kind of work that it may have under way."""

    work: str
    id: str


def _leave(visit: Visit) -> None:
    service_of(visit.work).leave(visit.id)


@st.cache_resource(scope="session", on_release=_leave, show_spinner=False)
def visit(work: str) -> Visit:
    """The visit of this session for that kind of work, as `explainer.service.service_of` has it."""
    return Visit(work, secrets.token_urlsafe(12))
