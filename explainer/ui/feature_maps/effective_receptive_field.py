"""What a pinned pixel sees, as measured: the gradient on the photo, and how much of it is central.

It takes a pass forward and one back, so it is of the pixel that is pinned and not of any other.
"""

from __future__ import annotations

import threading

import streamlit as st

from explainer.charts.feature_maps.effective_receptive_field import strength_picture
from explainer.networks.recording.effective_receptive_field import (
    MOST,
    EffectiveField,
    effective_field,
)
from explainer.networks.recording.receptive_field import Box
from explainer.networks.zoo.preprocessing import SeenPicture, as_input
from explainer.ui.common.appearance import theme
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.subject import KEY, Subject, pinned_pixel
from explainer.words import N_, _

HEIGHT = 260
CLOSE = 0.5
AROUND = 2
ON_THE_PHOTO, CLOSER = N_("on the photo"), N_("closer")
# The graph of a large network takes up to a gigabyte; one at a time is enough.
_MEASURING = threading.Lock()


def measured_sight(looked: Subject, seen: SeenPicture, index: int) -> None:
    """The effective receptive field of the pinned pixel of map `index`, beside the theoretical."""
    say(KEY, "sight")
    pixel = pinned_pixel(seen)
    if pixel is None:
        st.caption(_("Click a pixel of the map to pin it; then it is measured."))
        return
    found = _effective_field(looked, seen, index, *pixel)
    if found.silent:
        st.info(
            _(
                "Row {y}, column {x} is off: no pixel of the photo, changed a little, moves its "
                "value. Pin one that has a value, or look at the layer before.",
                y=pixel[0],
                x=pixel[1],
            )
        )
        return
    _pictures(looked, found, pixel)
    st.markdown(_sentence(found))


def _effective_field(
    looked: Subject, seen: SeenPicture, index: int, y: int, x: int
) -> EffectiveField:
    place = (*looked.place, seen.layer.name, index, y, x)
    return remembered(
        f"{KEY}.effective_field", place, lambda: _measured(looked, seen.layer.name, index, y, x)
    )


def _measured(looked: Subject, layer: str, index: int, y: int, x: int) -> EffectiveField:
    inputs = as_input(looked.photo, looked.entry)
    with _MEASURING:
        return effective_field(looked.network, inputs, looked.layers, layer, index, y, x)


def _pictures(looked: Subject, found: EffectiveField, pixel: tuple[int, int]) -> None:
    height, width = looked.photo.shape[:2]
    whole, boxes = Box(0, 0, height, width), (found.box, *_middle(found))
    parts = [(whole, ON_THE_PHOTO, boxes)]
    if found.box.height < CLOSE * height and found.box.width < CLOSE * width:
        parts = [(whole, ON_THE_PHOTO, boxes[:1]), (_around(found.box, whole), CLOSER, boxes)]
    entries = []
    for part, message, drawn in parts:
        codes = strength_picture(looked.photo, found.strength, theme(), part=part, boxes=drawn)
        words = _(message)
        alt = _(
            "How strongly each pixel moves row {y}, column {x}, {where}.",
            y=pixel[0], x=pixel[1], where=words,
        )  # fmt: skip
        entries.append((inline(codes, alt=alt, height=HEIGHT), words))
    figures(entries)


def _around(box: Box, photo: Box) -> Box:
    return Box(
        max(box.top - AROUND, photo.top),
        max(box.left - AROUND, photo.left),
        min(box.bottom + AROUND, photo.bottom),
        min(box.right + AROUND, photo.right),
    )


def _middle(found: EffectiveField) -> tuple[Box, ...]:
    """The middle quarter of the box as a box of its own; none of a box of one or two pixels."""
    height, width = found.middle
    whole = found.whole
    if min(whole.height, whole.width) <= 2:
        return ()
    top, left = whole.top + (whole.height - height) // 2, whole.left + (whole.width - width) // 2
    return (Box(top, left, top + height, left + width),)


def _sentence(found: EffectiveField) -> str:
    whole, (height, width) = found.whole, found.middle
    if not _middle(found):
        size = f"{whole.width} × {whole.height}"
        return _("It sees {size} pixels, and each counts.", size=size)
    side, area = found.side_of_most, height * width / (whole.height * whole.width)
    told = _(
        "In theory it sees **{theory}** pixels. As measured, the inner box, {inner} pixels and "
        "{area} of the area, has **{share} of the gradient**.",
        theory=f"{whole.width} × {whole.height}", inner=f"{width} × {height}", area=f"{area:.0%}",
        share=f"{found.share_within(height, width):.0%}",
    )  # fmt: skip
    if side >= max(whole.height, whole.width):
        return told
    most = _("{most} of it lies within the middle {side} × {side}.", most=f"{MOST:.0%}", side=side)
    return f"{told} {most}"
