from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explainer.images.thumbnails import encode_jpeg, encode_png, encode_webp, fit, thumbnail

RED, GREEN = (200, 30, 40), (20, 180, 60)


def plain(height: int, width: int, colour: tuple[int, int, int] = RED) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def test_png_keeps_every_code_in_rgb_order() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    for encode in (encode_png, encode_webp):
        assert np.array_equal(decoded(encode(codes)), codes)


def test_jpeg_keeps_a_plain_colour_within_two_codes() -> None:
    difference = decoded(encode_jpeg(plain(16, 16), quality=95)).astype(int) - RED
    assert abs(difference).max() <= 2


def test_fit_averages_the_area_under_each_pixel() -> None:
    codes = np.array([[0, 100, 10, 30], [100, 200, 30, 50]], np.uint8)[..., None].repeat(3, 2)
    assert fit(codes, 2, 2)[..., 0].tolist() == [[100, 30]]


def test_fit_returns_what_fits_already() -> None:
    codes = plain(10, 20)
    assert fit(codes, 20, 10) is codes
    assert fit(codes, 500, 500) is codes


@given(*[st.integers(1, 60)] * 4)
def test_fit_stays_in_its_box_and_near_the_proportions(h: int, w: int, bh: int, bw: int) -> None:
    rows, columns = fit(plain(h, w), bw, bh).shape[:2]
    assert 1 <= rows <= max(1, min(h, bh))
    assert 1 <= columns <= max(1, min(w, bw))
    scale = min(1, bw / w, bh / h)
    assert abs(rows - h * scale) <= 1
    assert abs(columns - w * scale) <= 1


def test_a_thumbnail_is_the_centred_square() -> None:
    codes = plain(40, 120)
    codes[:, 40:80] = GREEN
    small = decoded(thumbnail(codes, 20))
    assert small.shape == (20, 20, 3)
    assert abs(small[10, 10].astype(int) - GREEN).max() <= 4
    assert abs(small[:, [1, -2]].astype(int) - GREEN).max() <= 30


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="not 0 × 5"):
        fit(plain(4, 4), 0, 5)
    with pytest.raises(ValueError, match="not 101"):
        encode_jpeg(plain(4, 4), quality=101)
    with pytest.raises(ValueError, match="float32"):
        encode_png(np.zeros((4, 4, 3), np.float32))


@pytest.mark.parametrize("encode", [encode_png, encode_webp])
def test_the_same_pixels_are_encoded_once_and_others_anew(
    encode: Callable[[np.ndarray], bytes],
) -> None:
    codes = np.random.default_rng(1).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    first = encode(codes)
    assert encode(codes.copy()) is first
    for other in (codes[::-1], codes[:, ::-1], codes.reshape(12, 8, 3), codes[::2]):
        assert np.array_equal(decoded(encode(other)), other)
    codes[0, 0] += 1  # the same array, other pixels
    assert np.array_equal(decoded(encode(codes)), codes)
