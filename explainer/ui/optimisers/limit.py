"""The speed limit: how large a step a bowl of real digits bears, and a network that is learning."""

from __future__ import annotations

import streamlit as st

from explainer.ui.optimisers.limit_bowl import limit_bowl
from explainer.ui.optimisers.limit_network import limit_network


def limit_section(*_given: object) -> None:
    """The network at its limit; below it the bowl, where the limits are exact."""
    limit_network()
    st.divider()
    limit_bowl()
