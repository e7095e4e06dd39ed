"""From a loaded Pillow image of any mode to a raster; transparency of every kind over white.

The work goes in strips of about a megapixel, so that a 50-megapixel picture
needs its own memory, that of the result and little more.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainer.images.decoding.numbers import Place, Samples, strips
from explainer.images.decoding.raster import OVER_WHITE, Codes, Raster, raster_of

_GREY_MODES = {"1", "L", "LA", "La"}
_SIGNIFICANT = 0.05  # libpng takes a gamma this close to that of screens for it
_SCREEN_GAMMA = 2.2


def from_pillow(image: Image.Image) -> Raster:
    """The raster of ``image``; 16 bits and more as :mod:`.numbers` says."""
    profile = image.info.get("icc_profile") or None
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return _from_numbers(image, profile)
    if image.mode in {"CMYK", "LAB"}:
        return Raster(_copied(image), image.mode, profile=profile)  # type: ignore[arg-type]
    codes, transparent = _colours(image)
    notes = (OVER_WHITE,) if transparent else ()
    mode = "L" if image.mode in _GREY_MODES else "RGB"
    return Raster(codes, mode, notes, profile, gamma_exponent(image))  # type: ignore[arg-type]


def gamma_exponent(image: Image.Image) -> float:
    """``1 / (2.2 gamma)`` for a PNG that says its gamma and nothing better; else 1.

    PNG specification, third edition, 13.13: decoder gamma handling; a profile
    or an sRGB chunk goes before it, and one close to that of screens is taken for it.
    """
    gamma = image.info.get("gamma")
    if not gamma or "icc_profile" in image.info or "srgb" in image.info:
        return 1.0
    product = _SCREEN_GAMMA * float(gamma)
    return 1.0 if abs(product - 1) < _SIGNIFICANT else 1 / product


def _strips(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    """Yield the rows of each strip and the strip itself."""
    for rows in strips(image.height, image.width):
        yield rows, image.crop((0, rows.start, image.width, rows.stop))


def _copied(image: Image.Image) -> Codes:
    codes = np.empty((image.height, image.width, len(image.getbands())), np.uint8)
    for rows, strip in _strips(image):
        codes[rows] = np.asarray(strip)
    return codes


def _colours(image: Image.Image) -> tuple[Codes, bool]:
    """Codes (H, W, 1 or 3) over white, and whether any of it is transparent."""
    _drop_wide_key(image)
    grey = image.mode in _GREY_MODES
    alpha = image.has_transparency_data and not _means_opaque(image)
    codes = np.empty((image.height, image.width, 1 if grey else 3), np.uint8)
    transparent = False
    for rows, strip in _strips(image):
        if alpha:
            strip = strip.convert("RGBA")
            transparent = transparent or strip.getchannel("A").getextrema() != (255, 255)
            white = Image.new("RGB", strip.size, "white")
            white.paste(strip, mask=strip)
            strip = white
        plain = np.asarray(strip.convert("L" if grey else "RGB"))
        codes[rows] = plain[..., None] if grey else plain
    return codes, transparent


def _means_opaque(image: Image.Image) -> bool:
    """Whether its alpha is only room left empty: a BMP whose alpha is 0 everywhere."""
    return image.format == "BMP" and image.getchannel("A").getextrema() == (0, 0)


def _drop_wide_key(image: Image.Image) -> None:
    """Forget a transparent colour given in 16 bits: Pillow keeps only 8 of each sample."""
    key = image.info.get("transparency")
    levels = key if isinstance(key, tuple) else (key,)
    if not image.mode.startswith("I") and any(isinstance(n, int) and n > 255 for n in levels):
        del image.info["transparency"]


def _from_numbers(image: Image.Image, profile: bytes | None) -> Raster:
    key = image.info.get("transparency")
    keyed = isinstance(key, int)
    dtype = np.asarray(image.crop((0, 0, 1, 1))).dtype
    full = 1 if dtype.kind == "f" else np.iinfo(dtype).max

    def blocks() -> Iterator[tuple[Place, NDArray[Any]]]:
        for rows, strip in _strips(image):
            values = np.asarray(strip)[..., None]
            if keyed:
                alpha = np.where(values == key, 0, full).astype(dtype)
                values = np.concatenate([values, alpha], axis=2)
            yield (rows, slice(0, image.width), slice(0, values.shape[2])), values

    shape = (image.height, image.width, 2 if keyed else 1)
    samples = Samples(blocks, shape, dtype, 1, exponent=gamma_exponent(image))
    return raster_of(samples, profile=profile)
