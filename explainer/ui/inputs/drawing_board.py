"""A digit of the visitor's own, drawn on a board."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.networks.digits.strokes import drawn
from explainer.ui.common.address import OWN, keep_in_link, linked
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.words import _, later


def own_strokes(key: str, place: DeltaGenerator) -> list[Any]:
    """The strokes on the board of the page `key`, for `drawn`; none where nothing is drawn.

    The board opens from a button in `place`. A link can only say that there was a drawing; whoever
    opens it is told so.
    """
    board, in_link = f"{key}.drawing", f"{key}.drawn"
    if linked(in_link) == OWN:
        refuse(board, later(
            "This link was made with a digit that its sender drew, which a link cannot carry."
        ))  # fmt: skip
    with place.popover(_("Draw your own"), icon=":material/draw:", key=f"{key}.draw"):
        strokes = _board(board, f"{key}.strokes")
        st.caption(_("It is scaled and centred as the digits that the networks learned from were."))
    if strokes:
        forget(board)
    show_refusal(board, icon=":material/link_off:")
    keep_in_link(in_link, OWN if strokes else "")
    return strokes


def _board(name: str, kept: str) -> list[Any]:
    news = unread(name, "drawn")
    if news:
        st.session_state[kept] = sound_strokes(news.get("strokes"))
    strokes: list[Any] = st.session_state.setdefault(kept, [])
    data = {"strokes": strokes, "number": number_of(name, news)}
    mount("drawing", key=name, data=data, on_drawn_change=reported)
    mark_read(name, news)
    return strokes


def sound_strokes(sent: object) -> list[Any]:
    """The strokes that were sent, or none where they are no strokes."""
    strokes = sent if isinstance(sent, list) else []
    try:
        drawn(strokes)
    except (TypeError, ValueError, OverflowError):
        return []
    return strokes
