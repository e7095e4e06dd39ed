"""Turning a picture as its EXIF orientation asks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

Codes = NDArray[np.uint8]


def checked_orientation(value: Any) -> int:
    """The orientation, 1 to 8, that ``value`` says; 1 where it says none."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation, 1..8; 1 where there is none or it cannot be read.

    To be asked after loading: Pillow turns a TIFF while it loads it, and a
    PNG may carry its EXIF data behind the pixels.
    """
    try:
        return checked_orientation(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # metadata beyond reading is no reason to refuse the pixels
        return 1


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
