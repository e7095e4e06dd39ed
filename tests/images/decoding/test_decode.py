"""Odd but valid files: the exact codes that each must give."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from explainer.images.decoding.decode import decode, decode_full
from explainer.images.decoding.reader import read

RNG = np.random.default_rng(3)
PHOTO = np.kron(RNG.integers(0, 256, (4, 6, 3)), np.ones((16, 16, 1))).astype(np.uint8)
WHITE, BLACK, RED = [255, 255, 255], [0, 0, 0], [255, 0, 0]

STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that writes an orientation has turned the upright picture."""


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def codes_of(data: bytes) -> np.ndarray:
    return read(data).codes


def first_row(data: bytes) -> list[list[int]]:
    rows: list[list[list[int]]] = codes_of(data).tolist()
    return rows[0]


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(size: tuple[int, int], depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    body = b"".join((chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows))))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def tiff(
    tags: Mapping[int, int | tuple[int, ...]], pixels: bytes, *, byte_order: str = "<"
) -> bytes:
    """A TIFF of one strip; every tag is written as 16-bit numbers."""
    mark = b"II*\0" if byte_order == "<" else b"MM\0*"
    complete = {259: 1, 273: 0, 277: 1, 278: tags[257], 279: len(pixels), **tags}
    beyond, start = b"", 8 + 2 + 12 * len(complete) + 4
    complete[273] = 8000  # the pixels lie there
    entries = b""
    for tag, value in sorted(complete.items()):
        values = value if isinstance(value, tuple) else (value,)
        packed = struct.pack(f"{byte_order}{len(values)}H", *values)
        if len(packed) > 4:
            packed, beyond = struct.pack(f"{byte_order}I", start + len(beyond)), beyond + packed
        entries += struct.pack(f"{byte_order}HHI", tag, 3, len(values)) + packed.ljust(4, b"\0")
    count = struct.pack(f"{byte_order}H", len(complete))
    head = mark + struct.pack(f"{byte_order}I", 8) + count + entries + b"\0" * 4 + beyond
    return head.ljust(8000, b"\0") + pixels


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "packbits"}),
    ],
)
def test_a_lossless_file_gives_its_own_codes(kind: str, options: dict[str, Any]) -> None:
    data = saved(Image.fromarray(PHOTO), kind, **options)
    picture = decode(data, "C:\\photos\\pool.of\x07light.png")
    assert np.array_equal(picture.codes, PHOTO)
    assert np.array_equal(decode_full(data), PHOTO)
    assert (picture.original_size, picture.notes) == ((96, 64), ())
    assert picture.name == "pool.oflight.png"
    assert picture.alt == "Your picture “pool.oflight.png”, 96 × 64 pixels"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_lossy_file_of_plain_fields_comes_close(kind: str) -> None:
    codes = codes_of(saved(Image.fromarray(PHOTO), kind, quality=98))
    assert np.abs(codes.astype(int) - PHOTO)[8::16, 8::16].max() <= 8


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_all_eight_orientations_give_the_same_upright_picture(kind: str, orientation: int) -> None:
    turn = STORED[orientation]
    image = Image.fromarray(PHOTO)
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossy = {"quality": 98, "subsampling": 0}
    options: dict[str, Any] = lossy if kind == "JPEG" else {"lossless": True}
    data = saved(image if turn is None else image.transpose(turn), kind, exif=exif, **options)
    reading = read(data)
    assert reading.original_size == (96, 64)
    difference = np.abs(reading.codes.astype(int) - PHOTO)[8::16, 8::16]
    assert difference.max() <= (8 if kind == "JPEG" else 0)


