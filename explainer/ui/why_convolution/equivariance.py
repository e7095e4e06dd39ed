"""Move first or filter first? The two outputs, their difference, and where it comes from."""

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
from explainer.powers import power_of_ten
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.choice import choice
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.words import _, ngettext

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


def equivariance(chosen: Chosen) -> None:
    """Controls, three pictures, and the largest difference."""
    say(KEY, "equivariance")
    asked = question(chosen)
    if asked is None:
        return
    found = compared(asked.grey, asked.weights, asked.layer, asked.shift)
    _pictures(found)
    st.markdown(_verdict(found, asked))


def question(chosen: Chosen) -> Question | None:
    """The controls, and what they ask; None where the photo is too small, which is said."""
    grey, size = grey_of(chosen.picture)
    if min(grey.shape) < SMALLEST:
        st.info(_too_small(chosen.picture, size))
        return None
    return _controls(grey, size)


def _controls(grey: NDArray[np.float32], size: tuple[int, int]) -> Question:
    shift, stride, border = st.columns(3, gap="medium")
    with shift:
        moved = bounded_slider(
            _("Move to the right (pixels)"), 0, min(FARTHEST, grey.shape[1] - 1), 3, 1,
            key=f"{KEY}.shift",
        )  # fmt: skip
    with stride:
        step = st.slider(
            _("Stride"), 1, 4, 1, key=f"{KEY}.stride", bind="query-params", persist_state="session"
        )
        pooled = st.toggle(
            _("then max pooling, 2 × 2"), key=f"{KEY}.pooled", bind="query-params",
            persist_state="session",
        )  # fmt: skip
    with border:
        padding = choice(_("Padding"), PADDINGS, key=f"{KEY}.padding", default="zero")
        kernels = [KERNELS[slug] for slug in SHOWN]
        chosen = KERNELS[choice(_("Kernel"), kernels, key=f"{KEY}.filter")]
    layer = Layer(int(step), padding, bool(pooled))
    return Question(grey, size, chosen.build(**chosen.defaults()), layer, moved)


def _too_small(picture: Picture, size: tuple[int, int]) -> str:
    """Why the photo cannot be moved; `size` (width, height) is what it is reduced to."""
    height, width = picture.codes.shape[:2]
    own = {"width": f"{width:,}", "height": f"{height:,}", "least": SMALLEST}
    if (width, height) == size:
        return _(
            "This photo of {width} × {height} pixels is too small to move: each side needs at least"
            " {least}.",
            **own,
        )
    return _(
        "This photo of {width} × {height} pixels becomes {columns} × {rows} here, which is too"
        " small to move: each side needs at least {least}.",
        columns=size[0], rows=size[1], **own,
    )  # fmt: skip


def grey_of(picture: Picture) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """The photo, reduced and grey, its sides cut to multiples of 8; and its size before the cut."""
    codes = fit(picture.codes, LONGEST, LONGEST)
    height, width = (side - side % MULTIPLE for side in codes.shape[:2])
    values = (codes[:height, :width].astype(np.float32) / 255) @ GREY
    return np.ascontiguousarray(values), (codes.shape[1], codes.shape[0])


def _pictures(found: Comparison) -> None:
    reach = float(np.percentile(np.abs(found.before), 99.5)) or 1.0
    entries = (
        (found.before, _("moved, then the layer")),
        (found.after, _("the layer, then moved")),
        (found.difference, _("their difference")),
    )
    shown = []
    for values, words in entries:
        codes = paint(np.ascontiguousarray(values), -reach, reach, centred(theme()))
        codes = _outlined(codes, found.inside) if found.inside.any() else codes
        alt = _("Output of the layer: {order}.", order=words)
        shown.append((inline(codes, alt=alt, height=HEIGHT), escape(words)))
    figures(shown)
    st.caption(
        _(
            "Blue below zero, red above, the same scale for all three. Inside the yellow frame"
            " nothing depends on what lies beyond the border."
        )
    )


def _outlined(codes: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    framed = codes.copy()
    corners = ((int(columns[0]), int(rows[0])), (int(columns[-1]), int(rows[-1])))
    return np.asarray(cv2.rectangle(framed, *corners, (230, 170, 0), 1), np.uint8)


def _verdict(found: Comparison, asked: Question) -> str:
    sentences = (_moved(found, asked), _differs(found), _why(found, asked))
    return " ".join(sentence for sentence in sentences if sentence)


def _moved(found: Comparison, asked: Question) -> str:
    """By how many places the output is moved for the shift of the picture."""
    if found.exact:
        return ngettext(
            "A shift by {shift} px is here a shift of the output by {count} place.",
            "A shift by {shift} px is here a shift of the output by {count} places.",
            found.places,
            shift=asked.shift,
        )
    return _(
        "Here the output has a place every {step} pixels, and {shift} is no multiple of {step}:"
        " moving it by {places} is the nearest there is from below.",
        step=asked.layer.step,
        shift=asked.shift,
        places=found.places,
    )


def _differs(found: Comparison) -> str:
    anywhere = _number(found.largest)
    if found.largest_inside is None:
        return _(
            "Largest difference anywhere: **{anywhere}**; no place is free of the border, so there"
            " is no frame.",
            anywhere=anywhere,
        )
    return _(
        "Largest difference inside the frame: **{inside}**; anywhere: **{anywhere}**.",
        inside=_number(found.largest_inside),
        anywhere=anywhere,
    )


def _why(found: Comparison, asked: Question) -> str:
    """Where the difference comes from, if there is something to say of it."""
    if not asked.shift:
        return _("Nothing was moved, so nothing could differ.")
    if found.exact and found.largest > TINY:
        return _("What differs lies at the border: there one side has lost what the other made up.")
    if found.exact and asked.layer.padding == WRAP:
        return _("The picture wraps around, so it has no border, and nothing differs anywhere.")
    return ""


def _number(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:.3f}" if value >= TINY else _("{value}, rounding", value=power_of_ten(value))
