"""The lines of the scripts and the reader of the pages give the same codes, kind by kind."""

import sys
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from explainer.images.decoding.reader import read
from explainer.images.script import READ_PICTURE
from tests.images.decoding.test_decode import PHOTO, STORED, png, saved
from tests.images.decoding.test_profiles import ADOBE_PROFILE, curve, icc

GLASS = np.dstack([PHOTO, np.arange(PHOTO.size // 3).reshape(PHOTO.shape[:2]) % 256]).astype("u1")
WIDE = np.random.default_rng(8).integers(0, 65536, (16, 16, 3)).astype(np.uint16)


def of(pixels: Any, form: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    return saved(image, form, **options)


def turned(form: str, orientation: int) -> bytes:
    turn, exif = STORED[orientation], Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(PHOTO)
    return of(image if turn is None else image.transpose(turn), form, exif=exif, lossless=True)


def wide(colour: int) -> bytes:
    values = WIDE if colour == 2 else WIDE[..., :1]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png((16, 16), 16, colour, rows)


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: of(PHOTO, "JPEG"),
    "transparent PNG": lambda: of(GLASS, "PNG"),
    "transparent WebP": lambda: of(GLASS, "WEBP", lossless=True),
    "transparent TIFF": lambda: of(GLASS, "TIFF"),
    "transparent AVIF": lambda: of(GLASS, "AVIF"),
    "grey with alpha": lambda: of(Image.fromarray(GLASS).convert("LA"), "PNG"),
    "transparent colour": lambda: of(PHOTO, "PNG", transparency=tuple(PHOTO[0, 0].tolist())),
    "palette": lambda: of(Image.fromarray(PHOTO).convert("P"), "PNG"),
    "transparent palette": lambda: of(
        Image.fromarray(PHOTO).convert("P"), "PNG", transparency=bytes(range(256))
    ),
    "transparent GIF": lambda: of(Image.fromarray(PHOTO).convert("P"), "GIF", transparency=3),
    "one bit": lambda: of(Image.fromarray(PHOTO).convert("1"), "PNG"),
    "16 bits of grey": lambda: wide(0),
    "16 bits of colour": lambda: wide(2),
    "16 bits in a TIFF": lambda: of(WIDE[..., 0], "TIFF"),
    "CMYK JPEG": lambda: of(Image.fromarray(PHOTO).convert("CMYK"), "JPEG"),
    "CMYK TIFF": lambda: of(Image.fromarray(PHOTO).convert("CMYK"), "TIFF"),
    "BMP": lambda: of(PHOTO, "BMP"),
    "profile": lambda: of(PHOTO, "PNG", icc_profile=ADOBE_PROFILE),
    "profile in a JPEG": lambda: of(PHOTO, "JPEG", icc_profile=ADOBE_PROFILE),
    "profile and alpha": lambda: of(GLASS, "PNG", icc_profile=ADOBE_PROFILE),
    "profile of grey": lambda: of(
        PHOTO[..., 0], "PNG", icc_profile=icc(b"GRAY", (b"kTRC", curve(1.8)))
    ),
    "profile of sRGB": lambda: of(
        PHOTO,
        "PNG",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ),
    "torn profile": lambda: of(PHOTO, "PNG", icc_profile=ADOBE_PROFILE[:99]),
    **{
        f"{form} turned {n}": lambda form=form, n=n: turned(form, n)  # type: ignore[misc]
        for form in ("JPEG", "PNG", "TIFF", "WEBP")
        for n in STORED
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_script_and_page_read_the_same(kind: str, tmp_path: Path) -> None:
    data = KINDS[kind]()
    (tmp_path / "picture").write_bytes(data)
    names: dict[str, Any] = {
        "BytesIO": BytesIO, "Image": Image, "ImageCms": ImageCms, "ImageOps": ImageOps, "np": np,
        "suppress": suppress, "sys": sys,
    }  # fmt: skip
    exec(READ_PICTURE, names)
    codes = names["read_picture"](tmp_path / "picture")
    expected = read(data).codes
    assert codes.shape == expected.shape
    tolerance = 3 if "profile" in kind else 1
    np.testing.assert_allclose(codes.astype(int), expected, atol=tolerance)
