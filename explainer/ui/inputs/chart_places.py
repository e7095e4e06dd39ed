"""The place that is kept on a chart of curves: as pinned there, else as a link says."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.address import keep_in_link, linked_number
from explainer.ui.common.curves import pinned_x


def place_in_view(key: str, symbol: str, low: float, high: float, usual: float) -> float:
    """The x from `low` to `high` of the chart `key`, `usual` to begin with; the link says it."""
    name = f"{key}.{symbol}"
    kept = pinned_x(key)
    if kept is None:
        kept = linked_number(name, low, high)
    found = float(st.session_state.get(name, usual) if kept is None else kept)
    at = min(max(found, low), high)
    st.session_state[name] = at
    keep_in_link(name, f"{at:.4g}", f"{usual:.4g}")
    return at
