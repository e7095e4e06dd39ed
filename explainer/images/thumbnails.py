"""Codes in, smaller codes or encoded bytes out.

All arrays are uint8 (H, W, 3) in RGB order; OpenCV's BGR stays inside this
module. Nothing here enlarges a picture.

What is encoded without loss is kept for a while, told apart by its pixels: telling them takes a
tenth of the time of packing them, and a page that runs anew shows most of its pictures again.
"""

import hashlib
from threading import Lock

import cv2
import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
FULL_COLOUR = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
LOSSLESS = 101  # a quality beyond 100 means it to OpenCV
KEPT_BYTES = 64_000_000


def fit(codes: Codes, width: int, height: int) -> Codes:
    """Reduce ``codes`` (H, W, C) to fit into ``width`` × ``height``, keeping the proportions.

    Every pixel of the result is the mean over the area it covers. A picture
    that fits already is returned as it is; no side falls below 1. Raises
    ``ValueError`` for a box without pixels.
    """
    if width < 1 or height < 1:
        raise ValueError(f"the box must have at least 1 × 1 pixels, not {width} × {height}")
    rows, columns = codes.shape[:2]
    scale = min(width / columns, height / rows)
    if scale >= 1:
        return codes
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    reduced = cv2.resize(codes, size, interpolation=cv2.INTER_AREA)
    return _codes(reduced).reshape(*size[::-1], codes.shape[2])  # OpenCV drops an axis of 1


def thumbnail(codes: Codes, size: int) -> bytes:
    """The centred square of ``codes`` (H, W, 3), reduced to ``size`` × ``size``, as WebP.

    Where the square is smaller than ``size`` it keeps its own size.
    """
    small = fit(centred_square(codes), size, size)
    return _encode(small, ".webp", (cv2.IMWRITE_WEBP_QUALITY, 80))


def centred_square(codes: Codes) -> Codes:
    """The largest square in the middle of ``codes`` (H, W, 3): a window, no copy."""
    rows, columns = codes.shape[:2]
    side = min(rows, columns)
    top, left = (rows - side) // 2, (columns - side) // 2
    return codes[top : top + side, left : left + side]


def encode_jpeg(codes: Codes, quality: int = 90, *, full_colour: bool = False) -> bytes:
    """``codes`` (H, W, 3) as JPEG; ``quality`` in 1..100, else ``ValueError``.

    Colours have half the resolution of light, which a photo bears; or the ``full`` one, which
    colour scales need.
    """
    if not 1 <= quality <= 100:
        raise ValueError(f"quality must lie in 1..100, not {quality}")
    sampling = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
        if full_colour
        else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    )
    options = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling)
    return _encode(codes, ".jpg", options)


def encode_webp(codes: Codes) -> bytes:
    """``codes`` (H, W, 3) as WebP, every code kept: a third of a PNG, three times as slow."""
    return _encode_once(codes, ".webp", (cv2.IMWRITE_WEBP_QUALITY, LOSSLESS))


def encode_png(codes: Codes) -> bytes:
    """``codes`` (H, W, 3) as PNG, every code kept; compressed lightly, for speed."""
    return _encode_once(codes, ".png", (cv2.IMWRITE_PNG_COMPRESSION, 1))


def _told_by(codes: Codes, suffix: str, options: tuple[int, ...]) -> tuple[object, ...]:
    digest = hashlib.sha256(np.ascontiguousarray(codes).data).digest()
    return digest, codes.shape, codes.dtype, suffix, options


@cached(LRUCache(KEPT_BYTES, getsizeof=len), key=_told_by, lock=Lock())
def _encode_once(codes: Codes, suffix: str, options: tuple[int, ...]) -> bytes:
    return _encode(codes, suffix, options)


def _encode(codes: Codes, suffix: str, options: tuple[int, ...]) -> bytes:
    if codes.dtype != np.uint8 or codes.ndim != 3 or codes.shape[2] != 3:
        raise ValueError(f"codes must be uint8 (H, W, 3), not {codes.dtype} {codes.shape}")
    encoded, buffer = cv2.imencode(suffix, cv2.cvtColor(codes, cv2.COLOR_RGB2BGR), options)
    if not encoded:
        raise ValueError(f"OpenCV could not encode {codes.shape} as {suffix}")
    return buffer.tobytes()


def _codes(array: object) -> Codes:
    return np.asarray(array, dtype=np.uint8)
