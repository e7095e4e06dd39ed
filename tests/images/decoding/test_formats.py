"""HEIC, AVIF, rare kinds, and files that are something else: read, or named in our own words."""

import random
import re
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explainer.images.decoding import refusals
from explainer.images.decoding.decode import decode
from explainer.images.decoding.formats import FORMATS, STRANGERS, format_of, stranger_of
from explainer.images.decoding.reader import read
from explainer.images.picture import PictureError
from tests.images.decoding.test_decode import RED, STORED, chunk, png, saved, tiff
from tests.images.decoding.test_hostile import PIXELS, jpeg, patched

FIELDS = np.kron(PIXELS[:4, :6], np.ones((16, 16, 1), np.uint8))


def written(form: str, image: Image.Image, **options: Any) -> bytes:
    """A file of that format; HEIC only where pillow-heif is installed."""
    if form == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    return saved(image, form, **options)


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_a_photo_of_a_telephone_is_read(form: str) -> None:
    data = written(form, Image.fromarray(FIELDS), quality=95)
    picture = decode(data, "IMG_0001.heic")
    assert (picture.original_size, picture.notes) == ((96, 64), ())
    difference = np.abs(picture.codes.astype(int) - FIELDS)[8::16, 8::16]
    assert difference.mean() < 8  # colours are stored at half the resolution


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_of_a_telephone_stands_upright(form: str, orientation: int) -> None:
    turn, exif = STORED[orientation], Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(FIELDS)
    stored = image if turn is None else image.transpose(turn)
    data = written(form, stored, exif=exif.tobytes(), quality=95)
    reading = read(data)
    assert reading.original_size == (96, 64)
    assert np.abs(reading.codes.astype(int) - FIELDS)[8::16, 8::16].mean() < 8


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_its_transparency_lies_over_white(form: str) -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 255))
    image.paste((0, 0, 255, 0), (0, 0, 32, 64))
    codes = read(written(form, image, quality=95)).codes.astype(int)
    assert codes[32, 8].min() > 250
    np.testing.assert_allclose(codes[32, 56], RED, atol=6)


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_it_is_bound_in_pixels_and_proportion(form: str) -> None:
    strip = written(form, Image.new("RGB", (2056, 8)))
    with pytest.raises(PictureError, match=r"strip of 2,056 × 8 pixels"):
        read(strip)
    data = written(form, Image.new("RGB", (64, 48)))
    extent = data.index(b"ispe") + 8
    with pytest.raises(PictureError, match=r"limit is 50,000,000 pixels|damaged|strip"):
        read(patched(data, extent, ">II", 9000, 9000))


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_one_that_is_cut_short_is_damaged(form: str, share: float) -> None:
    data = written(form, Image.fromarray(FIELDS))
    name = {"AVIF": "AVIF", "HEIF": "HEIC"}[form]
    with pytest.raises(PictureError, match=f"This {name} picture is damaged or cut short"):
        read(data[: max(16, int(share * len(data)))])


def test_without_pillow_heif_a_heic_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(PictureError, match="without the package pillow-heif; export it as JPEG"):
        read(struct.pack(">I", 24) + b"ftypheic" + bytes(12) + b"mif1heic" + bytes(99))


@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "a.JPG", "photo", "a.heic", "a.txt"])
def test_the_ending_of_a_name_decides_nothing(name: str) -> None:
    assert decode(saved(Image.fromarray(FIELDS), "PNG"), name).original_size == (96, 64)


def bmp(bits: int, compression: int, body: bytes, *, masks: bytes = b"", header: int = 40) -> bytes:
    """A BMP of 2 × 1 pixels."""
    head = struct.pack("<IiiHHIIiiII", header, 2, 1, 1, bits, compression, len(body), 0, 0, 0, 0)
    head = (head + masks).ljust(max(header, 40 + len(masks)), b"\0")
    start = 14 + len(head)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + body


def test_a_bmp_whose_alpha_is_0_everywhere_is_opaque() -> None:
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    pixels = bytes([1, 2, 3, 0, 4, 5, 6, 0])
    reading = read(bmp(32, 3, pixels, masks=masks, header=124))
    assert reading.codes.tolist() == [[[3, 2, 1], [6, 5, 4]]]
    assert reading.notes == ()
    half = read(bmp(32, 3, pixels[:7] + b"\xff", masks=masks, header=124))
    assert half.codes.tolist() == [[[255] * 3, [6, 5, 4]]]
    assert half.notes == ("Transparent parts are laid over white.",)


RARE: dict[str, tuple[bytes, str]] = {
    "a BMP of 2 bits": (bmp(2, 0, b"\x1b\0\0\0"), "BMP is not supported (2 bits a pixel)"),
    "a BMP of 64 bits": (bmp(64, 0, bytes(16)), "BMP is not supported (64 bits a pixel)"),
    "a BMP of bit fields": (
        bmp(16, 3, bytes(4), masks=struct.pack("<III", 0xF00, 0xF0, 0xF)),
        "BMP is not supported (bit fields)",
    ),
    "a BMP with a JPEG": (bmp(24, 4, saved(Image.new("L", (2, 1)), "JPEG")), "(JPEG inside)"),
    "a BMP with a PNG": (bmp(24, 5, saved(Image.new("L", (2, 1)), "PNG")), "(PNG inside)"),
    "a BMP of a new header": (bmp(24, 0, bytes(8), header=88), "(a header of 88 bytes)"),
    "a TIFF with a WebP": (tiff({256: 2, 257: 1, 258: 8, 262: 2, 259: 50001}, bytes(9)), "(WEBP c"),
    "a TIFF of 6 bits": (tiff({256: 2, 257: 1, 258: 6, 262: 1}, bytes(9)), "(6 bits a sample)"),
    "a TIFF of complex numbers": (
        tiff({256: 2, 257: 1, 258: 64, 262: 1, 339: 6}, bytes(16)),
        "(complex numbers)",
    ),
    "a lossless JPEG": (jpeg(32, 24).replace(b"\xff\xc0", b"\xff\xc3", 1), "JPEG is not supported"),
    "a JPEG of 12 bits": (
        patched(jpeg(32, 24), jpeg(32, 24).index(b"\xff\xc0") + 4, "B", 12),
        "JPEG is not supported (12 bits a sample)",
    ),
}


