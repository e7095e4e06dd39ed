"""The outline of a file: its size as Pillow knows it, and one sentence for absurdly many parts."""

import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explainer.images.decoding.decode import decode
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.outline import Outline
from explainer.images.decoding.structure import _parts, outline
from explainer.images.picture import PictureError

PIXELS = np.random.default_rng(5).integers(0, 256, (24, 32, 3)).astype(np.uint8)


def saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_with(*chunks: bytes) -> bytes:
    """A PNG with more chunks before its pixels."""
    data = saved("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def jpeg_with(more: bytes) -> bytes:
    """A JPEG with more bytes behind its mark."""
    data = saved("JPEG")
    return data[:2] + more + data[2:]


def scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes until there are ``number``."""
    data = saved("JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * (number - data.count(b"\xff\xda")) + b"\xff\xd9"


def gif_with(more: bytes) -> bytes:
    """A GIF with more blocks behind its picture."""
    return saved("GIF")[:-1] + more + b";"


def webp_with(more: bytes) -> bytes:
    body = saved("WEBP")[12:] + more
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def tiff_of(*more: tuple[int, int, int, int], order: str = "<") -> bytes:
    """A TIFF of 4 × 3 pixels with more entries (tag, type, count, value); long enough for each."""
    entries = [(256, 4, 1, 4), (257, 4, 1, 3), (258, 4, 1, 8), (273, 4, 1, 8), (279, 4, 1, 12)]
    entries = [entry for entry in entries if entry[0] not in {tag for tag, *_ in more}]
    entries = sorted([*entries, (262, 4, 1, 1), *more])
    packed = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "IH", 8, len(entries)) + packed
    return head + bytes(4 + 4 * LIMITS.parts)


SAVED: dict[str, bytes] = {
    **{f"PNG {mode}": saved("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")},
    **{f"JPEG {mode}": saved("JPEG", mode) for mode in ("L", "RGB", "CMYK")},
    "progressive JPEG": saved("JPEG", progressive=True),
    "WebP": saved("WEBP"),
    "lossless WebP": saved("WEBP", lossless=True),
    "WebP with alpha": saved("WEBP", "RGBA", quality=9),
    "animated WebP": saved("WEBP", save_all=True, append_images=[Image.new("RGB", (32, 24))]),
    **{f"BMP {mode}": saved("BMP", mode) for mode in ("1", "L", "P", "RGB")},
    "GIF": saved("GIF"),
    "animated GIF": saved("GIF", save_all=True, append_images=[Image.new("RGB", (32, 24))]),
    **{f"TIFF {mode}": saved("TIFF", mode) for mode in ("1", "L", "RGB", "RGBA", "CMYK", "F", "I")},
    "BigTIFF": saved("TIFF", big_tiff=True),
    "big-endian TIFF": tiff_of(order=">"),
    "AVIF": saved("AVIF"),
}
"""32 × 24 pixels of every format in every mode that Pillow writes."""


@pytest.mark.parametrize("data", SAVED.values(), ids=SAVED.keys())
def test_the_size_in_an_outline_is_that_of_the_picture(data: bytes) -> None:
    found = outline(data)
    with Image.open(BytesIO(data)) as image:
        assert (found.width, found.height) == image.size


@pytest.mark.parametrize("data", SAVED.values(), ids=SAVED.keys())
def test_a_file_that_is_torn_or_overwritten_anywhere_has_an_outline_or_a_sentence(
    data: bytes,
) -> None:
    for place in range(min(len(data), 1000)):
        for filler in (b"", b"\xff" * 8 + data[place + 8 :], b"\x7f" * 8 + data[place + 8 :]):
            with suppress(PictureError):
                assert outline(data[:place] + filler).pixels >= 0


ABSURD: dict[str, tuple[Callable[[int], bytes], int, str]] = {
    "texts of a PNG": (
        lambda number: png_with(chunk(b"tEXt", b"a\0b") * (number - 3)),
        LIMITS.parts,
        "PNG has more than 25,000 chunks",
    ),
    "colour profiles of a PNG": (
        lambda number: png_with(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**16))) * number),
        LIMITS.profiles,
        "PNG has more than 4 colour profiles",
    ),
    "markers of a JPEG": (
        lambda number: jpeg_with(b"\xff\xe9\0\2" * (number - 9)),
        LIMITS.parts,
        "JPEG has more than 25,000 segments",
    ),
    "fill bytes of a JPEG": (
        lambda number: jpeg_with(b"\xff" * number),
        LIMITS.blocks,
        "JPEG has more than 100,000 bytes between its segments",
    ),
    "junk in a JPEG": (
        lambda number: jpeg_with(b"\xff\xe9\0\2" + b"\0" * number),
        LIMITS.blocks,
        "JPEG has more than 100,000 bytes between its segments",
    ),
    "scans of a JPEG": (scans, LIMITS.scans, "JPEG has more than 100 scans"),
    "comments of a GIF": (
        lambda number: gif_with(b"\x21\xfe\0" * (number - 5)),
        LIMITS.blocks,
        "GIF has more than 100,000 blocks",
    ),
    "data of a comment of a GIF": (
        lambda number: gif_with(b"\x21\xfe" + b"\1a" * (number - 6) + b"\0"),
        LIMITS.blocks,
        "GIF has more than 100,000 blocks",
    ),
    "bytes between the blocks of a GIF": (
        lambda number: gif_with(b"?" * (number - 5)),
        LIMITS.blocks,
        "GIF has more than 100,000 blocks",
    ),
    "chunks of a WebP": (
        lambda number: webp_with(b"ABCD\0\0\0\0" * (number - 1)),
        LIMITS.parts,
        "WebP has more than 25,000 chunks",
    ),
    "tags of a TIFF": (
        lambda number: tiff_of(*[(40_000, 3, 1, 0)] * (number - 6)),
        LIMITS.parts,
        "TIFF has more than 25,000 tags",
    ),
    "strips of a TIFF": (
        lambda number: tiff_of((273, 3, number, 8)),
        LIMITS.parts,
        "TIFF has more than 25,000 strips",
    ),
    "tiles of a TIFF": (
        lambda number: tiff_of((324, 3, number, 8)),
        LIMITS.parts,
        "TIFF has more than 25,000 strips",
    ),
}


@pytest.mark.parametrize(("made", "most", "words"), ABSURD.values(), ids=ABSURD.keys())
def test_a_file_of_absurdly_many_parts_is_refused_with_their_bound(
    made: Callable[[int], bytes], most: int, words: str
) -> None:
    assert outline(made(most)).pixels > 0
    with pytest.raises(PictureError, match=re.escape(f"This {words}, the limit")):
        decode(made(most + 1), "many")


def test_a_file_is_not_walked_further_than_its_bound() -> None:
    parts = count()
    assert len(_parts(((b"tEXt", part) for part in parts), 100)) == 101
    assert next(parts) == 101


def test_an_animation_of_many_frames_is_no_absurd_file() -> None:
    frames = [Image.new("P", (8, 8), number % 5) for number in range(3000)]
    data = saved("GIF", save_all=True, append_images=frames)
    assert outline(data).pixels == 32 * 24
    assert decode(data, "long.gif").original_size == (32, 24)


def test_twenty_megabytes_of_pixels_in_one_gif_are_no_absurd_file() -> None:
    data = saved("GIF")
    start = data.index(b"\x2c", 13 + 768) + 11
    full = (b"\xff" + bytes(255)) * (LIMITS.file_bytes // 256)
    assert outline(data[:start] + full + b"\0;").pixels == 32 * 24


def test_a_picture_that_is_refused_for_its_pixels_needs_no_room_for_them() -> None:
    assert Outline(60_000, 60_000).memory(100) == Outline().memory(100)
    largest = Outline(8192, 6100)
    assert Outline().memory(100) < largest.memory(100) <= LIMITS.memory_bytes
    assert largest.cpu_seconds() > 10


def test_no_outline_asks_for_more_than_there_is() -> None:
    assert Outline(8192, 6100, bytes_per_pixel=40).memory(LIMITS.file_bytes) == LIMITS.memory_bytes


@given(
    st.sampled_from(list(SAVED.values())),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))),
    st.floats(0, 1),
)
def test_files_changed_at_random_have_an_outline_or_are_refused(
    valid: bytes, changes: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(valid)
    for place, replacement in changes:
        start = int(place**3 * len(data))  # headers are at the front
        data[start : start + len(replacement)] = replacement
    try:
        found = outline(bytes(data if kept > 0.5 else data[: int(len(data) * kept * 2)]))
    except PictureError:
        return
    assert 0 <= found.pixels <= LIMITS.pixels
    assert 0 < found.memory(len(data)) <= LIMITS.memory_bytes
