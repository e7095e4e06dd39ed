"""Small pictures inside a line of HTML: pixels with hard edges, sent once and enlarged by CSS."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.images.thumbnails import encode_jpeg, encode_png

LARGEST_EXACT = 128


def inline(codes: NDArray[np.uint8], *, alt: str, height: int, smooth: bool = False) -> str:
    """An `img` element of RGB codes `(H, W, 3)`, shown `height` pixels high, never too wide.

    A large one is a JPEG, a fifth as heavy; the pixels of a small one are exact.
    """
    exact = max(codes.shape) <= LARGEST_EXACT
    kind = "png" if exact else "jpeg"
    data = b64encode(encode_png(codes) if exact else encode_jpeg(codes, quality=85)).decode()
    edges = "auto" if smooth else "pixelated"
    width = round(height * codes.shape[1] / codes.shape[0])  # where a phone scales it, from this
    return (
        f'<img alt="{escape(alt, quote=True)}" src="data:image/{kind};base64,{data}" '
        f'style="width:{width}px;height:{height}px;max-width:100%;object-fit:contain;object-position:left;'
        f'image-rendering:{edges};border-radius:3px">'
    )


def figures(entries: Sequence[tuple[str, str]], *, width: int = 0) -> None:
    """Pictures, each with a caption below, side by side as far as there is room: two at least.

    `entries` are (`img` element, caption as HTML); `width` makes them all as wide.
    """
    style = f"width:{width}px;" if width else ""
    blocks = "".join(
        f'<figure style="margin:0;{style}">{picture}<figcaption style="font-size:.8rem;'
        f'opacity:.85;line-height:1.25;margin-top:.2rem">{caption}</figcaption></figure>'
        for picture, caption in entries
    )
    st.html(
        '<div class="deepglass-figures" style="display:flex;flex-wrap:wrap;gap:.8rem .7rem">'
        f"{blocks}</div>"
    )


def data(text: str) -> str:
    """Names that belong to the data, as HTML that nobody translates."""
    return f'<span translate="no">{escape(text)}</span>'


def coordinates(point: NDArray[np.floating]) -> str:
    """A point `(F,)` as text: `0.31, −1.20`."""
    return ", ".join(f"{value:.2f}" for value in point.tolist()).replace("-", "−")


def colour_bar(stops: Sequence[str], low: str, high: str) -> str:
    """The colours of a scale in a row, between what its two ends stand for."""
    return (
        '<div style="display:flex;align-items:center;gap:.5rem;font-size:.8rem">'
        f"{escape(low)}"
        '<span style="width:10rem;height:.7rem;border-radius:3px;'
        f'background:linear-gradient(90deg,{",".join(stops)})"></span>{escape(high)}</div>'
    )


def legend(colour: str, text: str) -> str:
    """A small square of `colour` and what it stands for."""
    return (
        f'<span style="display:inline-block;width:.7rem;height:.7rem;background:{escape(colour)};'
        f'border-radius:2px;margin-right:.3rem"></span>{escape(text)}'
    )