@pytest.mark.parametrize(("data", "words"), RARE.values(), ids=RARE.keys())
def test_a_sound_file_of_a_rare_kind_is_not_called_damaged(data: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=r"^This kind of .*, the picture will do\.$") as caught:
        read(data)
    assert words in str(caught.value)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_no_format_takes_another_for_itself(form: Any) -> None:
    image = Image.new("RGB", (8, 8))
    for other in FORMATS:
        data = written(other.pillow, image)
        assert (format_of(data) is form) == (other is form)
        assert stranger_of(data) is None or other.name in ("HEIC", "AVIF")


STRANGE = {
    "an SVG drawing": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a web page": b"\n<!DOCTYPE html><html>",
    "a PDF document": b"%PDF-1.7",
    "a JPEG 2000 picture": saved(Image.new("L", (2, 1)), "JPEG2000"),
    "a JPEG XL picture": b"\xff\x0a\x00\x10",
    "a Photoshop file": b"8BPS\0\1",
    "an icon": saved(Image.new("L", (16, 16)), "ICO"),
    "a PPM, PGM or PBM picture": saved(Image.new("L", (2, 1)), "PPM"),
    "an OpenEXR picture": b"v/1\x01\2\0\0\0",
    "a Radiance picture": b"#?RADIANCE\n",
    "a DICOM picture": bytes(128) + b"DICM",
    "a camera's raw file": b"II*\0\x10\0\0\0CR\2\0",
    "a video": b"\0\0\0\x20ftypisom",
    "a zip archive": b"PK\3\4",
}


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.phrase)
def test_a_file_of_another_kind_is_called_by_its_name(stranger: Any) -> None:
    words = f"This is {stranger.phrase}, which cannot be read here; saved as PNG or JPEG, the"
    with pytest.raises(PictureError, match=re.escape(words)):
        read(STRANGE[stranger.phrase].ljust(200, b"\0"))


NAMES = "|".join(form.name for form in FORMATS)
KIND = r"[\w ,-]{1,80}"
WILL_DO = "saved as PNG or JPEG, the picture will do"
SENTENCES = re.compile(
    rf"This ({NAMES}) picture is damaged or cut short\."
    rf"|This kind of ({NAMES}) is not supported \({KIND}\); {WILL_DO}\."
    rf"|This is an? [\w' ,]+, which cannot be read here; {WILL_DO}\."
    rf"|{re.escape(refusals.NOT_A_PICTURE)}"
    r"|This picture has \d+ × \d+ pixels; it needs at least 1 × 1\."
    r"|This picture has [\d,]+ pixels; the limit is 50,000,000 pixels\."
    r"|This picture is a strip of [\d,]+ × [\d,]+ pixels; the longer side may be at most 256 times"
    r" the shorter one\."
    r"|Decoding this picture takes more than \d+ MB of memory, the limit; a smaller copy of it,"
    r" saved as PNG or JPEG, will do\."
)


def mutated(data: bytes, draw: random.Random) -> bytes:
    """``data`` cut short, or with some of its bytes replaced, most of them in its header."""
    if draw.random() < 0.3:
        return data[: draw.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        changed[int(draw.random() ** 3 * len(data))] = draw.choice(
            (0, 1, 2, 127, 255, draw.randrange(256))
        )
    return bytes(changed)


SOURCES: dict[str, Callable[[], bytes]] = {
    **{form.name: partial(written, form.pillow, Image.fromarray(PIXELS)) for form in FORMATS},
    "palette": lambda: saved(Image.fromarray(PIXELS).convert("P"), "PNG", transparency=b"\0\x80"),
    "wide": lambda: png((4, 4), 16, 6, bytes((0, *range(32)) * 4), chunk(b"gAMA", b"\0\0\xff\xff")),
    "CMYK": lambda: saved(Image.fromarray(PIXELS).convert("CMYK"), "JPEG", progressive=True),
    "animation": lambda: saved(
        Image.fromarray(PIXELS), "GIF", save_all=True, append_images=[Image.new("RGB", (32, 24))]
    ),
    "LZW": lambda: saved(Image.fromarray(PIXELS), "TIFF", compression="tiff_lzw"),
    "fax": lambda: saved(Image.fromarray(PIXELS).convert("1"), "TIFF", compression="group4"),
    "float": lambda: saved(Image.fromarray(PIXELS[..., 0].astype(np.float32)), "TIFF"),
    "run lengths": lambda: bmp(8, 1, b"\2\0\0\1"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("source", SOURCES)
def test_every_refusal_is_one_of_our_own_sentences(source: str) -> None:
    data, draw, refused = SOURCES[source](), random.Random(source), 0
    for _ in range(150):
        sentence = refusal(mutated(data, draw))
        refused += sentence is not None
        assert sentence is None or SENTENCES.fullmatch(sentence), sentence
    assert refused > 10


def refusal(data: bytes) -> str | None:
    """What is said of a file that is refused."""
    try:
        read(data, longest=16)
    except PictureError as error:
        return str(error)
    return None
