"""On the picture: a filter's response through several activations, and the gradient back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.activations.chosen import Chosen, facts_of
from explainer.activations.through_picture import UPSTREAMS, Passage, Upstream, grey, through
from explainer.charts.activations.curves import (
    common_span,
    map_picture,
    pair_picture,
    reduced,
)
from explainer.charts.colour import paint
from explainer.charts.maps import Span
from explainer.charts.theme import GREYS
from explainer.convolution.kernels import KERNELS
from explainer.images.thumbnails import fit
from explainer.lengths import length
from explainer.ui.activations.facts import number
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen as ChosenPicture
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say

SIDE, TILE = 320, 226
FIRST_FILTER = "Sobel x"
ALL, EACH = "all functions", "each function"


@dataclass(frozen=True)
class Set:
    """What the controls say."""

    filter_title: str
    weights: NDArray[np.float64]
    scale: float
    bias: float
    upstream: Upstream
    spot: tuple[float, float]
    common: bool


def picture_section(chosen: ChosenPicture, shown: Shown) -> None:
    """Controls, what was computed, and for each function a pair of pictures with its shares."""
    say(KEY, "picture")
    asked = _controls(len(shown.functions))
    picture = grey(fit(chosen.picture.codes, SIDE, SIDE) / 255.0)
    found = [(one, _passage(picture, asked, one)) for one, _ in shown.functions]
    before = found[0][1].response
    st.caption(_told(picture, asked, before))
    figures(_entries(picture, before, found, asked), width=TILE + 8)
    st.caption(
        "Above: what the function gives, each with a scale of its own. Below: the gradient that "
        "reaches the picture, blue below zero and red above, "
        + ("all on one scale." if asked.common else "each on a scale of its own.")
    )
    say(KEY, "picture_notice")


def _controls(count: int) -> Set:
    left, middle, right = st.columns([1.2, 1, 1], gap="medium")
    with left:
        titles = sorted((entry.title for entry in KERNELS), key=lambda t: t != FIRST_FILTER)
        title = st.selectbox(
            "Filter", titles, key=f"{KEY}.filter", bind="query-params", persist_state="session"
        )
        upstreams = {one.title: one for one in UPSTREAMS}
        arriving = st.selectbox(
            "Gradient that arrives at the output", list(upstreams), key=f"{KEY}.upstream",
            bind="query-params", persist_state="session",
        )  # fmt: skip
    with middle:
        scale = _slider("Scale of the response", "scale", 0.1, 20.0, 6.0, 0.1)
        bias = _slider("Bias added to it", "bias", -5.0, 5.0, 0.0, 0.1)
    with right:
        spot = (0.5, 0.5)
        if upstreams[str(arriving)] is UPSTREAMS[-1]:
            spot = (
                _slider("Spot, from above", "spot_row", 0.0, 1.0, 0.5, 0.05),
                _slider("Spot, from the left", "spot_column", 0.0, 1.0, 0.5, 0.05),
            )
        common = st.segmented_control(
            "One gradient scale for", [ALL, EACH], default=ALL, required=True,
            key=f"{KEY}.common", bind="query-params", persist_state="session", disabled=count < 2,
            help="With one function there is one scale." if count < 2 else None,
        )  # fmt: skip
    entry = next(one for one in KERNELS if one.title == title)
    weights = entry.build(**entry.defaults())
    return Set(
        entry.title, weights, scale, bias, upstreams[str(arriving)], spot, common == ALL
    )  # fmt: skip


def _slider(
    label: str, name: str, minimum: float, maximum: float, default: float, step: float
) -> float:
    return float(
        st.slider(
            label, minimum, maximum, default, step, key=f"{KEY}.{name}", bind="query-params",
            persist_state="session",
        )
    )  # fmt: skip


def _passage(picture: NDArray[np.float64], asked: Set, one: Chosen) -> Passage:
    return through(
        picture,
        asked.weights,
        one.function(),
        asked.upstream,
        steepest=facts_of(one).steepest,
        scale=asked.scale,
        bias=asked.bias,
        spot=asked.spot,
    )


def _told(picture: NDArray[np.float64], asked: Set, before: NDArray[np.float64]) -> str:
    height, width = picture.shape
    return (
        f"{asked.filter_title} on the grey picture, {width} × {height}, times {asked.scale:g}, "
        f"plus {asked.bias:g}: z from {before.min():.2f} to {before.max():.2f}. Arriving: "
        f"{asked.upstream.meaning}."
    ).replace("-", "−")


def _entries(
    picture: NDArray[np.float64],
    before: NDArray[np.float64],
    found: Sequence[tuple[Chosen, Passage]],
    asked: Set,
) -> list[tuple[str, str]]:
    colours = theme()
    photo = paint(reduced(picture, TILE), 0.0, 1.0, GREYS)
    first = pair_picture(photo, map_picture(before, colours, TILE), colours)
    height = first.shape[0]
    span = common_span([one.gradient for _, one in found]) if asked.common else None
    entries = [
        (
            inline(first, alt="The grey picture, and the filter's response z.", height=height),
            f"<b>The picture</b>, and below it the response z of {escape(asked.filter_title)}",
        )
    ]
    for chosen, one in found:
        below = map_picture(one.gradient, colours, TILE, span and Span(-span.high, span.high, True))
        pair = pair_picture(map_picture(one.output, colours, TILE), below, colours)
        alt = f"{chosen.title} of the response, and the gradient at the picture."
        entries.append((inline(pair, alt=alt, height=height), _caption(chosen, one)))
    return entries


def _caption(chosen: Chosen, one: Passage) -> str:
    shares = one.shares
    return (
        f"<b>{escape(chosen.title)}</b><br>passing {shares.passing:.1%}<br>"
        f"saturated {shares.saturated:.1%}<br>cut off {shares.cut:.1%}<br>"
        + (f"without a slope {shares.undefined:.1%}<br>" if shares.undefined else "")
        + f"gradient’s length {number(length(one.gradient))}"
    )
