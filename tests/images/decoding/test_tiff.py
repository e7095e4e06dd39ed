"""TIFF in every number type and layout that tifffile writes, against the pixels it was given."""

import itertools
import struct
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from explainer.images.decoding.reader import read
from explainer.images.picture import PictureError
from tests.images.decoding.test_decode import codes_of, first_row, tiff

HEIGHT, WIDTH = 20, 37
SHARES = np.random.default_rng(11).random((HEIGHT, WIDTH, 3))
SHARES[0, 0], SHARES[0, 1] = 0, 1  # both ends, so that what is scaled is scaled alike
CODES = np.rint(SHARES * 255)
TYPES = ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8")


def values(kind: str) -> NDArray[Any]:
    """The shares from the smallest to the largest number of a type; floats are the shares."""
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        return SHARES.astype(dtype)
    low, high = max(np.iinfo(dtype).min, -(2**62)), min(np.iinfo(dtype).max, 2**62)
    return np.rint(SHARES * (high - low) + low).clip(low, high).astype(dtype)


def written(pixels: NDArray[Any], **options: Any) -> bytes:
    buffer = BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


CUTS: tuple[dict[str, Any], ...] = ({"rowsperstrip": 7}, {"tile": (16, 16)})
LAYOUTS: list[dict[str, Any]] = [
    {"byteorder": order, "compression": compression, **cut}
    for order, compression, cut in itertools.product("<>", (None, "zlib"), CUTS)
]


def layouts(kind: str) -> list[dict[str, Any]]:
    """All layouts; those with Deflate with the predictor too, where tifffile writes one."""
    predicted = [{**one, "predictor": True} for one in LAYOUTS if one["compression"]]
    return LAYOUTS + (predicted if kind in ("u1", "u2", "u4", "i1", "i2", "i4") else [])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_grey_of_every_number_type_has_its_own_codes(kind: str, photometric: str) -> None:
    expected = CODES[..., 0] if photometric == "minisblack" else 255 - CODES[..., 0]
    for layout in layouts(kind):
        data = written(values(kind)[..., 0], photometric=photometric, **layout)
        np.testing.assert_allclose(codes_of(data)[..., 1], expected, atol=1, err_msg=str(layout))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("extra", [None, "unspecified", "unassalpha", "assocalpha"])
def test_colour_of_every_number_type_has_its_own_codes(
    kind: str, planes: str, extra: str | None
) -> None:
    pixels = values(kind)
    top = 1 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max
    options: dict[str, Any] = {"photometric": "rgb", "planarconfig": planes}
    if extra:
        pixels = np.dstack([pixels, np.full((HEIGHT, WIDTH), top, pixels.dtype)])
        options["extrasamples"] = [extra]
    if planes == "separate":
        pixels = np.moveaxis(pixels, 2, 0)
    for layout in layouts(kind)[:: 3 if extra else 1]:
        reading = read(written(pixels, **options, **layout))
        np.testing.assert_allclose(reading.codes, CODES, atol=1, err_msg=str(layout))


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize(("extra", "red"), [("unassalpha", 0.5), ("assocalpha", 0.2)])
def test_planes_with_alpha_lie_over_white(kind: str, extra: str, red: float) -> None:
    share = np.zeros((4, 3, 5))
    share[0], share[3] = red, 0.4  # straight: 0.4 · 0.5 + 0.6 = 0.8, premultiplied: 0.2 + 0.6
    top = 1 if kind == "f4" else np.iinfo(kind).max
    data = written(
        (share * top).astype(kind), photometric="rgb", planarconfig="separate",
        extrasamples=[extra],
    )  # fmt: skip
    reading = read(data)
    np.testing.assert_allclose(reading.codes, np.full((3, 5, 3), [204, 153, 153]), atol=1)
    assert reading.notes == ("Transparent parts are laid over white.",)


@pytest.mark.parametrize("compression", [1, 5, 8, 32773])
@pytest.mark.parametrize(
    ("kind", "predictor"), [("u2", 1), ("u2", 2), ("f4", 1), ("f4", 3), ("f8", 1), ("f8", 3)]
)
def test_what_libtiff_compresses_is_read_whole(compression: int, kind: str, predictor: int) -> None:
    options = (cv2.IMWRITE_TIFF_COMPRESSION, compression, cv2.IMWRITE_TIFF_PREDICTOR, predictor)
    grey = np.repeat(CODES[..., :1], 3, axis=2)
    for pixels, expected in ((values(kind)[..., ::-1], CODES), (values(kind)[..., 0], grey)):
        done, encoded = cv2.imencode(".tif", np.ascontiguousarray(pixels), options)
        if done:  # without compression there is no predictor
            np.testing.assert_allclose(codes_of(encoded.tobytes()), expected, atol=1)
    assert done or compression in (1, 32773)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_packed_grey_has_its_own_codes(bits: int, white_is_zero: bool, order: str) -> None:
    top = 2**bits - 1
    numbers = np.rint(SHARES[..., 0] * top).astype(np.uint16)
    tags = {256: WIDTH, 257: HEIGHT, 258: bits, 262: 0 if white_is_zero else 1}
    data = tiff(tags, packed(numbers, bits, order), byte_order=order)
    expected = np.rint((top - numbers if white_is_zero else numbers) * (255 / top))
    if bits == 12 and (white_is_zero or order == ">"):
        with pytest.raises(PictureError, match="This kind of TIFF is not supported"):
            read(data)
    else:
        assert np.array_equal(codes_of(data)[..., 0], expected)