def test_an_orientation_outside_1_to_8_or_torn_metadata_is_ignored() -> None:
    for exif in (b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x63\0\0\0\0\0\0\0", b"Exif\0\0MM"):
        assert np.array_equal(codes_of(saved(Image.fromarray(PHOTO), "PNG", exif=exif)), PHOTO)


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_16_bit_grey_is_divided_by_257_and_rounded(byte_order: str) -> None:
    values = np.array([[0, 128, 129, 257, 385, 386, 32768, 65535]], f"{byte_order}u2")
    expected = [0, 0, 1, 1, 1, 2, 128, 255]
    tags = {256: 8, 257: 1, 258: 16, 262: 1}
    assert [code[0] for code in first_row(tiff(tags, values.tobytes(), byte_order=byte_order))] == (
        expected
    )
    rows = b"\0" + values.astype(">u2").tobytes()
    assert [code[1] for code in first_row(png((8, 1), 16, 0, rows))] == expected


def test_a_16_bit_ramp_uses_all_codes_in_order() -> None:
    ramp = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    codes = codes_of(saved(Image.fromarray(ramp), "PNG"))[..., 0].ravel()
    assert np.array_equal(codes, np.rint(ramp.ravel() / 257))


def test_a_transparent_value_of_a_16_bit_png_becomes_white() -> None:
    rows = b"\0" + struct.pack(">4H", 500, 501, 0, 5140)
    picture = decode(png((4, 1), 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 500))), "key")
    assert picture.codes[0].tolist() == [WHITE, [2, 2, 2], BLACK, [20, 20, 20]]
    assert picture.notes == ("Transparent parts are laid over white.",)


def test_16_bit_colour_is_rounded_and_its_16_bit_key_kept() -> None:
    rows = b"\0" + struct.pack(">6H", 0xFFFF, 0x8000, 0x00FF, 0x1234, 0x1234, 0x1234)
    key = chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x1234, 0x1234))
    assert first_row(png((2, 1), 16, 2, rows, key)) == [[255, 128, 1], WHITE]


def test_32_bit_integers_run_from_their_smallest_to_their_largest() -> None:
    values = np.array([[-100, 0, 100]], np.int32)
    picture = decode(saved(Image.fromarray(values), "TIFF"), "depth.tif")
    assert picture.codes[0, :, 0].tolist() == [0, 128, 255]
    assert picture.notes == ("The values run from −100 to 100 and are scaled to 0 … 1.",)


def test_floats_in_the_unit_interval_are_kept_and_others_scaled() -> None:
    inside = np.array([[0.25, 0.5, 0.75]], np.float32)
    picture = decode(saved(Image.fromarray(inside), "TIFF"), "a.tif")
    assert (picture.codes[0, :, 0].tolist(), picture.notes) == ([64, 128, 191], ())
    outside = np.array([[-2, 0, 8]], np.float32)
    picture = decode(saved(Image.fromarray(outside), "TIFF"), "b.tif")
    assert picture.codes[0, :, 0].tolist() == [0, 51, 255]
    assert picture.notes == ("The values run from −2 to 8 and are scaled to 0 … 1.",)


def test_floats_that_are_not_finite_take_the_ends() -> None:
    values = np.array([[np.nan, -np.inf, 0, 5, 10, np.inf]], np.float32)
    codes = codes_of(saved(Image.fromarray(values), "TIFF"))
    assert codes[0, :, 2].tolist() == [0, 0, 0, 128, 255, 255]
    nothing = np.full((2, 2), np.nan, np.float32)
    assert codes_of(saved(Image.fromarray(nothing), "TIFF")).max() == 0
    constant = np.full((2, 2), 3e38, np.float32)
    assert codes_of(saved(Image.fromarray(constant), "TIFF")).max() == 0


def test_one_bit_and_grey_become_three_equal_channels() -> None:
    bits = Image.fromarray(np.array([[0, 255, 0, 255, 255]], np.uint8)).convert("1")
    expected = [BLACK, WHITE, BLACK, WHITE, WHITE]
    for data in (saved(bits, "PNG"), saved(bits, "BMP"), saved(bits, "TIFF")):
        assert first_row(data) == expected
    assert first_row(saved(bits, "TIFF", compression="group4")) == expected
    grey = Image.fromarray(np.array([[0, 99, 255]], np.uint8))
    for kind in ("PNG", "BMP", "TIFF", "GIF"):
        assert first_row(saved(grey, kind)) == [BLACK, [99, 99, 99], WHITE]


def test_white_is_zero_is_understood() -> None:
    assert first_row(tiff({256: 3, 257: 1, 258: 8, 262: 0}, b"\0\x10\xff")) == [
        WHITE,
        [239, 239, 239],
        BLACK,
    ]


def a_palette_image() -> Image.Image:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 200, 0, 0, 0, 100])
    image.putdata([0, 1, 2])
    return image


def test_a_palette_is_looked_up() -> None:
    for kind in ("PNG", "BMP", "TIFF", "GIF"):
        assert first_row(saved(a_palette_image(), kind)) == [RED, [0, 200, 0], [0, 0, 100]]


