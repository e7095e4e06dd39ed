"""A weight a pixel: what L1 and L2 leave of the weights that tell two digits apart."""

from __future__ import annotations

from base64 import b64encode
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.colour import Codes
from explainer.charts.penalties.pixel_weights import weight_picture
from explainer.charts.theme import centred
from explainer.images.thumbnails import encode_png
from explainer.kept import MEGABYTE, Kept
from explainer.powers import short
from explainer.regularisation.pixel_weights import (
    PAIRS,
    SIDE,
    STEPS,
    TRAINING,
    Pair,
    PixelWeights,
    of_pair,
    pixel_weights,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import _, language

KEY = "penalties"
TILE, WIDEST = 92, 132
KEPT: Kept[str, PixelWeights] = Kept(4 * MEGABYTE, lambda one: one.weights.nbytes)
NAMES = ("L1", "L2")


def pixels_section() -> None:
    """A row of weight pictures for L1, one for L2, each λ a column; and what is found in them."""
    say(KEY, "pixels")
    pair = PAIRS[choice(_("Digits"), PAIRS, key=f"{KEY}.digits", widget=st.segmented_control)]
    found = waited(
        KEPT, pair.slug, _("Sixteen networks of one layer learn"),
        lambda told: pixel_weights(pair, told),
    )  # fmt: skip
    now = theme()
    st.html(
        remembered(f"{KEY}.weight_rows", (pair.slug, now.name, language()),
                   lambda: _rows(pair, found))
    )  # fmt: skip
    first, second = pair.digits
    st.html(
        colour_bar(
            centred(now),
            _("ink here speaks for {digit}", digit=first),
            _("ink here speaks for {digit}", digit=second),
        )
    )
    st.caption(
        _(
            "Each picture has its own scale. Where the grey mean digit shows through, the weight "
            "is exactly 0. Learned from {count} pictures in {steps} steps, accuracy on "
            "{validation} others.",
            steps=f"{STEPS:,}",
            count=TRAINING, validation=len(of_pair(pair).validation_labels),
        )
    )  # fmt: skip
    _said(pair, found)
    say(KEY, "pixels_notice")


def _rows(pair: Pair, found: PixelWeights) -> str:
    """The pictures as a grid that scrolls sideways where it has to."""
    now = theme()
    mean = of_pair(pair).inputs.mean(axis=0).reshape(SIDE, SIDE)
    cells = []
    for row, name in enumerate(NAMES):
        colour = now.categorical[row]
        cells.append(
            f'<div style="font-weight:700;color:{colour};align-self:center;position:sticky;left:0;'
            f'background:{now.background};padding-right:.5rem">{name}</div>'
        )
        for place, strength in enumerate(found.lambdas):
            picture = weight_picture(found.weights[row, place].reshape(SIDE, SIDE), mean, now)
            zeros, right = found.zeros[row, place], found.accuracy[row, place]
            said = _(
                "{penalty}, λ = {strength}: {zeros} of the weights are exactly 0, accuracy "
                "{accuracy}",
                penalty=name, strength=short(strength),
                zeros=_percent(zeros), accuracy=_percent(right),
            )  # fmt: skip
            caption = "<br>".join(
                escape(line)
                for line in (
                    f"λ = {short(strength)}",
                    _("zero {share}", share=_percent(zeros)),
                    _("right {share}", share=_percent(right)),
                )
            )
            cells.append(
                f'<figure style="margin:0">{_picture(picture, said)}'
                f'<figcaption style="font-size:.78rem;line-height:1.3;'
                f'font-variant-numeric:tabular-nums">{caption}</figcaption></figure>'
            )
    columns = len(found.lambdas)
    return (
        '<div style="overflow-x:auto" tabindex="0"><div style="display:grid;gap:.8rem .6rem;'
        f'grid-template-columns:max-content repeat({columns},minmax({TILE}px,{WIDEST}px))">'
        f"{''.join(cells)}</div></div>"
    )


def _picture(codes: Codes, said: str) -> str:
    data = b64encode(encode_png(codes)).decode()
    return (
        f'<img alt="{escape(said, quote=True)}" src="data:image/png;base64,{data}" '
        'style="width:100%;image-rendering:pixelated;border-radius:3px">'
    )


def _said(pair: Pair, found: PixelWeights) -> None:
    """The best λ of each, and how much of the picture each of them looks at there."""
    places = [int(row.argmax()) for row in found.accuracy]
    absolute, square = places
    validated = len(of_pair(pair).validation_labels)
    right = float(found.accuracy[0, absolute])
    margin = 196 * (right * (1 - right) / validated) ** 0.5  # 95 of 100, in points
    used = round((1 - found.zeros[0, absolute]) * SIDE**2)
    st.markdown(
        _(
            "**L1** tells {first} from {second} best at λ = {strength}: **{accuracy}** right, "
            "looking at **{used} of {all}** pixels. **L2** is best at λ = {other}: "
            "**{other_accuracy}**; its zeros, {inkless} of the pixels at every λ, are those where "
            "no training picture has ink. Of {validated} pictures, ±{margin} points are chance.",
            validated=validated, margin=f"{margin:.1f}",
            first=pair.digits[0], second=pair.digits[1], strength=short(found.lambdas[absolute]),
            accuracy=_percent(found.accuracy[0, absolute]), used=used, all=SIDE**2,
            other=short(found.lambdas[square]),
            other_accuracy=_percent(found.accuracy[1, square]), inkless=_percent(found.inkless),
        )
    )  # fmt: skip


def _percent(share: float | np.floating) -> str:
    """A share in percent, one decimal where it matters: `99.9 %`, `33 %`."""
    return f"{100 * share:.1f} %".replace(".0 %", " %")
