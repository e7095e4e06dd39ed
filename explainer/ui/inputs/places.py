"""Numbers that a click, a button or a link sets, kept for the visit and in the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explainer.messages import linked_whole, whole
from explainer.ui.common.address import keep_in_link, linked


def sent_values(news: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values that a component's message carries; none where they are no such thing."""
    values = news.get("values")
    return values if isinstance(values, Mapping) else {}


def kept_whole(key: str, high: int, usual: int = 0, sent: object = None) -> int:
    """A whole number from 0 to `high`: as was `sent` now, else as a new link says, else as kept.

    What is none, or out of bounds, changes nothing.
    """
    found = whole(sent, 0, high)
    if found is None:
        found = linked_whole(linked(key), 0, high)
    if found is None:
        found = int(st.session_state.get(_now(key), usual))
    st.session_state[_now(key)] = found
    keep_in_link(key, str(found), str(usual))
    return found


def next_whole(key: str, high: int) -> None:
    """Go one further than `kept_whole` kept, and from `high` back to 0; for a button."""
    st.session_state[_now(key)] = (int(st.session_state.get(_now(key), 0)) + 1) % (high + 1)


def _now(key: str) -> str:
    return f"{key}.now"
