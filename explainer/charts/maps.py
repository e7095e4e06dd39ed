"""Feature maps as pictures: all maps of a layer in one, and one of them at its own size.

Signed values are diverging around zero; what an activation has made non-negative is sequential.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import paint, to_codes, usual_reach
from explainer.charts.montage import tiles
from explainer.charts.theme import Theme, centred
from explainer.registry import Registry
from explainer.words import N_

Maps = NDArray[np.float32]
Codes = NDArray[np.uint8]
MOST_SAMPLED = 200_000
NO_NUMBER = 255


@dataclass(frozen=True)
class Span:
    """What the ends of a colour scale stand for; `signed` ones have zero in their middle."""

    low: float
    high: float
    signed: bool

    def stops(self, theme: Theme) -> tuple[str, ...]:
        """The colours from low to high."""
        return centred(theme) if self.signed else theme.sequential


@dataclass(frozen=True)
class Order:
    """A way to sort maps: by the key of each, larger first; `None` keeps their order."""

    slug: str
    title: str
    key: Callable[[Maps], float] | None


ORDERS = Registry[Order](
    N_("order of maps"),
    Order("network", N_("as in the network"), None),
    Order("mean", N_("by mean"), lambda one: float(one.mean())),
    Order("variance", N_("by variance"), lambda one: float(one.var(dtype=np.float64))),
)


def span_of(values: Maps) -> Span:
    """A scale for `values`: nearly to their largest, from zero or from minus as much."""
    step = max(1, values.size // MOST_SAMPLED)
    sample = values.ravel()[::step]
    reach = usual_reach(sample if np.any(sample) else values)
    signed = bool((sample < 0).any())
    return Span(-reach if signed else 0.0, reach, signed)


def span_within(values: Maps, reach: float) -> Span:
    """A scale for `values` that ends at `reach`, whatever they are: the same for other layers."""
    signed = bool((values < 0).any())
    return Span(-reach if signed else 0.0, reach, signed)


def sorted_places(maps: Maps, order: Order) -> list[int]:
    """The indices of `maps` `(C, H, W)` in that order."""
    if order.key is None:
        return list(range(len(maps)))
    with np.errstate(invalid="ignore"):  # infinities have no variance
        keys = np.array([order.key(one) for one in maps])
    return [int(place) for place in np.argsort(-keys, kind="stable")]  # no numbers come last


def painted(values: Maps, span: Span, theme: Theme) -> Codes:
    """One map `(H, W)` in the colours of `span`, RGB."""
    return paint(np.ascontiguousarray(values), span.low, span.high, span.stops(theme))


def coded(values: Maps, span: Span) -> Codes:
    """`values` as codes from 0 to 254 along the colours of `span`, and 255 for no number."""
    plane = np.ascontiguousarray(values)
    high = span.low + (span.high - span.low) * NO_NUMBER / (NO_NUMBER - 1)
    codes = np.minimum(to_codes(plane, span.low, high), NO_NUMBER - 1)
    codes[np.isnan(plane)] = NO_NUMBER
    return codes


def tile_size(shape: tuple[int, int], most: int, least: int) -> tuple[int, int]:
    """The size `(height, width)` of a tile for maps of that shape.

    The longer side has `most` pixels at most; small maps are enlarged by whole numbers to `least`.
    """
    longest = max(shape)
    factor = min(1.0, most / longest) if longest >= least else float(-(-least // longest))
    return max(1, round(shape[0] * factor)), max(1, round(shape[1] * factor))


def montage(
    maps: Maps,
    places: Sequence[int],
    theme: Theme,
    *,
    columns: int,
    size: tuple[int, int],
    spans: Sequence[Span],
    gap: int,
) -> Codes:
    """The maps `(C, H, W)` at `places` as tiles of `size`, reduced by area or with hard edges.

    `spans` has the scale of each map, by its index.
    """
    larger = size[0] > maps.shape[1]
    how = cv2.INTER_NEAREST if larger else cv2.INTER_AREA
    pictures = []
    for place in places:
        tile = cv2.resize(maps[place], (size[1], size[0]), interpolation=how)
        values = np.asarray(tile, np.float32).reshape(size)
        pictures.append(painted(values, spans[place], theme))
    return tiles(pictures, theme, columns=columns, gap=gap)
