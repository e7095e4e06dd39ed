"""Move first or filter first? The two answers, their difference, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.colour import paint
from explainer.charts.theme import centred
from explainer.convolution.application import PADDINGS
from explainer.convolution.equivariance import WRAP, Comparison, Layer, compared
from explainer.convolution.kernel import Weights
from explainer.convolution.kernels import KERNELS
from explainer.images.picture import Picture
from explainer.images.thumbnails import fit
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say

KEY = "why_convolution"
LONGEST, MULTIPLE, SMALLEST = 256, 8, 16
FARTHEST = 16
SHOWN = ("sobel-x", "laplacian", "gaussian")
HEIGHT = 190
GREY = np.array([0.299, 0.587, 0.114], np.float32)
TINY = 1e-5


@dataclass(frozen=True, eq=False)
class Question:
    """A layer, its kernel, a shift, and the photo it is asked on, grey `(H, W)`."""

    grey: NDArray[np.float32]
    size: tuple[int, int]
    weights: Weights
    layer: Layer
    shift: int


def equivariance(chosen: Chosen) -> Question | None:
    """Controls, three pictures, and the largest difference; None where the photo is too small."""
    say(KEY, "equivariance")
    grey, size = grey_of(chosen.picture)
    if min(grey.shape) < SMALLEST:
        st.info(_too_small(chosen.picture, size))
        return None
    asked = _controls(grey, size)
    found = compared(asked.grey, asked.weights, asked.layer, asked.shift)
    _pictures(found)
    st.markdown(_verdict(found, asked))
    return asked


def _controls(grey: NDArray[np.float32], size: tuple[int, int]) -> Question:
    shift, stride, border = st.columns(3, gap="medium")
    with shift:
        moved = bounded_slider(
            "Move to the right (pixels)", 0, min(FARTHEST, grey.shape[1] - 1), 3, 1,
            key=f"{KEY}.shift",
        )  # fmt: skip
    with stride:
        step = st.slider(
            "Stride", 1, 4, 1, key=f"{KEY}.stride", bind="query-params", persist_state="session"
        )
        pooled = st.toggle(
            "then max pooling, 2 × 2", key=f"{KEY}.pooled", bind="query-params",
            persist_state="session",
        )  # fmt: skip
    with border:
        paddings = {entry.title: entry.slug for entry in PADDINGS}
        title = st.selectbox(
            "Padding", list(paddings), 1, key=f"{KEY}.padding", bind="query-params",
            persist_state="session",
        )  # fmt: skip
        kernels = {KERNELS[slug].title: KERNELS[slug] for slug in SHOWN}
        name = st.selectbox(
            "Kernel", list(kernels), key=f"{KEY}.filter", bind="query-params",
            persist_state="session",
        )  # fmt: skip
    chosen = kernels[str(name)]
    layer = Layer(int(step), paddings[str(title)], bool(pooled))
    return Question(grey, size, chosen.build(**chosen.defaults()), layer, moved)


def _too_small(picture: Picture, size: tuple[int, int]) -> str:
    """Why the photo cannot be moved; `size` (width, height) is what it is reduced to."""
    height, width = picture.codes.shape[:2]
    reduced = "" if (width, height) == size else f" becomes {size[0]} × {size[1]} here, which"
    return (
        f"This photo of {width:,} × {height:,} pixels{reduced} is too small to move:"
        f" each side needs at least {SMALLEST}."
    )


def grey_of(picture: Picture) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """The photo, reduced and grey, its sides cut to multiples of 8; and its size before the cut."""
    codes = fit(picture.codes, LONGEST, LONGEST)
    height, width = (side - side % MULTIPLE for side in codes.shape[:2])
    values = (codes[:height, :width].astype(np.float32) / 255) @ GREY
    return np.ascontiguousarray(values), (codes.shape[1], codes.shape[0])


def _pictures(found: Comparison) -> None:
    reach = float(np.percentile(np.abs(found.before), 99.5)) or 1.0
    entries = (
        (found.before, "moved, then the layer"),
        (found.after, "the layer, then moved"),
        (found.difference, "their difference"),
    )
    shown = []
    for values, words in entries:
        codes = paint(np.ascontiguousarray(values), -reach, reach, centred(theme()))
        codes = _outlined(codes, found.inside) if found.inside.any() else codes
        alt = f"Answer of the layer: {words}."
        shown.append((inline(codes, alt=alt, height=HEIGHT), escape(words)))
    figures(shown)
    st.caption(
        "Blue below zero, red above, the same scale for all three. Inside the yellow frame nothing "
        "depends on what lies beyond the border."
    )


def _outlined(codes: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    framed = codes.copy()
    corners = ((int(columns[0]), int(rows[0])), (int(columns[-1]), int(rows[-1])))
    return np.asarray(cv2.rectangle(framed, *corners, (230, 170, 0), 1), np.uint8)


def _verdict(found: Comparison, asked: Question) -> str:
    anywhere, inside = found.largest, found.largest_inside
    step = asked.layer.step
    if found.exact:
        places = "place" if found.places == 1 else "places"
        moved = f"{asked.shift} pixels are {found.places} {places} of the answer"
    else:
        moved = (
            f"the answer has a place every {step} pixels, and {asked.shift} is no multiple of "
            f"{step}: moving it by {found.places} is the nearest there is from below"
        )
    told = "there is no such part" if inside is None else f"**{_number(inside)}**"
    border = ""
    if found.exact and anywhere > TINY:
        border = " What differs lies at the border: there one side has lost what the other made up."
    elif found.exact and asked.layer.padding == WRAP:
        border = " The picture wraps around, so it has no border, and nothing differs anywhere."
    if not asked.shift:
        border = " Nothing was moved, so nothing could differ."
    return (
        f"Here {moved}. Largest difference inside the frame: {told}; anywhere: "
        f"**{_number(anywhere)}**.{border}"
    )


def _number(value: float) -> str:
    return "0" if value == 0 else (f"{value:.1e}, rounding" if value < TINY else f"{value:.3f}")
