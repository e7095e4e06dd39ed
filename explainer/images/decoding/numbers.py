"""Sample values of any number type to 8-bit codes: what value is black, and what is white.

- unsigned, 8 and 16 bits: ``round(255 value / top)``; ``top`` is the largest the file can hold, or
  says that it holds. Where no value of a 16-bit picture reaches 4096, it is read as 12 bits: so
  cameras and microscopes write, and the picture would be nearly black.
- all other integers and floats: as they are where all are floats in [0, 1], else from their
  smallest to their largest finite value; NaN counts as the smallest, an infinity as the end it
  lies at.

The values come in blocks, which may be asked for twice; they are never all in memory as floats.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.powers import short
from explainer.words import later

Codes = NDArray[np.uint8]
Place = tuple[slice, slice, slice]
"""Rows, columns and samples of a block."""
Blocks = Callable[[], Iterator[tuple[Place, NDArray[Any]]]]
STRIP_PIXELS = 2**20
TWELVE_BITS = 2**12 - 1


@dataclass(frozen=True)
class Scale:
    """``code = 255 ((value - black) / (white - black)) ** exponent``, rounded and clipped."""

    black: float
    white: float
    exponent: float = 1.0

    def codes(self, values: NDArray[Any]) -> Codes:
        """The codes of ``values``, of their shape."""
        if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
            return np.asarray(self._table[values])
        return self._computed(values)

    @cached_property
    def _table(self) -> Codes:
        return self._computed(np.arange(2**16))

    def _computed(self, values: NDArray[Any]) -> Codes:
        span = (self.white - self.black) or 1.0
        with np.errstate(over="ignore", invalid="ignore"):
            shares = (values.astype(np.float64) - self.black) / span
        shares = np.nan_to_num(shares, nan=0, posinf=1, neginf=0).clip(0, 1)
        return np.rint(shares**self.exponent * 255).astype(np.uint8)


@dataclass(frozen=True)
class Samples:
    """Values to be read: ``blocks`` of an array ``shape`` (H, W, C) of ``dtype``.

    The first ``colours`` of the C samples are colours, the rest is alpha. ``top`` is the largest
    value that the file says it holds, ``exponent`` what its gamma asks for.
    """

    blocks: Blocks
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    colours: int
    top: float | None = None
    exponent: float = 1.0


def codes_of(samples: Samples) -> tuple[Codes, tuple[str, ...]]:
    """The codes (H, W, C) of ``samples``, and a note where they were scaled."""
    assumed = _assumed(samples)
    codes, low, high = _converted(samples, assumed)
    settled, notes = _settled(samples, assumed, low, high)
    if settled != assumed:
        codes, _, _ = _converted(samples, settled)
    return codes, notes


def strips(height: int, width: int) -> Iterator[slice]:
    """Rows from top to bottom, about a megapixel at a time."""
    rows = max(1, STRIP_PIXELS // width)
    return (slice(top, min(top + rows, height)) for top in range(0, height, rows))


def _assumed(samples: Samples) -> Scale:
    """How most pictures of this type are meant; reading them so finds out whether it holds."""
    return Scale(0, samples.top or _full(samples.dtype), samples.exponent)


def _full(dtype: np.dtype[Any]) -> float:
    return 1.0 if dtype.kind == "f" else float(np.iinfo(dtype).max)


def _settled(
    samples: Samples, assumed: Scale, low: float, high: float
) -> tuple[Scale, tuple[str, ...]]:
    narrow = samples.dtype.itemsize <= 2
    if samples.dtype.kind == "u" and narrow:
        if samples.dtype.itemsize == 1 or samples.top or high > TWELVE_BITS or high < 1:
            return assumed, ()
        note = later(
            "No value is over {high}: they are read as 12 bits, from 0 to {most}.",
            high=short(high), most=TWELVE_BITS,
        )  # fmt: skip
        return Scale(0, TWELVE_BITS, samples.exponent), (note,)
    if samples.dtype.kind == "f" and low >= 0 and high <= 1:
        return assumed, ()
    note = later(
        "The values run from {low} to {high} and are scaled to 0 … 1.",
        low=short(low), high=short(high),
    )  # fmt: skip
    return Scale(low, high), (note,)


def _converted(samples: Samples, scale: Scale) -> tuple[Codes, float, float]:
    """The codes by ``scale``, and the smallest and largest finite value of the colours."""
    codes = np.zeros(samples.shape, np.uint8)
    opaque = Scale(0, _full(samples.dtype))
    low, high = np.inf, -np.inf
    for (rows, columns, channels), values in samples.blocks():
        for channel in range(channels.start, channels.stop):
            plane = values[..., channel - channels.start]
            colour = channel < samples.colours
            codes[rows, columns, channel] = (scale if colour else opaque).codes(plane)
            if colour:
                least, largest = _finite_range(plane)
                low, high = min(low, least), max(high, largest)
    return codes, *((low, high) if low <= high else (0.0, 0.0))


def _finite_range(values: NDArray[Any]) -> tuple[float, float]:
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    return (float(finite.min()), float(finite.max())) if finite.size else (np.inf, -np.inf)
