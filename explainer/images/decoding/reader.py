"""From the bytes of a file to upright RGB codes in sRGB, in the process that calls.

Time and memory are not bounded here; :mod:`explainer.images.decoding.decode` runs this
module in a process of its own, with limits, and is what pages call.
"""

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainer.images.decoding import limits
from explainer.images.decoding.formats import Format, format_of, stranger_of
from explainer.images.decoding.frames import read_frame
from explainer.images.decoding.orientation import upright
from explainer.images.decoding.profiles import to_srgb
from explainer.images.decoding.rare import rare_kind
from explainer.images.decoding.refusals import UnsupportedKindError, damaged, unknown
from explainer.images.picture import PictureError
from explainer.images.thumbnails import fit
from explainer.words import later

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Reading:
    """What a file holds: ``codes`` (H, W, 3), the size (width, height) in the file, notes."""

    codes: Codes
    original_size: tuple[int, int]
    notes: tuple[str, ...]


def read(data: bytes, *, longest: int | None = None) -> Reading:
    """Decode ``data``: the first frame, upright, over white, as RGB codes in sRGB.

    Where ``longest`` is given, the picture is reduced by area averaging until
    its longer side is at most ``longest`` pixels; a JPEG far larger than that
    is reduced by 2, 4 or 8 in its decoder first. Raises
    :class:`PictureError` for everything that cannot be decoded, and checks
    the number of pixels in the header before it makes room for them.
    """
    form = format_of(data)
    if form is None:
        raise unknown(stranger_of(data))
    try:
        return _read(data, form, longest)
    except PictureError:
        raise
    except Exception as error:  # codecs raise nearly every type over hostile bytes
        raise _refusal(error, data, form) from error


def _read(data: bytes, form: Format, longest: int | None) -> Reading:
    found = read_frame(data, form, longest)
    raster = found.raster
    if longest is not None:
        raster = replace(raster, codes=fit(raster.codes, longest, longest))
    codes, notes = to_srgb(raster)
    size = found.size[::-1] if found.orientation >= 5 else found.size
    return Reading(upright(codes, found.orientation), size, raster.notes + notes)


def _refusal(error: Exception, data: bytes, form: Format) -> PictureError:
    """Our own sentence for what a decoder raised: its words are for programmers."""
    if isinstance(error, Image.DecompressionBombError):
        announced = re.search(r"\((\d+) pixels\)", str(error))
        pixels = f"{int(announced[1]):,}" if announced else later("too many")
        return PictureError(limits.too_many_pixels(pixels))
    out_of_memory = isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem
    if out_of_memory or isinstance(error, MemoryError):
        return PictureError(limits.too_large())
    kind = rare_kind(data, form)
    return damaged(form) if kind is None else UnsupportedKindError(form.name, kind)