def packed(numbers: NDArray[np.uint16], bits: int, order: str) -> bytes:
    """Rows of ``bits``-bit numbers, each row filled to a byte."""
    if bits == 16:
        return numbers.astype(f"{order}u2").tobytes()
    each = np.unpackbits(numbers.astype(">u2").view(np.uint8), axis=1)
    digits = each.reshape(HEIGHT, WIDTH, 16)[..., 16 - bits :]
    return np.packbits(digits.reshape(HEIGHT, -1), axis=1).tobytes()


def test_bits_from_the_low_end_are_turned_round() -> None:
    data = tiff({256: 2, 257: 1, 258: 8, 262: 0, 266: 2}, bytes([0b11000000, 0b11110000]))
    assert [code[0] for code in first_row(data)] == [255 - 0b00000011, 255 - 0b00001111]


def test_12_bits_in_a_16_bit_file_fill_the_range_and_it_is_said() -> None:
    numbers = np.array([[0, 1000, 4095]], "<u2")
    for pixels in (numbers, np.dstack([numbers] * 3)):
        colours = "rgb" if pixels.ndim == 3 else "minisblack"
        reading = read(written(pixels, photometric=colours))
        assert reading.codes[0, :, 0].tolist() == [0, 62, 255]
        assert reading.notes == (
            "No value is over 4095: they are read as 12 bits, from 0 to 4095.",
        )
    black = read(written(np.zeros((2, 2), np.uint16), photometric="minisblack"))
    assert (black.codes.max(), black.notes) == (0, ())


@pytest.mark.parametrize("bits", [9, 10, 12, 14])
def test_the_largest_value_that_a_file_names_is_white(bits: int) -> None:
    numbers = np.array([[0, 2 ** (bits - 1), 2**bits - 1]], "<u2")
    data = tiff({256: 3, 257: 1, 258: 16, 262: 1, 281: 2**bits - 1}, numbers.tobytes())
    expected = [0, round(2 ** (bits - 1) / (2**bits - 1) * 255), 255]
    reading = read(data)
    assert (reading.codes[0, :, 0].tolist(), reading.notes) == (expected, ())


def test_unsigned_32_bits_do_not_wrap() -> None:
    numbers = np.array([[0, 2**31, 2**32 - 1]], np.uint32)
    reading = read(written(numbers, photometric="minisblack"))
    assert reading.codes[0, :, 0].tolist() == [0, 128, 255]
    assert reading.notes == ("The values run from 0 to 4.29497 · 10⁹ and are scaled to 0 … 1.",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_of_16_bits_is_turned_upright(orientation: int) -> None:
    stored = values("u2")
    turned = {1: stored, 2: stored[:, ::-1], 3: stored[::-1, ::-1], 4: stored[::-1]}
    across = stored.transpose(1, 0, 2)
    turned |= {5: across, 6: across[::-1], 7: across[::-1, ::-1], 8: across[:, ::-1]}
    data = written(
        np.ascontiguousarray(turned[orientation]), photometric="rgb",
        extratags=[(274, 3, 1, orientation, True)],
    )  # fmt: skip
    reading = read(data)
    assert reading.original_size == (WIDTH, HEIGHT)
    np.testing.assert_allclose(reading.codes, CODES, atol=1)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_tiff_of_16_bits_that_is_cut_short_is_damaged(
    share: float, compression: str | None
) -> None:
    data = written(values("u2"), photometric="rgb", compression=compression)
    with pytest.raises(PictureError, match="This TIFF picture is damaged or cut short"):
        read(data[: int(len(data) * share)])


def test_what_no_decoder_reads_is_named() -> None:
    planes = np.moveaxis(values("u2"), 2, 0)
    data = bytearray(written(planes, photometric="rgb", planarconfig="separate"))
    compression = data.index(struct.pack("<HHI", 259, 3, 1)) + 8
    struct.pack_into("<I", data, compression, 5)
    with pytest.raises(PictureError, match="16-bit unsigned samples with LZW compression, planes"):
        read(bytes(data))
