"""The message to the picture that is painted on: masks, regions' colours, numbers and sentences."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.images.thumbnails import encode_png
from explainer.metrics.mask_scenes import View
from explainer.metrics.masks import BoundaryScore, Counts, Mask, boundary_score, counts
from explainer.powers import percent
from explainer.ui.common.components import pack
from explainer.words import _

HIT, ALARM, BAR, MISS = 0, 1, 2, 3
"""Places of the colours."""


@dataclass(eq=False)
class Painted:
    """What a visitor paints: the `answer` and the `truth`, on what and begun how (`of`, `by`)."""

    of: tuple[str, str]
    by: int
    view: View
    answer: Mask
    truth: Mask = field(repr=False)


def unpacked(text: object, shape: tuple[int, int]) -> Mask | None:
    """The mask that a browser sent as bits in base64; None where it is no such thing."""
    size = shape[0] * shape[1]
    if not isinstance(text, str) or len(text) > 4 * size:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) != -(-size // 8):
        return None
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=size)
    return bits.reshape(shape).astype(bool)


def painted_message(
    key: str, made: Painted, tolerance: float, colours: Theme, number: int, *, own: bool,
    address: str = "", photo: bool = True,
) -> bytes:  # fmt: skip
    """All that the component shows; `photo` is left out where the browser has it."""
    found = counts(made.truth, made.answer)
    near = boundary_score(made.truth, made.answer, tolerance)
    height, width = made.answer.shape
    palette = colours.categorical
    header: dict[str, Any] = {
        "name": key, "number": number, "address": address, "own": own, "of": " ".join(made.of),
        "width": width, "height": height, "rows": _rows(found, near), "iou": found.iou,
        "dice": found.dice, "told": _told(found),
        "colours": {"hit": palette[HIT], "alarm": palette[ALARM], "miss": palette[MISS],
                    "bar": palette[BAR]},
        "words": {
            "hit": _("hit (TP)"), "alarm": _("false alarm (FP)"), "miss": _("miss (FN)"),
            "iou": _("IoU"), "dice": _("Dice = 2 IoU / (1 + IoU)"),
            "alt": _("A photo with a mask on it. IoU {iou}, Dice {dice}.",
                     iou=figure(found.iou), dice=figure(found.dice)),
            "curve": _("Dice over IoU: a curve that always rises. Here IoU {iou}, Dice {dice}.",
                       iou=figure(found.iou), dice=figure(found.dice)),
        },
    }  # fmt: skip
    encoded = encode_png(made.view.photo) if photo else b""
    return pack(header, _bits(made.answer), _bits(made.truth), encoded)


def _bits(mask: Mask) -> bytes:
    return np.packbits(mask).tobytes()


def figure(value: float | None) -> str:
    """Three decimals; a dash for what is not defined."""
    return "–" if value is None else f"{value:.3f}"


def _rows(found: Counts, near: BoundaryScore) -> list[dict[str, Any]]:
    hits, union = found.hits, found.union
    pixels = union + found.neither
    whole = {"hits": f"{hits:,}", "union": f"{union:,}", "pixels": f"{pixels:,}"}
    empty = _("not defined: both masks are empty")
    return [
        _row(_("Pixel accuracy"), found.accuracy, _(
            "(TP + TN) ÷ all pixels = ({hits} + {neither}) ÷ {pixels}",
            neither=f"{found.neither:,}", **whole)),
        _row(_("IoU"), found.iou, _(
            "TP ÷ (TP + FP + FN) = {hits} ÷ {union}", **whole) if union else empty),
        _row(_("Dice, which is F1"), found.dice, _(
            "2 TP ÷ (2 TP + FP + FN) = {twice} ÷ {sum}", twice=f"{2 * hits:,}",
            sum=f"{hits + union:,}") if union else empty),
        _row(_("Boundary F"), near.f, _of_boundary(near)),
    ]  # fmt: skip


def _row(title: str, value: float | None, formula: str) -> dict[str, Any]:
    return {"title": title, "value": value, "text": figure(value), "formula": formula}


def _of_boundary(near: BoundaryScore) -> str:
    if near.f is None:
        return _("not defined: neither mask has a boundary")
    return _(
        "precision {precision} and recall {recall} of boundary pixels",
        precision=figure(near.precision), recall=figure(near.recall),
    )  # fmt: skip


def _told(found: Counts) -> list[str]:
    """What an empty mask would score, beside what this one does."""
    pixels, truth = found.union + found.neither, found.hits + found.misses
    if not pixels:
        return []
    share = truth / pixels
    if not truth:
        return [_("There is no object in the truth: only an empty mask is right.")]
    empty = _(
        "The object has {share} of the pixels. **An empty mask** would have a pixel accuracy of "
        "**{accuracy}**, and an IoU of 0.", share=percent(share), accuracy=f"{1 - share:.3f}",
    )  # fmt: skip
    if found.accuracy is not None and found.accuracy < 1 - share:
        empty += " " + _("By accuracy it would beat this one.")
    return [empty]
