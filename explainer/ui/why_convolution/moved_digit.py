"""A digit that moves in its field, and three networks that know it in the middle alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from explainer.charts.why_convolution.moved_digits import (
    DASHES,
    line_colours,
    move_points,
    move_spec,
)
from explainer.networks.digits.answers import answers, glyph_answers
from explainer.networks.digits.field import FIELD, REACH, pixel_order
from explainer.networks.digits.networks import DIGIT_NETWORKS, probabilities
from explainer.networks.digits.strokes import GLYPHS, drawn, glyph_picture
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.inputs.drawing_board import own_strokes
from explainer.words import _, language

KEY = "why_convolution"
FIRST_DIGIT = 9
MOVES = (1, 2, 4, 8)  # pixels to the right
MOVING = f"{KEY}.moving"


@st.fragment
def moved_digit() -> None:
    """Choose or draw a digit, drag it, and see what the networks say wherever it is."""
    say(KEY, "moved")
    digits, draw, permute = st.columns([2.4, 1, 1.5], vertical_alignment="bottom")
    picture, label, own = _digit(digits, draw)
    scrambled = permute.toggle(
        _("Permute the pixels"), key=f"{KEY}.scrambled",
        bind="query-params", persist_state="session",
        help=_("No network here was trained on permuted pixels."),
    )  # fmt: skip
    found = (
        _answers(picture, bool(scrambled))
        if own
        else glyph_answers(label, scrambled=bool(scrambled))
    )
    if own:
        label = int(probabilities("digit-cnn", picture).argmax())
        st.caption(
            _("The curve follows {digit}, which is what the CNN reads in the middle.", digit=label)
        )
    _moving(picture, found, label, bool(scrambled))
    say(KEY, "scrambled_notice" if scrambled else "moved_notice")


def _digit(digits: DeltaGenerator, draw: DeltaGenerator) -> tuple[Tensor, int, bool]:
    """The picture, the digit that it is, and whether the visitor drew it."""
    picked = digits.pills(
        _("Digit"), [glyph.label for glyph in GLYPHS], default=FIRST_DIGIT, key=f"{KEY}.digit",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    strokes = own_strokes(KEY, draw)
    label = FIRST_DIGIT if picked is None else int(picked)
    return (drawn(strokes), label, True) if strokes else (glyph_picture(label), label, False)


def _answers(picture: Tensor, scrambled: bool) -> np.ndarray:
    place = (hash(picture.numpy().tobytes()), scrambled)
    return remembered(f"{KEY}.answers", place, lambda: answers(picture, scrambled=scrambled))


def _moving(picture: Tensor, found: np.ndarray, label: int, scrambled: bool) -> None:
    message = unread(MOVING, "placed")
    right, down = _place(message)
    count = FIELD * FIELD
    order = pixel_order(count, 0).numpy() if scrambled else np.arange(count)
    codes = (picture.numpy() * 255).round().astype(np.uint8).tobytes()
    blobs = (codes, order.astype("<u2").tobytes(), found.astype("<f4").tobytes())
    lines = zip(DIGIT_NETWORKS, line_colours(theme()), DASHES, strict=True)
    header = {
        "digest": hash((blobs, label, theme().name, language())) & 0xFFFFFFFF,
        "number": number_of(MOVING, message),
        "field": FIELD,
        "reach": REACH,
        "label": label,
        "right": right,
        "down": down,
        "networks": [
            {"title": _(entry.title), "colour": colour, "dash": dash}
            for entry, colour, dash in lines
        ],
    }
    mount("moving", key=MOVING, data=pack(header, *blobs), on_placed_change=reported)
    mark_read(MOVING, message)


def _place(message: dict[str, Any]) -> tuple[int, int]:
    """Where the digit is: as it was dragged, else as remembered, else as the address says."""
    kept = st.session_state.setdefault(f"{KEY}.place", {})
    for name in ("right", "down"):
        source = message.get(name, kept.get(name, st.query_params.get(f"{KEY}.{name}", 0)))
        kept[name] = _within_reach(source)
        keep_in_link(f"{KEY}.{name}", str(kept[name]), "0")
    return kept["right"], kept["down"]


def _within_reach(source: object) -> int:
    try:
        return max(-REACH, min(REACH, int(str(source))))
    except ValueError:
        return 0


def measured() -> None:
    """The networks, their accuracy, and what is left of it when test digits are moved."""
    say(KEY, "measured")
    found = [entry.moved() for entry in DIGIT_NETWORKS]
    for column, entry, one in zip(st.columns(3), DIGIT_NETWORKS, found, strict=True):
        with column:
            st.markdown(f"**{_(entry.title)}**")
            chart(
                move_points(one),
                move_spec(theme()),
                key=f"{KEY}.{entry.slug}",
                alt=_(
                    "Accuracy of the network “{network}” for every move of the test digits:"
                    " {middle} in the middle, {right} four pixels to the right.",
                    network=_(entry.title),
                    middle=f"{one.at(0, 0):.0%}",
                    right=f"{one.at(0, 4):.0%}",
                ),
            )
    st.html(colour_bar(theme().sequential, _("correctly classified: 0 %"), "100 %"))
    rows = [
        [
            _(entry.title),
            f"{entry.card().parameters:,}",
            f"{100 * entry.card().accuracy:.1f} %",
            *(f"{100 * one.at(0, right):.1f} %" for right in MOVES),
            f"{100 * one.permuted:.1f} %",
        ]
        for entry, one in zip(DIGIT_NETWORKS, found, strict=True)
    ]
    head = [
        _("network"),
        _("parameters"),
        _("in the middle"),
        *(_("{pixels} right", pixels=right) for right in MOVES),
        _("permuted"),
    ]
    table(head, rows, caption=_("Accuracy of three networks on changed test digits."))
    st.markdown(_matched())
    card = DIGIT_NETWORKS.entries[0].card()
    st.caption(
        _(
            "In the middle: all {all} test digits; changed: {changed} of them. Trained here on"
            " {trained} digits of MNIST, none of them moved, by the engine of the training lab."
            " Even in the corners of the maps 97 % of the ink is left.",
            all=f"{card.test_pictures:,}",
            changed=f"{found[0].pictures:,}",
            trained=f"{card.training_pictures:,}",
        )
    )


def _matched() -> str:
    """That two networks were made equally large, and how large the third came out."""
    mlp, cnn, pooled = (entry.card().parameters for entry in DIGIT_NETWORKS)
    return _(
        "The MLP and the CNN were **given nearly as many parameters on purpose**, {mlp} and {cnn}, "
        "so that the difference between them is how they are connected. Global average pooling "
        "leaves no dense layer over the places: the third needs {share} of that.",
        mlp=f"{mlp:,}", cnn=f"{cnn:,}", share=f"{pooled / cnn:.0%}",
    )  # fmt: skip
