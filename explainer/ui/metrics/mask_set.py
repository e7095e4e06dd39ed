"""A set of pictures with masks of several classes, and the mean IoU that each rule makes of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.colour import rgb
from explainer.charts.montage import Codes, example_picture, tiles
from explainer.charts.theme import Theme
from explainer.live_pictures import Render
from explainer.metrics.mask_scenes import answered_twice
from explainer.metrics.mask_set import (
    CLASSES,
    INK,
    MOST,
    Segmented,
    class_ious,
    means,
    segmented,
)
from explainer.metrics.shares import UNDEFINED
from explainer.parameters import Parameter
from explainer.powers import signed
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import mount, pack
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.words import N_, _, language

KEY = "metrics"
SET = f"{KEY}.set"
COUNT = Parameter("pictures", N_("pictures"), 12, 1, MOST, 1)
NOISE = Parameter("noise", N_("noise"), 0.3, 0, 1, 0.05)
THRESHOLD = Parameter("threshold", N_("ink begins at"), INK, 0.05, 0.95, 0.05)
PARAMETERS = (COUNT, NOISE, THRESHOLD)
LEAST_COLUMNS, WIDER, STRENGTH = 3, 4 / 3, 0.75
HIT, ALARM, MISS, WRONG, OF_SET, OF_PICTURES = 0, 1, 3, 4, 0, 2
"""Places of the colours."""


def mask_set_part() -> None:
    """The example of two coins, then sliders and the set."""
    st.divider()
    say(KEY, "masks_set")
    moved = live.values(SET, PARAMETERS)
    address = live.live_picture(SET, _renderer(moved.values))
    live.sliders(SET, PARAMETERS, moved, address=address)
    message = remembered(
        f"{SET}.message", (moved, theme(), language()),
        lambda: set_message(moved.values, theme(), moved.number),
    )  # fmt: skip
    mount("averages", key=f"{SET}.averages", data=message)
    live.write_to_url(SET, PARAMETERS, moved.values)
    say(KEY, "masks_ranking")
    _two_answers()


def _two_answers() -> None:
    """Two answers to two coins, which the two averages rank differently."""
    rows = [
        [name, *(f"{one:.2f}" for one in (*found.ious, found.iou, found.dice))]
        for name, found in zip((_("shifted by 1 and 27"), _("shifted by 13 and 13")),
                               answered_twice(), strict=True)
    ]  # fmt: skip
    table(
        [_("Answer"), _("IoU, large coin"), _("IoU, small coin"), _("mean IoU"), _("mean Dice")],
        rows, caption=_("Two answers to two coins, and their averages"),
    )  # fmt: skip


def _renderer(resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return set_message(values, colours, number)

    return render


def set_message(values: Mapping[str, float], colours: Theme, number: int) -> bytes:
    """What the component shows of the set that the sliders say."""
    found = segmented(round(values[COUNT.name]), values[NOISE.name], values[THRESHOLD.name])
    confusion = found.confusion
    both = [means(confusion, one.value) for one in UNDEFINED]
    each = class_ious(confusion.sum(0))
    montage, palette = _montage(found, colours), colours.categorical
    groups: list[dict[str, Any]] = [
        {"title": _(rule.title), "values": [_value(one.of_set), _value(one.of_pictures)],
         "texts": [_text(one.of_set), _text(one.of_pictures)]}
        for rule, one in zip(UNDEFINED, both, strict=True)
    ]  # fmt: skip
    names = [_("no ink"), *map(str, range(CLASSES - 1))]
    header: dict[str, Any] = {
        "name": SET, "number": number, "height": montage.shape[0], "width": montage.shape[1],
        "groups": groups,
        "classes": [{"title": name, "value": _value(one), "text": _text(one, 2)}
                    for name, one in zip(names, each.tolist(), strict=True)],
        "titles": [_("Mean IoU: absent classes are …"), _("IoU of each class, confusion summed")],
        "keys": [[_("right digit"), palette[HIT]], [_("ink where none is"), palette[ALARM]],
                 [_("missed"), palette[MISS]], [_("wrong digit"), palette[WRONG]]],
        "series": [[_("pixels of all pictures summed"), palette[OF_SET]],
                   [_("mean over pictures"), palette[OF_PICTURES]]],
        "told": _told(each, both[0].of_set, both[0].of_pictures),
        "alt": _("Digits under noise; each pixel coloured by whether its class is right."),
        "says": ["; ".join(f"{one['title']}: {' / '.join(one['texts'])}" for one in groups),
                 "; ".join(f"{name} {_text(one, 2)}" for name, one in
                           zip(names, each.tolist(), strict=True))],
    }  # fmt: skip
    return pack(header, montage.tobytes())


def _value(one: float) -> float | None:
    return None if math.isnan(one) else one


def _text(one: float, digits: int = 3) -> str:
    return "–" if math.isnan(one) else f"{one:.{digits}f}"


def _told(each: np.ndarray, of_set: float, of_pictures: float) -> list[str]:
    absent = [str(place - 1) for place in np.flatnonzero(np.isnan(each)) if place]
    gap = _(
        "Summed first, the set has a mean IoU of **{whole}**; the mean over its pictures is "
        "**{mean}** ({gap}).", whole=_text(of_set), mean=_text(of_pictures),
        gap=signed(of_pictures - of_set, 3),
    )  # fmt: skip
    if not absent:
        return [gap, _("Every class is in this set.")]
    return [gap, _("Neither shown nor answered in the whole set: {classes}.",
                   classes=", ".join(absent))]  # fmt: skip


def _montage(found: Segmented, colours: Theme) -> Codes:
    palette = colours.categorical
    pictures = []
    for grey, truth, answer in zip(found.pictures, found.truth, found.answer, strict=True):
        codes = example_picture(grey[..., None]).astype(float)
        kinds = (
            (HIT, (truth > 0) & (truth == answer)), (ALARM, (truth == 0) & (answer > 0)),
            (MISS, (truth > 0) & (answer == 0)),
            (WRONG, (truth > 0) & (answer > 0) & (truth != answer)),
        )  # fmt: skip
        for place, where in kinds:
            codes[where] += STRENGTH * (np.asarray(rgb(palette[place])) - codes[where])
        pictures.append(codes.astype(np.uint8))
    blank = np.broadcast_to(np.asarray(rgb(colours.background), np.uint8), pictures[0].shape)
    columns = max(math.ceil(math.sqrt(WIDER * len(pictures))), LEAST_COLUMNS)
    pictures += [blank] * (-len(pictures) % columns)
    return tiles(pictures, colours, columns=columns, gap=2)
