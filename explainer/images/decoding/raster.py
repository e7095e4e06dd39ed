"""A decoded picture on its way to RGB: codes of some colour space, and what the file says."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explainer.images.decoding.numbers import Samples, codes_of, strips
from explainer.words import N_

Codes = NDArray[np.uint8]
OVER_WHITE = N_("Transparent parts are laid over white.")


@dataclass(frozen=True)
class Raster:
    """``codes`` (H, W, C) uint8: C is 1 for L, 3 for RGB and LAB, 4 for CMYK.

    ``profile`` is the ICC profile in the file. ``exponent`` is what the code values have to be
    raised to, as shares, to be those of sRGB.
    """

    codes: Codes
    mode: Literal["L", "RGB", "LAB", "CMYK"]
    notes: tuple[str, ...] = ()
    profile: bytes | None = None
    exponent: float = 1.0


@dataclass(frozen=True)
class Found:
    """What a file holds: its picture as it lies there, and how.

    ``size`` is (width, height) before any reduction in a decoder, ``orientation`` that of EXIF,
    1 to 8.
    """

    raster: Raster
    size: tuple[int, int]
    orientation: int = 1


def raster_of(
    samples: Samples,
    *,
    profile: bytes | None = None,
    white_is_zero: bool = False,
    premultiplied: bool = False,
) -> Raster:
    """The raster of sample values, grey or RGB, with alpha as a sample more or without."""
    codes, notes = codes_of(samples)
    colours, alpha = codes[..., : samples.colours], codes[..., samples.colours :]
    if white_is_zero:
        np.subtract(255, colours, out=colours)
    if alpha.size and _lay_over_white(colours, alpha, premultiplied=premultiplied):
        notes += (OVER_WHITE,)
    return Raster(colours, "L" if samples.colours == 1 else "RGB", notes, profile)


def _lay_over_white(colours: Codes, alpha: Codes, *, premultiplied: bool) -> bool:
    """Lay ``colours`` (H, W, C), in place, over white by ``alpha`` (H, W, 1); was it needed?

    ``alpha colour + (255 - alpha)``, where premultiplied colours hold the product already.
    """
    transparent = False
    for rows in strips(*colours.shape[:2]):
        opacity = alpha[rows].astype(np.uint32)
        part = colours[rows] * (np.uint32(255) if premultiplied else opacity)
        colours[rows] = np.minimum((part + 255 * (255 - opacity) + 127) // 255, 255)
        transparent = transparent or bool((opacity < 255).any())
    return transparent
