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
from explainer.charts.theme import GREYS, centred
from explainer.convolution.kernels import KERNELS
from explainer.images.picture import Picture
from explainer.images.thumbnails import fit
from explainer.lengths import length
from explainer.ui.activations.facts import number
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen as ChosenPicture
from explainer.ui.common.pictures import colour_bar, figures, inline
from explainer.ui.common.prose import say
from explainer.words import N_, _, language

SIDE, TILE = 320, 226
FIRST_FILTER = "sobel-x"
ALL = Named("all", N_("all functions"))
EACH = Named("each", N_("each function"))


@dataclass(frozen=True)
class Set:
    """What the controls say; `spot` is a row and a column as shares of height and width."""

    filter: str
    scale: float
    bias: float
    upstream: Upstream
    spot: tuple[float, float]
    common: bool


def picture_section(chosen: ChosenPicture, shown: Shown) -> None:
    """Controls, what was computed, and for each function a pair of pictures with its shares."""
    say(KEY, "picture")
    asked = _controls(len(shown.functions))
    functions = [one for one, _stroke in shown.functions]
    told, entries = remembered(
        f"{KEY}.passages", (chosen.picture.digest, asked, functions, theme(), language()),
        lambda: _passages(chosen.picture, asked, functions),
    )  # fmt: skip
    st.caption(told)
    st.html(colour_bar(centred(theme()), _("Gradient: below zero"), _("above zero")))
    figures(entries, width=TILE + 8)
    common = _(
        "Above: the output of the function, each with a scale of its own. Below: the gradient that "
        "reaches the picture, blue below zero and red above, all on one scale."
    )
    own = _(
        "Above: the output of the function, each with a scale of its own. Below: the gradient that "
        "reaches the picture, blue below zero and red above, each on a scale of its own."
    )
    st.caption(common if asked.common else own)
    say(KEY, "picture_notice")


def _controls(count: int) -> Set:
    left, middle, right = st.columns([1.2, 1, 1], gap="medium")
    with left:
        entry = KERNELS[choice(_("Filter"), KERNELS, key=f"{KEY}.filter", default=FIRST_FILTER)]
        arriving = _("Gradient that arrives at the output")
        upstream = UPSTREAMS[choice(arriving, UPSTREAMS, key=f"{KEY}.upstream")]
    with middle:
        scale = _slider(_("Scale of the response"), "scale", 0.1, 20.0, 6.0, 0.1)
        bias = _slider(_("Bias added to it"), "bias", -5.0, 5.0, 0.0, 0.1)
    with right:
        spot = (0.5, 0.5)
        if upstream.placed:
            spot = (
                _slider(_("Spot, from above"), "spot_row", 0.0, 1.0, 0.5, 0.05),
                _slider(_("Spot, from the left"), "spot_column", 0.0, 1.0, 0.5, 0.05),
            )
        common = choice(
            _("One gradient scale for"), (ALL, EACH), key=f"{KEY}.common",
            widget=st.segmented_control, disabled=count < 2,
            help=_("With one function there is one scale.") if count < 2 else None,
        )  # fmt: skip
    return Set(entry.slug, scale, bias, upstream, spot, common == ALL.slug)


def _slider(
    label: str, name: str, minimum: float, maximum: float, default: float, step: float
) -> float:
    return float(
        st.slider(
            label, minimum, maximum, default, step, key=f"{KEY}.{name}", bind="query-params",
            persist_state="session",
        )
    )  # fmt: skip


def _passages(
    chosen: Picture, asked: Set, functions: list[Chosen]
) -> tuple[str, list[tuple[str, str]]]:
    """What was computed, in words, and a pair of pictures for each function."""
    picture = grey(fit(chosen.codes, SIDE, SIDE) / 255.0)
    found = [(one, _passage(picture, asked, one)) for one in functions]
    before = found[0][1].response
    return _told(picture, asked, before), _entries(picture, before, found, asked)


def _passage(picture: NDArray[np.float64], asked: Set, one: Chosen) -> Passage:
    entry = KERNELS[asked.filter]
    return through(
        picture,
        entry.build(**entry.defaults()),
        one.function(),
        asked.upstream,
        steepest=facts_of(one).steepest,
        scale=asked.scale,
        bias=asked.bias,
        spot=asked.spot,
    )


def _told(picture: NDArray[np.float64], asked: Set, before: NDArray[np.float64]) -> str:
    height, width = picture.shape
    scale, bias, low, high = (
        text.replace("-", "−")
        for text in (
            f"{asked.scale:g}", f"{asked.bias:g}", f"{before.min():.2f}", f"{before.max():.2f}"
        )
    )  # fmt: skip
    return _(
        "{filter} on the grey picture, {width} × {height}, times {scale}, plus {bias}: z from "
        "{low} to {high}. Arriving: {gradient}.",
        filter=_(KERNELS[asked.filter].title), width=width, height=height, scale=scale, bias=bias,
        low=low, high=high, gradient=_(asked.upstream.meaning),
    )  # fmt: skip


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
    alt = _("The grey picture, and the filter's response z.")
    caption = _(
        "<b>The picture</b>, and below it the response z of {filter}",
        filter=escape(_(KERNELS[asked.filter].title)),
    )
    entries = [(inline(first, alt=alt, height=height), caption)]
    for chosen, one in found:
        below = map_picture(one.gradient, colours, TILE, span and Span(-span.high, span.high, True))
        pair = pair_picture(map_picture(one.output, colours, TILE), below, colours)
        alt = _(
            "{function} of the response, and the gradient at the picture.", function=chosen.title
        )
        entries.append((inline(pair, alt=alt, height=height), _caption(chosen, one)))
    return entries


def _caption(chosen: Chosen, one: Passage) -> str:
    shares = one.shares
    lines = [
        f"<b>{escape(chosen.title)}</b>",
        _("passing {share}", share=f"{shares.passing:.1%}"),
        _("saturated {share}", share=f"{shares.saturated:.1%}"),
        _("cut off {share}", share=f"{shares.cut:.1%}"),
    ]
    if shares.undefined:
        lines.append(_("without a slope {share}", share=f"{shares.undefined:.1%}"))
    lines.append(_("gradient’s length {length}", length=number(length(one.gradient))))
    return "<br>".join(lines)
