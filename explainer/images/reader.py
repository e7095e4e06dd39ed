"""From the bytes of a file to upright RGB codes, in the process that calls.

Time and memory are not bounded here; :mod:`explainer.images.decode` runs this
module in a process of its own, with limits, and is what pages call.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from explainer.images import limits
from explainer.images.colours import rgb_codes
from explainer.images.limits import LIMITS
from explainer.images.picture import PictureError
from explainer.images.thumbnails import fit

Codes = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
NOT_A_PICTURE = "This file is not a readable PNG, JPEG, WebP, BMP, GIF or TIFF picture."
SEVERAL = "This file holds several pictures; the first is used."


@dataclass(frozen=True)
class Reading:
    """What a file holds: ``codes`` (H, W, 3), the size (width, height) in the file, notes."""

    codes: Codes
    original_size: tuple[int, int]
    notes: tuple[str, ...]


def read(data: bytes, *, longest: int | None = None) -> Reading:
    """Decode ``data``: the first frame, upright, over white, as RGB codes.

    Where ``longest`` is given, the picture is reduced by area averaging until
    its longer side is at most ``longest`` pixels; a JPEG far larger than that
    is reduced by 2, 4 or 8 in its decoder first. Raises
    :class:`PictureError` for everything that cannot be decoded, and checks
    the number of pixels in the header before it makes room for them.
    """
    try:
        return _read(data, longest)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(NOT_A_PICTURE) from error
    except Image.DecompressionBombError as error:
        announced = re.search(r"\((\d+) pixels\)", str(error))
        pixels = f"{int(announced[1]):,}" if announced else "too many"
        raise PictureError(limits.too_many_pixels(pixels)) from error
    except MemoryError as error:
        raise PictureError(limits.too_large()) from error
    except Exception as error:  # codecs raise nearly every type over hostile bytes
        raise PictureError(_damaged(str(error) or type(error).__name__)) from error


def _read(data: bytes, longest: int | None) -> Reading:
    _verify(data)
    image, (width, height), notes = _loaded(data, longest)
    orientation = _orientation(image)
    codes, more = rgb_codes(image)
    del image  # a copy follows, and the two need not meet
    if longest is not None:
        codes = fit(codes, longest, longest)
    size = (height, width) if orientation >= 5 else (width, height)
    return Reading(upright(codes, orientation), size, notes + more)


def _verify(data: bytes) -> None:
    """Check the size, and the checksums of a PNG; an image so checked cannot be loaded."""
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        _checked_size(image)
        image.verify()


def _loaded(
    data: bytes, longest: int | None
) -> tuple[Image.Image, tuple[int, int], tuple[str, ...]]:
    """The first frame in memory, its (width, height) in the file, and notes."""
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        width, height = _checked_size(image)
        notes = (SEVERAL,) if getattr(image, "is_animated", False) else ()
        if image.format != "WEBP" or notes:
            if longest is not None:
                image.draft(None, _reduced(width, height, longest))
            image.load()
            return image, (width, height), notes
        info = image.info
    del image  # its decoder holds two pictures
    return _webp_image(data, info), (width, height), notes


def _webp_image(data: bytes, info: dict[str | tuple[int, int], Any]) -> Image.Image:
    """Decode a WebP of one frame with OpenCV; ``info`` brings its EXIF data.

    Pillow takes every WebP for an animation and holds four pictures at once,
    800 MB for 50 megapixels; this way it is two.
    """
    try:
        codes = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise PictureError(_damaged("its WebP decoder stopped")) from error
    if codes is None:
        raise PictureError(_damaged("its WebP data end or change too early"))
    order = cv2.COLOR_BGRA2RGBA if codes.shape[2] == 4 else cv2.COLOR_BGR2RGB
    image = Image.fromarray(np.asarray(cv2.cvtColor(codes, order, codes)))
    image.info.update(info)
    return image


def _checked_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    if min(width, height) < 1:
        raise PictureError(f"This picture has {width} × {height} pixels; it needs at least 1 × 1.")
    if width * height > LIMITS.pixels:
        raise PictureError(limits.too_many_pixels(f"{width * height:,}"))
    if max(width, height) > LIMITS.aspect * min(width, height):
        raise PictureError(limits.too_narrow(width, height))
    return width, height


def _reduced(width: int, height: int, longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1..8; 1 where there is none or it cannot be read.

    To be asked after loading: Pillow turns a TIFF while it loads it, and a
    PNG may carry its EXIF data behind the pixels.
    """
    try:
        orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # metadata beyond reading is no reason to refuse the pixels
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def upright(codes: Codes, orientation: int) -> Codes:
    """Turn ``codes`` (H, W, 3) as the EXIF ``orientation`` (1..8) asks.

    2, 4, 5, 7 mirror; 5 to 8 exchange the sides; the table is that of the EXIF
    standard (CIPA DC-008, tag 0x0112).
    """
    if orientation >= 5:
        codes = codes.transpose(1, 0, 2)
    down = -1 if orientation in (3, 4, 7, 8) else 1
    right = -1 if orientation in (2, 3, 6, 7) else 1
    return codes[::down, ::right]


def _damaged(reason: str) -> str:
    detail = "".join(letter for letter in reason if letter.isprintable()).strip(" .")[:120]
    return f"This picture is damaged or cut short ({detail})."
