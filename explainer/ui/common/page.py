"""What every page has: its question as the title, its opening words, its pictures."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.images.thumbnails import encode_jpeg, encode_png
from explainer.topics import topic
from explainer.ui.common.prose import say
from explainer.words import _


def open_page(slug: str) -> None:
    """The question as the title, and the opening part of the prose."""
    st.title(_(topic(slug).question))
    say(slug, "question")


def show_picture(
    codes: NDArray[np.uint8], *, alt: str, caption: str | None = None, exact: bool = False
) -> None:
    """An 8-bit RGB picture at the width there is; `exact` keeps hard edges (PNG) at any size."""
    data = encode_png(codes) if exact else encode_jpeg(codes, quality=90)
    st.image(data, alt=alt, caption=caption, width="stretch")