def test_a_palette_with_transparency_lies_over_white() -> None:
    for transparency, first in ((b"\0\x80\xff", WHITE), (0, WHITE)):
        data = saved(a_palette_image(), "PNG", transparency=transparency)
        assert first_row(data)[0] == first
        assert first_row(data)[2] == [0, 0, 100]
    half = saved(a_palette_image(), "PNG", transparency=b"\xff\x80")
    assert first_row(half)[1] == [127, 227, 127]
    assert first_row(saved(a_palette_image(), "GIF", transparency=2))[2] == WHITE


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})]
)
def test_alpha_lies_over_white(kind: str, options: dict[str, Any]) -> None:
    pixels = np.array([[[10, 20, 30, 0], [0, 100, 200, 128], [10, 20, 30, 255]]], np.uint8)
    data = saved(Image.fromarray(pixels), kind, **options)
    picture = decode(data, "glass.png")
    assert picture.codes.tolist() == [[WHITE, [127, 177, 227], [10, 20, 30]]]
    assert picture.notes == ("Transparent parts are laid over white.",)
    assert np.array_equal(decode_full(data), picture.codes)


def test_an_alpha_channel_that_is_opaque_is_not_worth_a_note() -> None:
    image = Image.fromarray(PHOTO)
    image.putalpha(255)
    for kind in ("PNG", "WEBP", "TIFF"):
        assert decode(saved(image, kind, lossless=True), "opaque").notes == ()


def test_grey_with_alpha_and_a_transparent_colour_lie_over_white() -> None:
    grey = Image.merge("LA", [Image.new("L", (1, 1), 100), Image.new("L", (1, 1), 51)])
    assert first_row(saved(grey, "PNG")) == [[224, 224, 224]]
    plain = Image.fromarray(np.array([[[1, 2, 3], [1, 2, 4]]], np.uint8))
    assert first_row(saved(plain, "PNG", transparency=(1, 2, 3))) == [WHITE, [1, 2, 4]]
    assert first_row(saved(Image.new("L", (1, 1), 9), "PNG", transparency=9)) == [WHITE]


def test_premultiplied_alpha_is_divided_out_before_it_lies_over_white() -> None:
    tags: dict[int, int | tuple[int, ...]] = {
        256: 2,
        257: 1,
        258: (8, 8, 8, 8),
        262: 2,
        277: 4,
        338: 1,
    }
    data = tiff(tags, bytes([0, 50, 100, 128, 0, 0, 0, 0]))
    half, nothing = first_row(data)
    assert nothing == WHITE
    np.testing.assert_allclose(half, [127, 177, 227], atol=1)


def test_an_unspecified_fourth_channel_is_not_transparency() -> None:
    tags: dict[int, int | tuple[int, ...]] = {
        256: 1,
        257: 1,
        258: (8, 8, 8, 8),
        262: 2,
        277: 4,
        338: 0,
    }
    assert first_row(tiff(tags, bytes([9, 8, 7, 0]))) == [[9, 8, 7]]


def test_cmyk_becomes_rgb_from_tiff_and_from_inverted_jpeg() -> None:
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert first_row(saved(inks, "TIFF"))[0] == RED
    np.testing.assert_allclose(first_row(saved(inks, "JPEG", quality=98))[0], RED, atol=3)
    paper = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
    assert first_row(saved(paper, "JPEG"))[0] == WHITE


