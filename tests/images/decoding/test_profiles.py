"""Colour profiles and gammas, against the formulas of the spaces."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from explainer.images.decoding.reader import read
from tests.images.decoding.test_decode import chunk, png, saved

Levels = NDArray[np.floating[Any]]

CONVERTED = ("Its colours are converted to sRGB by the colour profile in the file.",)
# To XYZ under D50, column by column red, green and blue (B. Lindbloom, "RGB/XYZ Matrices").
ADOBE = np.array(
    [[0.6097559, 0.2052401, 0.1492240], [0.3111242, 0.6256560, 0.0632197],
     [0.0194811, 0.0608902, 0.7448387]]
)  # fmt: skip
SRGB = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
     [0.0139322, 0.0971045, 0.7141733]]
)  # fmt: skip
ADOBE_GAMMA = 563 / 256
PATCHES = np.random.default_rng(2).integers(0, 256, (8, 9, 3)).astype(np.uint8)


def icc(space: bytes, *tags: tuple[bytes, bytes]) -> bytes:
    """A version-2 display profile of these tags (ICC.1:2001-04)."""
    tags = ((b"wtpt", xyz(0.9642, 1, 0.8249)), *tags)
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        content = content.ljust(-(-len(content) // 4) * 4, b"\0")
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s", 0, b"lcms", 0x02400000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + xyz(0.9642, 1, 0.8249)[8:]
    whole = head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def rgb_profile(matrix: Levels, gamma: float) -> bytes:
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True)
    tags = [(name, xyz(*column)) for name, column in columns]
    tags += [(name, curve(gamma)) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return icc(b"RGB ", *tags)


def srgb_encoded(linear: Levels) -> Levels:
    """IEC 61966-2-1, of shares."""
    low = linear * 12.92
    return np.where(linear <= 0.0031308, low, 1.055 * linear.clip(0.0031308) ** (1 / 2.4) - 0.055)


def adobe_to_srgb(codes: NDArray[np.uint8]) -> Levels:
    linear = (codes / 255) ** ADOBE_GAMMA @ ADOBE.T @ np.linalg.inv(SRGB).T
    return srgb_encoded(linear.clip(0, 1)) * 255


ADOBE_PROFILE = rgb_profile(ADOBE, ADOBE_GAMMA)
CARRIERS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("PNG", {}),
    "TIFF": ("TIFF", {}),
    "WebP": ("WEBP", {"lossless": True}),
    "JPEG": ("JPEG", {"quality": 100, "subsampling": 0}),
    "AVIF": ("AVIF", {"quality": 100, "subsampling": "4:4:4"}),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_adobe_rgb_becomes_srgb(carrier: str) -> None:
    form, options = CARRIERS[carrier]
    blocks = np.kron(PATCHES, np.ones((8, 8, 1), np.uint8))
    reading = read(saved(Image.fromarray(blocks), form, icc_profile=ADOBE_PROFILE, **options))
    stored = read(saved(Image.fromarray(blocks), form, **options)).codes[4::8, 4::8]
    expected = adobe_to_srgb(stored)
    np.testing.assert_allclose(reading.codes[4::8, 4::8], expected, atol=2)
    assert np.abs(reading.codes[4::8, 4::8] - stored.astype(int)).max() > 40
    assert reading.notes == CONVERTED


@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_and_16_bits_follow_their_profile_too(bits: int) -> None:
    if bits == 8:
        image = Image.new("P", (3, 1))
        image.putpalette(PATCHES[0, :3].tobytes())
        image.putdata([0, 1, 2])
        data = saved(image, "PNG", icc_profile=ADOBE_PROFILE)
    else:
        rows = b"\0" + (PATCHES[0, :3].astype(">u2") * 257).tobytes()
        profile = chunk(b"iCCP", b"a\0\0" + zlib.compress(ADOBE_PROFILE))
        data = png((3, 1), 16, 2, rows, profile)
    np.testing.assert_allclose(read(data).codes, adobe_to_srgb(PATCHES[:1, :3]), atol=2)


def test_a_profile_of_srgb_leaves_every_code_as_it_is() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form, options in (CARRIERS["PNG"], CARRIERS["TIFF"], CARRIERS["WebP"]):
        reading = read(saved(Image.fromarray(PATCHES), form, icc_profile=own, **options))
        assert np.array_equal(reading.codes, PATCHES)
        assert reading.notes == ()


def test_grey_follows_a_profile_of_its_own_or_one_for_colours() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]
    linear = icc(b"GRAY", (b"kTRC", curve(1.0)))
    expected = srgb_encoded(ramp / 255) * 255
    for profile in (linear, rgb_profile(SRGB, 1.0)):
        reading = read(saved(Image.fromarray(ramp), "PNG", icc_profile=profile))
        np.testing.assert_allclose(reading.codes[..., 1], expected, atol=2)
        assert np.ptp(reading.codes.astype(int), axis=2).max() <= 1
        assert reading.notes == CONVERTED


def test_white_stays_white_under_transparency() -> None:
    clear = np.dstack([PATCHES, np.zeros((8, 9), np.uint8)])
    assert read(saved(Image.fromarray(clear), "PNG", icc_profile=ADOBE_PROFILE)).codes.min() == 255


@pytest.mark.parametrize(
    "damage",
    [lambda p: p[:100], lambda p: b"\0" * 300, lambda p: p[:16] + b"CMYK" + p[20:]],
    ids=["cut", "zeros", "of another space"],
)
def test_a_profile_that_cannot_be_used_is_left_out_and_it_is_said(
    damage: Callable[[bytes], bytes],
) -> None:
    reading = read(saved(Image.fromarray(PATCHES), "PNG", icc_profile=damage(ADOBE_PROFILE)))
    assert np.array_equal(reading.codes, PATCHES)
    assert reading.notes == ("The colour profile in the file cannot be used and is left out.",)


@pytest.mark.parametrize("gamma", [1.0, 0.55, 1 / 1.8, 0.3])
@pytest.mark.parametrize(("depth", "colour"), [(8, 2), (8, 0), (16, 0), (16, 2)])
def test_the_gamma_of_a_png_is_followed(gamma: float, depth: int, colour: int) -> None:
    top = 2**depth - 1
    numbers = np.linspace(0, top, 60).astype(np.uint16).reshape(1, 20, 3)
    numbers = numbers if colour == 2 else numbers[..., :1]
    stored = numbers.astype(">u2" if depth == 16 else np.uint8)
    chunk_of_gamma = chunk(b"gAMA", struct.pack(">I", round(gamma * 1e5)))
    reading = read(png((20, 1), depth, colour, b"\0" + stored.tobytes(), chunk_of_gamma))
    expected = np.broadcast_to((numbers / top) ** (1 / (2.2 * gamma)) * 255, (1, 20, 3))
    np.testing.assert_allclose(reading.codes, expected, atol=0.51)


@pytest.mark.parametrize("gamma", [45455, 45000, 46000])
def test_the_gamma_of_a_screen_changes_nothing(gamma: int) -> None:
    data = saved(Image.fromarray(PATCHES), "PNG")
    with_gamma = data[:33] + chunk(b"gAMA", struct.pack(">I", gamma)) + data[33:]
    reading = read(with_gamma)
    assert np.array_equal(reading.codes, PATCHES)
    assert reading.notes == ()


def test_a_gamma_gives_way_to_a_profile_and_to_srgb() -> None:
    gamma = chunk(b"gAMA", struct.pack(">I", 100_000))
    data = saved(Image.fromarray(PATCHES), "PNG")
    declared = data[:33] + gamma + chunk(b"sRGB", b"\0") + data[33:]
    assert np.array_equal(read(declared).codes, PATCHES)
    profiled = saved(Image.fromarray(PATCHES), "PNG", icc_profile=ADOBE_PROFILE)
    with_gamma = profiled[:33] + gamma + profiled[33:]
    assert np.array_equal(read(with_gamma).codes, read(profiled).codes)


def test_cmyk_and_lab_without_a_profile_go_pillows_way() -> None:
    inks = Image.frombytes("CMYK", (9, 8), np.dstack([PATCHES, PATCHES[..., :1]]).tobytes())
    lab = Image.frombytes("LAB", (9, 8), PATCHES.tobytes())
    for image in (inks, lab):
        codes = read(saved(image, "TIFF")).codes
        np.testing.assert_allclose(codes, np.asarray(image.convert("RGB")), atol=1)


def test_cmyk_follows_its_profile() -> None:
    """Of a profile whose table has two levels an ink: paper is white, all inks together black."""
    corners = [100 * (1 - max(inks)) for inks in np.ndindex(2, 2, 2, 2)]
    data = saved(Image.new("CMYK", (2, 1)), "TIFF", icc_profile=cmyk_profile(corners))
    assert read(data).codes.tolist() == [[[255] * 3] * 2]
    full = saved(
        Image.new("CMYK", (1, 1), (0, 255, 0, 0)), "TIFF", icc_profile=cmyk_profile(corners)
    )
    assert max(read(full).codes[0, 0]) <= 1  # where Pillow alone would say magenta
    assert read(full).notes == CONVERTED


def cmyk_profile(corners: list[int]) -> bytes:
    """The lightness at all corners of the inks, as a table of 8 bits (ICC.1:2001-04, 6.5.8)."""
    identity = bytes(range(256))
    lab = b"".join(bytes((round(light * 2.55), 128, 128)) for light in corners)
    matrix = struct.pack(">9i", *(65536 * one for one in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + matrix + identity * 4 + lab + identity * 3
    profile = icc(b"CMYK", *((name, table) for name in (b"A2B0", b"A2B1")))
    return profile[:12] + b"prtr" + profile[16:20] + b"Lab " + profile[24:]
