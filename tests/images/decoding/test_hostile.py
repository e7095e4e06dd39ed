"""Files that lie, break off or never were pictures: one sentence each, nothing else."""

import re
import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explainer.images.decoding.decode import decode, decode_full
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.reader import read
from explainer.images.picture import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
PIXELS = np.random.default_rng(5).integers(0, 256, (24, 32, 3)).astype(np.uint8)


def saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    buffer = BytesIO()
    (image or Image.fromarray(PIXELS)).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes, *, checksum: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(width: int, height: int, *chunks: bytes, colour: int = 2) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def patched(data: bytes, offset: int, layout: str, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, offset, *values)
    return bytes(changed)


def jpeg(width: int, height: int) -> bytes:
    data = saved("JPEG")
    return patched(data, data.index(b"\xff\xc0") + 5, ">HH", height, width)


def gif(screen: tuple[int, int], frame: tuple[int, int]) -> bytes:
    data = patched(saved("GIF"), 6, "<HH", *screen)
    return patched(data, data.index(b"\x2c", 13 + 768) + 5, "<HH", *frame)


def webp_canvas(width: int, height: int) -> bytes:
    body = saved("WEBP")[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", 4 + len(extended) + len(body)) + b"WEBP" + extended + body


def tiff(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """A little-endian TIFF of one directory; an entry is (tag, type, count, value)."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    return head + packed + struct.pack("<I", following) + bytes(64)


def tiff_of(width: int, height: int, *more: tuple[int, int, int, int]) -> bytes:
    entries = {256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, 1)}
    entries |= {262: (3, 1, 1), 273: (4, 1, 8), 278: (4, 1, height)}
    entries |= {tag: (kind, count, value) for tag, kind, count, value in more}
    return tiff(*((tag, *rest) for tag, rest in sorted(entries.items())))


ROWS = zlib.compress((b"\0" + bytes(96)) * 24)
UNREADABLE = "not a picture that can be read here"
KNOWN = "which cannot be read here; saved as PNG or JPEG, the picture will do"
DAMAGED = "damaged"
PIXEL_LIMIT = "the limit is 50,000,000 pixels"
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "0 bytes"),
    "one byte": (b"\x89", UNREADABLE),
    "a text": (b"dear diary, " * 100, UNREADABLE),
    "a script with a BMP mark": (b"BM" + b"#!/bin/sh\n" * 20, DAMAGED),
    "a vector drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", f"an SVG drawing, {KNOWN}"),
    "a document": (b"%PDF-1.7\n" + bytes(500), f"a PDF document, {KNOWN}"),
    "an icon": (saved("ICO"), f"an icon, {KNOWN}"),
    "a PPM": (saved("PPM"), f"a PPM, PGM or PBM picture, {KNOWN}"),
    "a PPM with a lying size": (b"P6 99999 99999 255\n", KNOWN),
    "a JPEG 2000": (saved("JPEG2000"), f"a JPEG 2000 picture, {KNOWN}"),
    "only the PNG mark": (b"\x89PNG\r\n\x1a\n", DAMAGED),
    "a PNG of 0 width": (png(0, 24, chunk(b"IDAT", ROWS)), DAMAGED),
    "a PNG without pixels": (png(32, 24), DAMAGED),
    "a PNG with a wrong checksum": (png(32, 24, chunk(b"IDAT", ROWS, checksum=1)), DAMAGED),
    "a PNG with torn compression": (png(32, 24, chunk(b"IDAT", b"\x78\x9c\xff" * 9)), DAMAGED),
    "a PNG of an unknown kind": (png(32, 24, chunk(b"IDAT", ROWS), colour=5), DAMAGED),
    "a PNG bomb": (
        png(60_000, 60_000, chunk(b"IDAT", ROWS)),
        f"3,600,000,000 pixels; {PIXEL_LIMIT}",
    ),
    "a PNG just too large": (png(5001, 10_000), f"50,010,000 pixels; {PIXEL_LIMIT}"),
    "a PNG strip": (
        png(1, 50_000_000),
        "1 × 50,000,000 pixels; the longer side may be at most 256",
    ),
    "a short strip": (png(257, 1, chunk(b"IDAT", ROWS)), "257 × 1 pixels"),
    "a PNG with a text bomb": (
        png(32, 24, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**23))), chunk(b"IDAT", ROWS)),
        DAMAGED,
    ),
    "a JPEG bomb": (jpeg(65_500, 65_500), f"4,290,250,000 pixels; {PIXEL_LIMIT}"),
    "a JPEG of 0 height": (jpeg(32, 0), DAMAGED),
    "a JPEG that ends after its mark": (b"\xff\xd8\xff\xe0", DAMAGED),
    "a JPEG without pixels": (
        saved("JPEG")[: saved("JPEG").index(b"\xff\xda")] + b"\xff\xd9",
        DAMAGED,
    ),
    "a GIF bomb": (gif((65_535, 65_535), (32, 24)), f"4,294,836,225 pixels; {PIXEL_LIMIT}"),
    "a GIF frame bomb": (gif((32, 24), (65_535, 65_535)), f"4,294,836,225 pixels; {PIXEL_LIMIT}"),
    "a GIF of 0 size": (gif((0, 0), (0, 0)), DAMAGED),
    "a GIF without frames": (b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b";", DAMAGED),
    "a WebP bomb": (webp_canvas(16_383, 16_383), f"268,402,689 pixels; {PIXEL_LIMIT}"),
    "a WebP with a lying canvas": (webp_canvas(300, 200), DAMAGED),
    "a WebP of marks only": (b"RIFF\x1a\0\0\0WEBPVP8 " + bytes(14), DAMAGED),
    "a BMP of 0 width": (patched(saved("BMP"), 18, "<i", 0), DAMAGED),
    "a BMP of negative width": (patched(saved("BMP"), 18, "<i", -32), PIXEL_LIMIT),
    "a BMP bomb": (patched(saved("BMP"), 18, "<ii", 2**30, 2**20), PIXEL_LIMIT),
    "a BMP of 31 bits": (
        patched(saved("BMP"), 28, "<H", 31),
        "This kind of BMP is not supported (31 bits a pixel)",
    ),
    "a BMP with a lying size": (patched(saved("BMP"), 18, "<ii", 3200, 2400), DAMAGED),
    "a BMP whose pixels begin nowhere": (patched(saved("BMP"), 10, "<I", 2**31), DAMAGED),
    "a TIFF without tags": (tiff(), DAMAGED),
    "a TIFF of nonsense tags": (
        tiff(*[(n, 77, 2**31, 2**31) for n in range(250, 300)]),
        DAMAGED,
    ),
    "a TIFF of 0 size": (tiff_of(0, 0), DAMAGED),
    "a TIFF bomb": (tiff_of(2**31, 2**31), PIXEL_LIMIT),
    "a TIFF whose pixels are missing": (tiff_of(400, 300), DAMAGED),
    "a TIFF of an unknown compression": (
        tiff_of(4, 3, (259, 3, 1, 777)),
        "This kind of TIFF is not supported (unknown compression)",
    ),
    "a TIFF of a broken strip": (
        patched(saved("TIFF", compression="tiff_adobe_deflate"), 99, ">QQ", 1, 2),
        DAMAGED,
    ),
}


@pytest.mark.parametrize(("data", "words"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_with_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=re.escape(words)) as caught:
        decode(data, "holiday.png")
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence) < 250
    assert "\n" not in sentence


def test_a_file_over_20_mb_is_refused_unread() -> None:
    data = saved("PNG").ljust(LIMITS.file_bytes + 1, b"\0")
    with pytest.raises(PictureError, match=r"20\.0 MB; the limit is 20 MB"):
        decode_full(data)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_refused(kind: str, share: float) -> None:
    data = saved(kind)
    with pytest.raises(PictureError):
        read(data[: int(len(data) * share)])


def test_a_tiff_whose_directories_go_in_circles_comes_to_an_end() -> None:
    data = tiff_of(2, 2, (279, 4, 1, 4))
    circle = patched(data, 10 + 12 * 8, "<I", 8)
    assert decode(circle, "circle.tif").codes.shape == (2, 2, 3)


def test_a_file_that_claims_more_than_it_holds_costs_no_more_than_its_size() -> None:
    few_rows = decode(png(32, 99, chunk(b"IDAT", ROWS)), "short.png").codes
    assert (few_rows.shape, few_rows[24:].max()) == ((99, 32, 3), 0)
    huge = [(322, 4, 1, 2**31), (323, 4, 1, 2**31), (324, 4, 1, 8), (325, 4, 1, 99)]
    assert decode(tiff_of(9, 9, *huge), "tiles.tif").codes.shape == (9, 9, 3)


def test_chunks_and_bytes_behind_the_picture_do_no_harm() -> None:
    plain = saved("PNG")
    assert np.array_equal(decode(plain + b"PK\3\4" * 1000, "also.zip").codes, PIXELS)


def refused_or_sound(data: bytes, longest: int | None = 16) -> None:
    try:
        reading = read(data, longest=longest)
    except PictureError:
        return
    height, width, channels = reading.codes.shape
    assert reading.codes.dtype == np.uint8
    assert channels == 3
    assert 1 <= min(height, width) <= max(height, width) <= 16


MARKS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF\x40\0\0\0WEBP",
    b"BM",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"",
)
VALID = (
    *(saved(kind) for kind in FORMATS),
    saved("PNG", Image.fromarray(PIXELS).convert("P"), transparency=3),
    saved("PNG", Image.fromarray(PIXELS[..., 0].astype(np.uint16) * 257)),
    saved("JPEG", Image.fromarray(PIXELS).convert("CMYK"), progressive=True),
    saved("WEBP", lossless=True),
    saved("TIFF", compression="tiff_lzw"),
    saved("TIFF", Image.fromarray(PIXELS[..., 0].astype(np.float32))),
    saved("GIF", save_all=True, append_images=[Image.new("RGB", (32, 24))]),
)


@pytest.mark.filterwarnings("ignore")
@given(st.sampled_from(MARKS), st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_picture_errors(mark: bytes, rest: bytes) -> None:
    refused_or_sound(mark + rest)


@pytest.mark.filterwarnings("ignore")
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))),
    st.floats(0, 1),
)
def test_files_changed_at_random_raise_nothing_but_picture_errors(
    valid: bytes, changes: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(valid)
    for place, replacement in changes:
        start = int(place**3 * len(data))  # headers are at the front
        data[start : start + len(replacement)] = replacement
    refused_or_sound(bytes(data if kept > 0.5 else data[: int(len(data) * kept * 2)]))
