"""What every page has: its head with its link, its opening words, its pictures."""

from __future__ import annotations

import re

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.images.thumbnails import encode_jpeg, encode_png
from explainer.topics import topic
from explainer.ui.common.address import OWN, left_out
from explainer.ui.common.components import mount
from explainer.ui.common.prose import begin_page, say
from explainer.words import N_, _

NOT_IN_LINKS = (
    ("picture", OWN, N_("your own picture")),
    (".network", OWN, N_("your own network")),
    (".drawn", OWN, N_("your own drawing")),
    ("training_lab.data", "zip", N_("your own data")),
)
"""What a link cannot carry: the end of a parameter's name, how its value begins, what it is."""

UNFRAMED = '[data-testid="stHeader"], [data-testid="stSidebar"] { display: none }'
"""An embedded page without its navigation."""


def open_page(slug: str) -> None:
    """The question as the title, and the opening part of the prose."""
    head(_(topic(slug).question))
    with st.container(key="question"):
        say(slug, "question")


def head(title: str) -> None:
    """The title, and beside it what copies the link, fills the screen, and explains terms."""
    begin_page()
    if st.context.is_embedded:
        st.html(f"<style>{UNFRAMED}</style>")
    hidden = [name for name in left_out() if re.fullmatch(r"\w{1,40}(\.\w{1,40}){1,3}", name)]
    if hidden:
        names = ", ".join(f".st-key-{name.replace('.', '-')}" for name in hidden)
        st.html(f"<style>{names} {{ display: none }}</style>")
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, width="stretch")
        mount("share", key="share", data=_told(), width="content")


def _told() -> dict[str, object]:
    lost = [{"name": name, "value": value, "what": _(what)} for name, value, what in NOT_IN_LINKS]
    return {"lost": lost, "embedded": st.context.is_embedded}


def show_picture(
    codes: NDArray[np.uint8], *, alt: str, caption: str | None = None, exact: bool = False
) -> None:
    """An 8-bit RGB picture at the width there is; `exact` keeps hard edges (PNG) at any size."""
    data = encode_png(codes) if exact else encode_jpeg(codes, quality=90)
    st.image(data, alt=alt, caption=caption, width="stretch")
