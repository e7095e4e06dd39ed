"""Likelihood, step by step: a coin, three kinds of noise, and examples that are not independent."""

from __future__ import annotations

import streamlit as st

from explainer.ui.losses.coin import coin
from explainer.ui.losses.copies import copies
from explainer.ui.losses.three_losses import three_losses


def likelihood_section(*_given: object) -> None:
    """Each part with its own controls, one below the other."""
    coin()
    st.divider()
    three_losses()
    st.divider()
    copies()
