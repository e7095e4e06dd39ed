"""PNG written a strip at a time, so that a picture as a whole is never held beside its file.

Each row is stored as its differences from the pixel to the left (filter 1) and compressed lightly,
for speed. Source: PNG specification, third edition, 2025, sections 9 and 10.
"""

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import IO

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BITS, RGB = 8, 2
SUB = 1


def png_of_strips(width: int, height: int, strips: Iterable[Codes]) -> bytes:
    """The PNG of ``strips``, each codes (rows, ``width``, 3) uint8, from top to bottom.

    Raises ``ValueError`` where they have another width, or another height together.
    """
    file = BytesIO()
    file.write(SIGNATURE)
    _write(file, b"IHDR", struct.pack(">IIBBBBB", width, height, EIGHT_BITS, RGB, 0, 0, 0))
    compressor, rows = zlib.compressobj(1, strategy=zlib.Z_RLE), 0
    for strip in strips:
        if strip.dtype != np.uint8 or strip.shape[1:] != (width, 3):
            raise ValueError(f"a strip is {strip.dtype} {strip.shape}, but the width is {width}")
        rows += len(strip)
        _write(file, b"IDAT", compressor.compress(_filtered(strip).data))
    if rows != height:
        raise ValueError(f"the strips have {rows} rows, but the height is {height}")
    _write(file, b"IDAT", compressor.flush())
    _write(file, b"IEND", b"")
    return file.getvalue()


def _filtered(strip: Codes) -> Codes:
    """The rows of ``strip`` as a PNG holds them: the filter, then differences modulo 256."""
    rows, width, _ = strip.shape
    flat = strip.reshape(rows, 3 * width)
    filtered = np.empty((rows, 1 + 3 * width), np.uint8)
    filtered[:, 0] = SUB
    filtered[:, 1:4] = flat[:, :3]
    np.subtract(flat[:, 3:], flat[:, :-3], out=filtered[:, 4:])
    return filtered


def _write(file: IO[bytes], kind: bytes, content: bytes) -> None:
    file.write(struct.pack(">I", len(content)) + kind)
    file.write(content)
    file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))
