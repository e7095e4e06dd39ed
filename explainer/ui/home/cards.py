"""The home page: three minutes to begin with, and every topic as a card that leads to its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import streamlit as st

from explainer.charts.home.previews import PREVIEWS
from explainer.charts.theme import THEMES
from explainer.images.thumbnails import encode_jpeg
from explainer.topics import Topic, sections, topic
from explainer.ui.common.appearance import theme
from explainer.ui.home.tour import STOPS
from explainer.words import _

MOST_IN_A_ROW = 4


def tour() -> None:
    """A few stops, each a state of a page and one thing to notice there."""
    st.header(_("Start here: three minutes"))
    with st.grid(columns=len(STOPS), min_column_width=220):
        for number, stop in enumerate(STOPS, 1):
            with st.container(border=True, height="stretch", key=f"home.card.stop{number}"):
                title = _(topic(stop.topic).title)
                _way(stop.topic, f"{number}. {title}", stop.query)
                st.markdown(_(stop.notice))


def topics_map() -> None:
    """A card for each topic, by sections, of which several share a row where they are small."""
    for row in rows(sections()):
        widths = [len(entries) for __, entries in row]
        rest = MOST_IN_A_ROW - sum(widths)
        columns = st.columns([*widths, rest] if rest > 0 else widths, gap="medium")
        for column, (section, entries) in zip(columns, row, strict=False):
            with column:
                st.header(_(section))
                with st.grid(columns=len(entries), min_column_width=200):
                    for entry in entries:
                        with st.container(border=True, key=f"home.card.topic.{entry.slug}"):
                            _card(entry)


def rows(found: Mapping[str, Sequence[Topic]]) -> list[list[tuple[str, Sequence[Topic]]]]:
    """The sections in their order, in rows of at most four topics where that can be."""
    packed: list[list[tuple[str, Sequence[Topic]]]] = []
    room = 0
    for section, entries in found.items():
        if len(entries) > room:
            packed.append([])
            room = MOST_IN_A_ROW
        packed[-1].append((section, entries))
        room -= len(entries)
    return packed


def _card(entry: Topic) -> None:
    index, preview = next(
        (place, one) for place, one in enumerate(PREVIEWS) if one.topic == entry.slug
    )
    st.image(_picture(index, theme().name), width="stretch", alt=_(preview.alt))
    st.markdown(f"### {_(preview.question)}")
    _way(entry.slug, _(entry.title), preview.query)


def _way(slug: str, label: str, query: Mapping[str, str]) -> None:
    icon = topic(slug).icon
    st.page_link(f"../pages/{slug}.py", label=label, icon=icon, query_params=dict(query))


@cache
def _picture(index: int, theme_name: str) -> bytes:
    return encode_jpeg(PREVIEWS[index].picture(THEMES[theme_name]), quality=88)
