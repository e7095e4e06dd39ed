"""How curves of activations look, and the pictures of what they make of a photo.

A function keeps its colour for as long as it is shown: places are given out, lowest first. After
the eighth the colours come again, dashed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import paint
from explainer.charts.maps import Span, span_of
from explainer.charts.montage import tiles
from explainer.charts.theme import Theme

Codes = NDArray[np.uint8]
Values = NDArray[np.float64]
DASHES = (("", "solid"), ("7 4", "dashed"), ("2 3", "dotted"))
GAP, LARGEST = 6, 1e30


@dataclass(frozen=True)
class Stroke:
    """A line's colour as `#rrggbb`, and its dashes as SVG has them and as CSS names them."""

    colour: str
    dash: str
    style: str


def stroke(place: int, theme: Theme) -> Stroke:
    """The stroke of a place from 0: colours in turn, then dashed, then dotted."""
    count = len(theme.categorical)
    return Stroke(theme.categorical[place % count], *DASHES[place // count % len(DASHES)])


def given_places(names: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """A place for each name: the one it had, else the lowest that is free."""
    kept = {name: before[name] for name in names if name in before}
    free = (place for place in range(len(names) + len(kept)) if place not in kept.values())
    return {name: kept[name] if name in kept else next(free) for name in names}


def drawable(values: Values) -> NDArray[np.float32]:
    """The values as colours can be given to them: from −1e30 to 1e30, 0 for what is no number."""
    return np.clip(np.nan_to_num(values), -LARGEST, LARGEST).astype(np.float32)


def reduced(values: Values, side: int) -> NDArray[np.float32]:
    """A map `(H, W)` with its longer side at most `side`, each pixel the mean of what it covers."""
    height, width = values.shape
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(drawable(values), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(size[1], size[0])


def map_picture(values: Values, theme: Theme, side: int, span: Span | None = None) -> Codes:
    """One map in colours: signed ones around zero, others from zero up; on its own scale or one."""
    small = reduced(values, side)
    span = span or span_of(small)
    return paint(small, span.low, span.high, span.stops(theme))


def pair_picture(above: Codes, below: Codes, theme: Theme) -> Codes:
    """Two pictures of one size, one above the other."""
    return tiles([above, below], theme, columns=1, gap=GAP)


def common_span(maps: Sequence[Values]) -> Span:
    """One scale for several maps, of any shapes: the span of all their values."""
    return span_of(np.concatenate([drawable(one).ravel() for one in maps]))