def test_lab_and_ycbcr_become_rgb() -> None:
    lab = Image.new("LAB", (2, 1), (255, 128, 128))
    assert np.array(first_row(saved(lab, "TIFF"))).min() >= 253
    ycbcr = Image.new("RGB", (8, 8), (200, 30, 40)).convert("YCbCr")
    for kind in ("JPEG", "TIFF"):
        np.testing.assert_allclose(first_row(saved(ycbcr, kind))[0], [200, 30, 40], atol=4)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_of_several_frames_is_used_and_said(kind: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    picture = decode(data, "moving")
    assert np.all(picture.codes == RED)
    assert picture.notes == ("This file holds several pictures; the first is used.",)


def test_a_gif_frame_smaller_than_its_screen_leaves_nothing_around() -> None:
    image = Image.new("P", (2, 2), 1)
    image.putpalette([0, 0, 90, 255, 0, 0])
    image.putpixel((0, 0), 0)
    frame = saved(image, "GIF")
    assert frame[6:10] == b"\2\0\2\0"
    picture = decode(frame[:6] + b"\5\0\4\0" + frame[10:], "small.gif")
    assert picture.original_size == (5, 4)
    assert picture.codes[1, 1].tolist() == RED
    assert picture.codes[0, 0].tolist() == [0, 0, 90]
    assert picture.codes[3, 4].tolist() == WHITE
    assert picture.notes == ("Transparent parts are laid over white.",)


def test_the_bytes_decide_the_format_and_not_the_name() -> None:
    data = saved(Image.fromarray(PHOTO), "PNG")
    assert np.array_equal(decode(data, "holiday.jpg").codes, PHOTO)
    assert decode(data, "../../").name == ".."
    assert decode(data, "").title == "picture"


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {"compress_level": 1}), ("TIFF", {"compression": "tiff_lzw"})]
)
def test_a_large_picture_is_reduced_by_area_averaging(kind: str, options: dict[str, Any]) -> None:
    large = np.kron(PHOTO, np.ones((32, 43, 1), np.uint8))
    assert large.shape == (2048, 4128, 3)
    data = saved(Image.fromarray(large), kind, **options)
    picture = decode(data, "large")
    expected = cv2.resize(large, (2048, 1016), interpolation=cv2.INTER_AREA)
    assert np.array_equal(picture.codes, expected)
    assert picture.original_size == (4128, 2048)
    assert picture.notes == (
        "Brought from 4128 × 2048 to 2048 × 1016 pixels for work;"
        " the download uses the full resolution.",
    )
    assert np.array_equal(decode_full(data), large)


def test_a_large_turned_jpeg_is_reduced_in_its_decoder_and_comes_close() -> None:
    large = cv2.resize(PHOTO, (4500, 3000), interpolation=cv2.INTER_LINEAR)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(Image.fromarray(large), "JPEG", quality=95, exif=exif)
    picture = decode(data, "phone.jpg")
    expected = cv2.resize(large, (2048, 1365), interpolation=cv2.INTER_AREA)
    assert picture.original_size == (3000, 4500)
    assert picture.codes.shape == (2048, 1365, 3)
    turned = np.rot90(expected, -1).astype(int)
    assert np.abs(picture.codes - turned).mean() < 1.5
    assert decode_full(data).shape == (4500, 3000, 3)


def run_length_bmp(size: tuple[int, int], bits: int, runs: bytes) -> bytes:
    """A BMP coded in run lengths, whose colour n is (n, 2n, 255 - n)."""
    palette = b"".join(bytes([255 - n, 2 * n % 256, n, 0]) for n in range(2**bits))
    start = 54 + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(runs), 0, 0, start)
    shape = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, 1 if bits == 8 else 2, 0, 0, 0, 0, 0)
    return head + shape + palette + runs


def test_the_run_lengths_of_a_bmp_are_read_from_below_with_their_jumps() -> None:
    runs = bytes([3, 9, 1, 7, 0, 0, 0, 3, 1, 2, 3, 0, 1, 4, 0, 0, 0, 2, 2, 0, 2, 5, 0, 1])
    codes = codes_of(run_length_bmp((4, 3), 8, runs))
    rows = [[0, 0, 5, 5], [1, 2, 3, 4], [9, 9, 9, 7]]
    assert codes.tolist() == [[[n, 2 * n, 255 - n] for n in row] for row in rows]
    halves = bytes([4, 0x5A, 0, 0, 4, 0x21, 0, 1])
    codes = codes_of(run_length_bmp((4, 2), 4, halves))
    assert codes[..., 0].tolist() == [[2, 1, 2, 1], [5, 10, 5, 10]]


def test_the_first_frame_of_an_animated_webp_may_be_a_part_of_it() -> None:
    body = saved(Image.fromarray(PHOTO[:20, :30]), "WEBP", lossless=True)[12:]
    canvas = b"".join(number.to_bytes(3, "little") for number in (59, 39))
    frame = b"".join(number.to_bytes(3, "little") for number in (5, 4, 29, 19, 0)) + b"\0" + body
    frames = (b"ANMF" + struct.pack("<I", len(frame)) + frame) * 2
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x12\0\0\0" + canvas
    content = b"WEBP" + extended + b"ANIM" + struct.pack("<I", 6) + bytes(6) + frames
    picture = decode(b"RIFF" + struct.pack("<I", len(content)) + content, "part.webp")
    expected = np.full((40, 60, 3), 255, np.uint8)
    expected[8:28, 10:40] = PHOTO[:20, :30]
    assert np.array_equal(picture.codes, expected)
