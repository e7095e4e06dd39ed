"""Monte Carlo dropout on the page: one digit, turned by hand, through a hundred masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.networks.digits.field import MARGIN, PUBLISHED
from explainer.networks.digits.strokes import drawn
from explainer.parameters import Parameter
from explainer.regularisation.dropout.doubt import (
    KEEP,
    Doubt,
    Doubter,
    doubt,
    doubter,
    factors,
    last_layer,
    passes,
)
from explainer.regularisation.dropout.small_network import digits
from explainer.regularisation.proximal import Floats
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.dropout.doubt_measured import measured_fold
from explainer.ui.dropout.doubt_photo import photo_fold
from explainer.ui.dropout.strips import Linear, spread_table, strips, strips_message
from explainer.ui.inputs.drawing_board import own_strokes
from explainer.words import N_, _, language

KEY = "dropout"
DOUBT, STRIPS = f"{KEY}.doubt", f"{KEY}.doubt_strips"
NETWORK: Kept[str, Doubter] = Kept(
    2 * MEGABYTE, lambda one: sum(weight.nbytes for weight in one.weights)
)
CLASSES = tuple(str(digit) for digit in range(10))
DIGITS = tuple(Named(digit, digit) for digit in CLASSES)
FIRST_DIGIT, MOST_PICTURES = "1", 40
MANY = 1000
"""The masks over which the last layer's spread is measured."""
ANGLE = Parameter("angle", N_("turned by"), 0, -180, 180, 5, unit="°")
APART = 14  # degrees between two digits that are written into the chart
ANGLES = np.arange(ANGLE.minimum, ANGLE.maximum + 1, ANGLE.step)
PANEL = Panel(N_("Doubt in bits; dashed: another digit is read"), N_("bits"), 300)
GREY, DASHED = 7, 8


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the angle is moved."""

    network: Doubter
    picture: Floats
    over: Doubt
    read: tuple[int, ...]
    colours: Theme


def doubt_section(*_given: object) -> None:
    """Choose, or draw, a digit and turn it; then how good the doubt is; then one's own photo."""
    say(KEY, "doubt")
    network = waited(
        NETWORK, "both", _("A network learns 4,000 digits with dropout …"),
        lambda told: doubter(told=told),
    )  # fmt: skip
    picture = _chosen()
    if (pinned := pinned_x(DOUBT)) is not None:
        live.put(DOUBT, ANGLE, pinned)
    moved = live.values(DOUBT, [ANGLE])
    shown = _shown(network, picture)
    address = live.live_picture(DOUBT, _renderer(shown, moved.values))
    live.sliders(DOUBT, [ANGLE], moved, address=address)
    live.write_to_url(DOUBT, [ANGLE], moved.values)
    number, angle = max(moved.number, pinned_number(DOUBT)), moved.values[ANGLE.name]
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        message = remembered(
            f"{STRIPS}.message", (picture.tobytes(), angle, theme(), language(), number),
            lambda: _strips(shown, angle, number),
        )  # fmt: skip
        strips(STRIPS, message)
    with right:
        curves(DOUBT, _curves(shown, angle, number))
    say(KEY, "doubt_notice")
    measured_fold(network)
    photo_fold()


def _chosen() -> Floats:
    """The picture `(28, 28)` that is turned: one of the digits, or the visitor's own."""
    digit, number, draw = st.columns([1, 1, 2], gap="medium", vertical_alignment="bottom")
    with digit:
        label = choice(_("Digit"), DIGITS, key=f"{KEY}.doubted", default=FIRST_DIGIT)
    with number:
        which = bounded_number(_("Which of them"), 1, MOST_PICTURES, key=f"{KEY}.which")
    strokes = own_strokes(KEY, draw)
    if strokes:
        st.caption(_("It is your own drawing that is read; wipe it to go back to the digits."))
        field = drawn(strokes)[0, 0].numpy()
        return np.ascontiguousarray(field[MARGIN : MARGIN + PUBLISHED, MARGIN : MARGIN + PUBLISHED])
    data = digits()
    rows = np.flatnonzero(data.validation_labels == int(label))
    return np.asarray(data.validation_inputs[rows[which - 1]].reshape(PUBLISHED, PUBLISHED))


def turned(picture: Floats, angle: float) -> Floats:
    """`picture` `(28, 28)` turned about its middle by so many degrees, against the clock."""
    middle = (PUBLISHED - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), angle, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (PUBLISHED, PUBLISHED)), np.float32)


def _shown(network: Doubter, picture: Floats) -> _Shown:
    """The doubt at every angle, for the chart beside."""

    def over() -> tuple[Doubt, tuple[int, ...]]:
        rows = np.stack([turned(picture, float(angle)).ravel() for angle in ANGLES])
        found = passes(network, rows)
        return doubt(found), tuple(found.mean(axis=0).argmax(axis=1).tolist())

    bits, read = remembered(f"{DOUBT}.over", picture.tobytes(), over)
    return _Shown(network, picture, bits, read, theme())


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    """What answers a drag: the strips, and with them the place in the chart."""
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        angle = live.first_sound(ANGLE, [moved, held])
        return _curves(shown, angle, number, (STRIPS, _strips(shown, angle, number)))

    return render


def _strips(shown: _Shown, angle: float, number: int) -> bytes:
    picture = turned(shown.picture, angle)
    return digit_message(shown.network, picture, shown.colours, number)


def digit_message(network: Doubter, picture: Floats, colours: Theme, number: int) -> bytes:
    """What a hundred masks say of a picture `(28, 28)`, and the last layer's spread over more."""
    inputs = picture.reshape(1, -1)
    found, scaled = passes(network, inputs)[:, 0], network.scaled(inputs)[0]
    first, second = (one[0] for one in network.hidden(inputs))
    before, after = (factors(MANY, len(first), KEEP, seed) for seed in (101, 102))
    layer = Linear(network.weights[2], network.biases[2], second, KEEP)
    last = last_layer(layer.weights, layer.bias, second, after)
    both = network.logits(network.second(first * before) * after)
    table = spread_table(layer, last, CLASSES, found.mean(axis=0), both)
    codes = (picture * 255).clip(0, 255).round().astype(np.uint8)
    return strips_message(STRIPS, found, scaled, CLASSES, table, colours, number, codes=codes)


def _curves(
    shown: _Shown, angle: float, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    bits = shown.over
    lines = [
        Line(title, stroke(place, shown.colours), values[None].astype(np.float64))
        for title, place, values in (
            (_("in all"), GREY, bits.all),
            (_("within each network"), GREY + DASHED, bits.within),
            (_("between the networks"), 0, bits.between),
        )
    ]
    panel = replace(PANEL, short=_(PANEL.short))
    return curves_message(
        DOUBT, [panel], lines, reach=ANGLE.maximum, at=angle, number=number, symbol=_("angle"),
        marks=_marks(shown.read), also=also,
        alt=_("The doubt about the digit over the angle by which it is turned, in three parts."),
    )  # fmt: skip


def _marks(read: tuple[int, ...]) -> list[Mark]:
    """Where the mean of the masks comes to read another digit."""
    places = [0, *(place for place in range(1, len(read)) if read[place] != read[place - 1])]
    marks, said = [], -np.inf
    for place in places:
        angle = float(ANGLES[place])
        told = angle - said > APART
        marks.append(Mark(angle, str(read[place]) if told else ""))
        said = angle if told else said
    return marks
