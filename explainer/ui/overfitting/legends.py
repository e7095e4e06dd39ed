"""What the colours of several charts stand for, in rows that fit any width."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explainer.ui.common.pictures import legend


def legends(colours: Mapping[str, str]) -> None:
    """A square and its title for each of `colours`, by title."""
    spans = "".join(f"<span>{legend(colour, title)}</span>" for title, colour in colours.items())
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1.2rem">{spans}</div>')
