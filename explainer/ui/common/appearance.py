"""Which appearance the visitor sees, as one of the chart themes."""

from __future__ import annotations

import streamlit as st

from explainer.charts.theme import LIGHT, THEMES, Theme


def theme() -> Theme:
    """The colours of the visitor's current appearance; light until the browser has said."""
    return THEMES.get(st.context.theme.type or "light", LIGHT)
