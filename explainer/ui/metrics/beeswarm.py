"""What the picture of a threshold is sent: scores, what each threshold does to them, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np

from explainer.charts.montage import example_picture, tiles
from explainer.charts.theme import LIGHT, Theme
from explainer.images.picture import Picture
from explainer.metrics.binary import MEASURES, Floats, Sweep, Truths, sweep
from explainer.metrics.scores import Scored
from explainer.ui.common.components import pack
from explainer.ui.common.picture import MESSAGES
from explainer.words import _

YES, NO, BOTH = 1, 0, 7
CELLS = ("hits", "misses", "alarms", "refused")
COLUMNS = 40
DECIMALS = 3
"""Scores are rounded to this, so that a link can say each of them."""


@dataclass(frozen=True, eq=False)
class Case:
    """A class against all others: `scores` `(N,)` in log-odds, `truths` `(N,)`, and its `name`."""

    found: Scored
    name: str
    scores: Floats
    truths: Truths
    sweep: Sweep
    sheet: str


@lru_cache(maxsize=16)
def case_of(found: Scored, place: int) -> Case:
    """The class of that place against all others."""
    scores = np.round(found.scores(place), DECIMALS) + 0.0
    truths = found.truths(place)
    return Case(
        found, found.classes[place], scores, truths, sweep(scores, truths), sheet(found).digest
    )


@dataclass(frozen=True)
class State:
    """What the hand has set: a threshold in log-odds, a prevalence or None, an open cell."""

    threshold: float
    prevalence: float | None
    cell: str
    by_chance: bool


@lru_cache(maxsize=4)
def sheet(found: Scored) -> Picture:
    """All pictures as one, `COLUMNS` in a row."""
    codes = tiles(
        [example_picture(one) for one in found.pictures], LIGHT, columns=COLUMNS, gap=0
    )  # fmt: skip
    name = sha256(codes.tobytes()).hexdigest()[:16]
    return Picture(name, "", "", codes, (codes.shape[1], codes.shape[0]))


def pixels(found: Scored) -> bytes:
    """The message with the pixels of the sheet."""
    return MESSAGES.of(sheet(found))


def beeswarm_message(key: str, case: Case, state: State, colours: Theme, number: int) -> bytes:
    """A header; scores, classes and places of pictures in falling order; and the sweep."""
    order = np.argsort(-case.scores, kind="stable")
    labels, names = case.found.labels, case.found.classes
    height, width = case.found.pictures.shape[1:3]
    header: dict[str, Any] = {
        "name": key, "number": number, "threshold": state.threshold,
        "prevalence": state.prevalence, "cell": state.cell, "byChance": state.by_chance,
        "title": case.name, "classes": names, "area": case.sweep.area,
        "digest": case.sheet, "tile": {"width": width, "height": height, "columns": COLUMNS},
        "colours": {
            "yes": colours.categorical[YES], "no": colours.categorical[NO],
            "both": colours.categorical[BOTH],
        },
        "measures": [
            {"slug": one.slug, "title": _(one.title), "formula": one.formula} for one in MEASURES
        ],
    }  # fmt: skip
    return pack(
        header, case.scores[order].astype("<f8").tobytes(),
        labels[order].astype("<i4").tobytes(), case.truths[order].astype(np.uint8).tobytes(),
        order.astype("<i4").tobytes(), case.sweep.thresholds.astype("<f8").tobytes(),
        case.sweep.hits.astype("<i4").tobytes(), case.sweep.alarms.astype("<i4").tobytes(),
    )  # fmt: skip
