"""The outline of a file, from its parts, before anything is decoded.

Twenty megabytes can hold millions of empty parts, each of which costs a decoder far more than its
bytes do. So the parts are walked here first, and a file of absurdly many is refused. Nothing else
is checked: a file that breaks off has the outline of its beginning, and what is no picture has one
without pixels.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from struct import Struct, error, unpack_from
from typing import NamedTuple

from explainer.images.decoding import limits
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.outline import Outline
from explainer.images.picture import PictureError
from explainer.words import N_

Part = tuple[bytes | int, int]
"""The kind of a part, as its format writes it, and where it starts."""

JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # all but those within a scan's pixels
JUNK, ALONE, END_OF_IMAGE, SCAN = -1, (0x01, 0xD8), 0xD9, 0xDA
GAP = LIMITS.blocks + 2  # where the next marker ends at the latest
HEIF_SIZE = re.compile(rb"\0\0\0\x14ispe")
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
GIF_EXTENSION, GIF_PICTURE, GIF_END = b"!,;"
TIFF_WIDTH, TIFF_HEIGHT, TIFF_BITS, TIFF_SAMPLES = 256, 257, 258, 277
TIFF_STRIPS, TIFF_TILES = 273, 324
TIFF_TAGS = (TIFF_WIDTH, TIFF_HEIGHT, TIFF_BITS, TIFF_SAMPLES, TIFF_STRIPS, TIFF_TILES)
TIFF_NUMBERS = {3: "H", 4: "I", 16: "Q"}


class Tag(NamedTuple):
    """How many numbers a tag of a TIFF holds, and the first of them."""

    numbers: int
    first: int


NOTHING = Tag(0, 0)
TORN = (error, IndexError, OverflowError)
"""What reading past the end of a file raises; the last where a place has 64 bits."""


def outline(data: bytes) -> Outline:
    """The outline of the file ``data``.

    Raises :class:`PictureError` where it has more parts than
    :class:`~explainer.images.decoding.limits.Limits` allow.
    """
    for signature, survey in SURVEYS:
        if signature.match(data):
            try:
                return survey(data)
            except TORN:  # the file ends before its header does
                return Outline()
    return Outline()


def _parts(walk: Iterator[Part], most: int = LIMITS.parts) -> list[Part]:
    """The parts of a file up to its end, or one more than the ``most`` that are allowed."""
    found: list[Part] = []
    with suppress(*TORN):
        for part in islice(walk, most + 1):
            found.append(part)
    return found


def _bound(format_name: str, parts: str, count: int, most: int) -> None:
    if count > most:
        raise PictureError(limits.too_many_parts(format_name, parts, most))


def _png(data: bytes) -> Outline:
    kinds = Counter(kind for kind, _ in _parts(_png_chunks(data)))
    _bound("PNG", N_("chunks"), kinds.total(), LIMITS.parts)
    _bound("PNG", N_("colour profiles"), kinds[b"iCCP"], LIMITS.profiles)
    width, height, depth = unpack_from(">IIB", data, 16)
    return Outline(width, height, 26 if depth > 8 else 9)


def _png_chunks(data: bytes) -> Iterator[Part]:
    position, kind = 8, b""
    while kind != b"IEND":
        length, kind = unpack_from(">I4s", data, position)
        yield kind, position
        position += 12 + length


def _jpeg(data: bytes) -> Outline:
    segments = _parts(_jpeg_segments(data))
    scans = sum(kind == SCAN for kind, _ in segments)
    _bound("JPEG", N_("segments"), len(segments), LIMITS.parts)
    _bound("JPEG", N_("bytes between its segments"), _junk(segments), LIMITS.blocks)
    _bound("JPEG", N_("scans"), scans, LIMITS.scans)
    frames = [(kind, start) for kind, start in segments if kind in FRAMES]
    if not frames:
        return Outline()
    kind, start = frames[0]
    height, width = unpack_from(">HH", data, start + 5)
    # All coefficients of several scans are held at once, up to four of 16 bits for each pixel.
    return Outline(width, height, 13 if scans > 1 or kind in PROGRESSIVE else 9)


def _junk(segments: list[Part]) -> int:
    return sum(length for kind, length in segments if kind == JUNK)


def _jpeg_segments(data: bytes) -> Iterator[Part]:
    """Its segments; bytes that belong to none, as their number, up to the first scan."""
    position, scanned = 2, False
    while marker := JPEG_MARKER.search(data, position, len(data) if scanned else position + GAP):
        kind = data[marker.end() - 1]
        if kind == END_OF_IMAGE:
            return
        if marker.start() > position and not scanned:
            yield JUNK, marker.start() - position
        yield kind, marker.start()
        position = marker.end()
        if kind not in ALONE:
            position += unpack_from(">H", data, position)[0]
        scanned = scanned or kind == SCAN
    if not scanned:
        yield JUNK, min(GAP, len(data) - position)


def _gif(data: bytes) -> Outline:
    blocks = _parts(_gif_blocks(data), LIMITS.blocks)
    _bound("GIF", N_("blocks"), len(blocks), LIMITS.blocks)
    width, height = unpack_from("<HH", data, 6)
    pictures = [start for kind, start in blocks if kind == GIF_PICTURE]
    if pictures:
        left, top, across, down = unpack_from("<4H", data, pictures[0] + 1)
        width, height = max(width, left + across), max(height, top + down)
    return Outline(width, height)


def _gif_blocks(data: bytes) -> Iterator[Part]:
    """Its blocks up to the second picture, and the blocks of data within each, which are -1."""
    position, pictures = 13 + _palette(data[10]), 0
    while (kind := data[position]) != GIF_END and pictures < 2:
        yield kind, position
        if kind == GIF_PICTURE:
            pictures += 1
            position += 10 + _palette(data[position + 9])
        if kind in (GIF_PICTURE, GIF_EXTENSION):
            position += 1 if kind == GIF_PICTURE else 2
            while length := data[position]:
                yield JUNK, position
                position += 1 + length
        position += 1


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _bmp(data: bytes) -> Outline:
    old = unpack_from("<I", data, 14)[0] == 12
    width, height = unpack_from("<HH" if old else "<ii", data, 18)
    return Outline(abs(width), abs(height))


def _tiff(data: bytes) -> Outline:
    """The outline of the first directory."""
    tags = _tiff_tags(data)
    strips = max(tags.get(tag, NOTHING).numbers for tag in (TIFF_STRIPS, TIFF_TILES))
    strips = min(strips, len(data))  # a count beyond the file is no count
    _bound("TIFF", N_("strips"), strips, LIMITS.parts)
    width, height = (tags.get(tag, NOTHING).first for tag in (TIFF_WIDTH, TIFF_HEIGHT))
    bits, samples = tags.get(TIFF_BITS, NOTHING), tags.get(TIFF_SAMPLES, NOTHING)
    return Outline(width, height, 8 + 2 * max(1, samples.first) * max(8, bits.first) // 8)


def _tiff_tags(data: bytes) -> dict[int, Tag]:
    """Those tags of the first directory; in a BigTIFF most numbers are twice as long."""
    order = "<" if data.startswith(b"II") else ">"
    big = b"+" in data[2:4]
    offset = "Q" if big else "I"
    start = unpack_from(order + offset, data, 8 if big else 4)[0]
    count = unpack_from(order + ("Q" if big else "H"), data, start)[0]
    _bound("TIFF", N_("tags"), count, LIMITS.parts)
    layout = Struct(f"{order}HH{offset}")
    first, size = start + (8 if big else 2), layout.size + (8 if big else 4)
    tags = {}
    for entry in range(first, first + count * size, size):
        tag, kind, numbers = layout.unpack_from(data, entry)
        if tag not in TIFF_TAGS:
            continue
        number = Struct(order + TIFF_NUMBERS.get(kind, "B"))
        place = entry + layout.size
        if number.size * numbers > size - layout.size:  # they do not fit here: here is where
            place = unpack_from(order + offset, data, place)[0]
        tags[tag] = Tag(numbers, number.unpack_from(data, place)[0])
    return tags


def _webp(data: bytes) -> Outline:
    chunks = _parts(_webp_chunks(data))
    _bound("WebP", N_("chunks"), len(chunks), LIMITS.parts)
    kind, start = chunks[0]
    if kind == b"VP8X":
        low, middle, high = unpack_from("<HHH", data, start + 12)  # two numbers of 24 bits
        width, height = 1 + low + ((middle & 255) << 16), 1 + (middle >> 8) + (high << 8)
        return Outline(width, height, 13)
    if kind == b"VP8L":
        bits = unpack_from("<I", data, start + 9)[0]
        return Outline(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), 13)
    width, height = unpack_from("<HH", data, start + 14)
    return Outline(width & 0x3FFF, height & 0x3FFF, 13)


def _webp_chunks(data: bytes) -> Iterator[Part]:
    position = 12
    while position < len(data):
        kind, length = unpack_from("<4sI", data, position)
        yield kind, position
        position += 8 + length + length % 2


def _heif(data: bytes) -> Outline:
    """The outline of an AVIF or HEIC: the largest of the sizes in its boxes `ispe`."""
    sizes = [unpack_from(">II", data, box.end() + 4) for box in HEIF_SIZE.finditer(data)]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return Outline(width, height, 18)


SURVEYS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Outline]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"BM"), _bmp),
    (re.compile(rb"(II|MM)(\*\0|\0\*|\+\0|\0\+)"), _tiff),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
    (re.compile(rb"....ftyp", re.DOTALL), _heif),
)
"""How a file of each format begins, and what surveys it."""
