"""From a loaded Pillow image of any mode to 8-bit RGB codes over white.

The work goes in strips of about a megapixel, so that a 50-megapixel picture
needs its own memory, that of the result and little more. Colour profiles are
ignored: the numbers in the file are taken as sRGB (CMYK and LAB by Pillow's
own conversion).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Codes = NDArray[np.uint8]
STRIP_PIXELS = 2**20
OVER_WHITE = "Transparent parts are laid over white."


def rgb_codes(image: Image.Image) -> tuple[Codes, tuple[str, ...]]:
    """Convert ``image`` to codes (H, W, 3) uint8 and say in notes what that took.

    - 16 bits: ``round(value / 257)``, so that 65535 becomes 255.
    - 32-bit integers and floats: as they are where all lie in [0, 1], else
      from their smallest to their largest finite value; NaN counts as the
      smallest, an infinity as the end it lies at.
    - Transparency of every kind, premultiplied too: over white.
    """
    if image.mode.startswith("I;16"):
        return _sixteen_bit_codes(image)
    if image.mode in {"I", "F"}:
        return _number_codes(image)
    return _colour_codes(image)


def _strips(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    """Yield the rows of each strip and the strip itself."""
    width, height = image.size
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        yield slice(top, bottom), image.crop((0, top, width, bottom))


def _empty(image: Image.Image) -> Codes:
    return np.empty((image.height, image.width, 3), np.uint8)


def _colour_codes(image: Image.Image) -> tuple[Codes, tuple[str, ...]]:
    _drop_wide_key(image)
    codes, transparent = _empty(image), False
    for rows, strip in _strips(image):
        if image.has_transparency_data:
            strip = strip.convert("RGBA")
            transparent = transparent or strip.getchannel("A").getextrema() != (255, 255)
            white = Image.new("RGB", strip.size, "white")
            white.paste(strip, mask=strip)
            strip = white
        codes[rows] = np.asarray(strip.convert("RGB"))
    return codes, (OVER_WHITE,) if transparent else ()


def _drop_wide_key(image: Image.Image) -> None:
    """Forget a transparent colour given in 16 bits: Pillow keeps only 8 of each sample."""
    key = image.info.get("transparency")
    levels = key if isinstance(key, tuple) else (key,)
    if any(isinstance(level, int) and level > 255 for level in levels):
        del image.info["transparency"]


def _sixteen_bit_codes(image: Image.Image) -> tuple[Codes, tuple[str, ...]]:
    key = image.info.get("transparency")
    codes, transparent = _empty(image), False
    for rows, strip in _strips(image):
        values = np.asarray(strip)
        grey = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
        if isinstance(key, int):
            grey[values == key] = 255
            transparent = transparent or bool((values == key).any())
        codes[rows] = grey[..., None]
    return codes, (OVER_WHITE,) if transparent else ()


def _number_codes(image: Image.Image) -> tuple[Codes, tuple[str, ...]]:
    low, high = _finite_range(image)
    inside = low >= 0 and high <= 1
    start, end = (0.0, 1.0) if inside else (low, high)
    span = (end - start) or 1.0
    codes = _empty(image)
    for rows, strip in _strips(image):
        values = np.nan_to_num(np.asarray(strip, np.float64), nan=start, posinf=end, neginf=start)
        codes[rows] = np.rint((values - start) / span * 255).astype(np.uint8)[..., None]
    scaled = f"The values run from {low:g} to {high:g} and are scaled to 0 … 1."
    return codes, () if inside else (scaled,)


def _finite_range(image: Image.Image) -> tuple[float, float]:
    """The smallest and largest finite value of ``image``; (0, 0) where there is none."""
    low, high = np.inf, -np.inf
    for _, strip in _strips(image):
        values = np.asarray(strip, np.float64)
        finite = np.isfinite(values)
        low = min(low, float(np.min(values, where=finite, initial=np.inf)))
        high = max(high, float(np.max(values, where=finite, initial=-np.inf)))
    return (low, high) if low <= high else (0.0, 0.0)
