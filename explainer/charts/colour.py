"""Filter results as 8-bit pictures: diverging for signed values, sequential for magnitudes.

A view is a record: how the numbers become the interval [0, 1], and with which colours. What is not
a number, as in a network that diverged, is grey; the infinite lies at the ends of the scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import GREYS, Theme, centred
from explainer.convolution.view import Scale, Statistics, magnitude
from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]

USUAL_SHARE, SMALLEST_SPAN = 99.5, 1e-12
PALE = 0.2
NOT_A_NUMBER = 128  # its code, and the grey it is painted in
WIDEST_CODE = 1e6  # OpenCV rounds codes to 32 bits: what is far beyond the scale must be cut before


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`, in 0..255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


@lru_cache(maxsize=32)
def colour_table(stops: tuple[str, ...]) -> Codes:
    """256 RGB colours between `stops` (`#rrggbb`), linear between neighbours. `(256, 1, 3)`."""
    anchors = np.array([rgb(stop) for stop in stops], float)
    positions = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(positions, np.arange(len(stops)), anchors[:, i]) for i in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)[:, None, :]


def to_codes(values: Floats, low: float, high: float) -> Codes:
    """`values` scaled so that `low` becomes 0 and `high` 255, rounded and clipped. Same shape.

    What is not a number becomes 128.
    """
    span = high - low
    if 0 < span < SMALLEST_SPAN:  # OpenCV's own factors are float32
        return to_codes(values / np.float32(span), low / span, high / span)
    gain = 255.0 / max(span, SMALLEST_SPAN)
    plane = values.reshape(values.shape[0], -1)
    if not _codable(plane, gain):
        middle = low + NOT_A_NUMBER / gain
        plane = np.clip(np.nan_to_num(plane, nan=middle, posinf=high, neginf=low), low, high)
    # addWeighted is OpenCV's one pass from float to rounded, saturated bytes; the second is unused.
    codes = cv2.addWeighted(plane, gain, plane, 0, -low * gain, dtype=cv2.CV_8U)
    return np.asarray(codes, np.uint8).reshape(values.shape)


def paint(values: Floats, low: float, high: float, stops: tuple[str, ...]) -> Codes:
    """Values `(H, W)` or `(H, W, 1)` as RGB `(H, W, 3)` through the colour table of `stops`."""
    plane = np.ascontiguousarray(values.reshape(values.shape[:2]))
    painted = np.asarray(
        cv2.applyColorMap(to_codes(plane, low, high), colour_table(stops)), np.uint8
    )
    if not cv2.checkRange(plane)[0]:
        painted[np.isnan(plane)] = NOT_A_NUMBER
    return painted


def usual_reach(values: NDArray[np.floating], share: float = USUAL_SHARE) -> float:
    """How far from zero `values` usually go: a percentile of the absolute values that are finite.

    The largest where that is 0, and 1 where nothing is finite or all is 0.
    """
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.size:
        return 1.0
    return float(np.percentile(sizes, share)) or float(sizes.max()) or 1.0


def _codable(plane: Floats, gain: float) -> bool:
    """Whether OpenCV can scale every value and round it."""
    bound = WIDEST_CODE / gain
    return bool(cv2.checkRange(plane, minVal=-bound, maxVal=bound)[0])


@dataclass(frozen=True)
class View:
    """One way to look at a signed result `(H, W, C)`."""

    slug: str
    title: str
    meaning: str
    scale: Callable[[Floats, Statistics], Scale]
    prepare: Callable[[Floats], Floats]
    stops: Callable[[Theme], tuple[str, ...]]


def symmetric(reach: float) -> Scale:
    """The scale from `-reach` to `reach`, with zero in its middle."""
    return Scale(-reach, reach, 0.0)


def extent(values: Floats, numbers: Statistics) -> float:
    """How far from zero a colour scale for `values` should reach.

    The 99.5th percentile of the absolute values (of about 16,000 of them, on a lattice), so that
    one glint does not make the rest pale; the largest where the rest is small beside it, as for a
    single bright pixel. 1 where all is zero. `numbers` are the statistics of `values`.
    """
    largest = max(abs(numbers.minimum), abs(numbers.maximum))
    step = max(1, int(np.sqrt(values.shape[0] * values.shape[1] / 16_384)))
    usual = usual_reach(values[::step, ::step])
    return usual if usual >= PALE * largest or not 0 < largest < np.inf else largest


def _symmetric(values: Floats, numbers: Statistics) -> Scale:
    return symmetric(extent(values, numbers))


def _from_zero(values: Floats, numbers: Statistics) -> Scale:
    reach = extent(values, numbers)
    return Scale(0.0, reach, reach / 2)


def _unit(_values: Floats, _numbers: Statistics) -> Scale:
    return Scale(0.0, 1.0, 0.5)


def _as_it_is(values: Floats) -> Floats:
    return values


SIGNED = View(
    slug="signed",
    title=N_("Signed"),
    meaning=N_("blue below zero, red above; zero has the colour of the page"),
    scale=_symmetric,
    prepare=_as_it_is,
    stops=centred,
)
MAGNITUDE = View(
    slug="magnitude",
    title=N_("Magnitude"),
    meaning=N_("the absolute value: how strong the response is, whatever its sign"),
    scale=_from_zero,
    prepare=magnitude,
    stops=lambda theme: theme.sequential,
)
CLIPPED = View(
    slug="picture",
    title=N_("Picture"),
    meaning=N_("0 is black and 1 is white; what lies outside is clipped"),
    scale=_unit,
    prepare=_as_it_is,
    stops=lambda _theme: GREYS,
)
VIEWS = Registry[View](N_("view"), SIGNED, MAGNITUDE, CLIPPED)


def colour_result(prepared: Floats, scale: Scale, stops: tuple[str, ...]) -> Codes:
    """A prepared result as RGB: one channel through the colours, three channels each as light.

    With three channels the scale's low end is dark and its high end bright in each of them, so that
    zero on a symmetric scale is mid-grey.
    """
    if prepared.shape[2] == 1:
        return paint(prepared, scale.low, scale.high, stops)
    return to_codes(prepared, scale.low, scale.high)
