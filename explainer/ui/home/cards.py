"""The home page's cards: a question, a picture the app has just computed, and a way in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import streamlit as st

from explainer.charts.home.previews import PREVIEWS, Preview
from explainer.charts.theme import THEMES
from explainer.images.thumbnails import encode_jpeg
from explainer.topics import topic
from explainer.ui.common.appearance import theme
from explainer.words import _


def cards(previews: Sequence[Preview] = PREVIEWS) -> None:
    """One card for each preview, as many beside one another as there is room for."""
    with st.grid(columns=3, min_column_width=260):
        for index, preview in enumerate(previews):
            with st.container(border=True, key=f"home.card{index}"):
                _card(index, preview)


def _card(index: int, preview: Preview) -> None:
    entry = topic(preview.topic)
    st.image(_picture(index, theme().name), width="stretch", alt=_(preview.alt))
    st.markdown(f"#### {_(preview.question)}")
    st.page_link(
        f"../pages/{entry.slug}.py",
        label=_("Open {topic}", topic=_(entry.title)),
        icon=entry.icon,
        query_params=preview.query,
    )


@cache
def _picture(index: int, theme_name: str) -> bytes:
    return encode_jpeg(PREVIEWS[index].picture(THEMES[theme_name]), quality=88)
