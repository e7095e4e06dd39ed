"""Colour spaces to sRGB, which is what every page works in and every screen takes.

An ICC profile is followed with LittleCMS, relative colorimetric with black point compensation.
Without one the numbers are taken as sRGB; CMYK and LAB go Pillow's own way. Where transparency
was laid over white before, its blends were made in the space of the file.
"""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image, ImageCms

from explainer.images.decoding.numbers import strips
from explainer.images.decoding.raster import Codes, Raster
from explainer.words import N_

CONVERTED = N_("Its colours are converted to sRGB by the colour profile in the file.")
NO_PROFILE = N_("The colour profile in the file cannot be used and is left out.")
GAMMA = N_("Its brightness is converted to that of sRGB by the gamma in the file.")
_SPACES = {"L": ("GRAY", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",), "LAB": ("Lab",)}
_SAME = 2
"""Levels by which a profile may differ from sRGB and still be taken for it."""


def to_srgb(raster: Raster) -> tuple[Codes, tuple[str, ...]]:
    """Codes (H, W, 3) of ``raster`` in sRGB, and a note where that took a profile or a gamma."""
    if raster.profile is None:
        return _plain(raster), (GAMMA,) if raster.exponent != 1 else ()
    try:
        transform, mode = _transform(raster)
        if _changes_nothing(transform, mode):
            return _plain(raster), ()
        return _followed(raster.codes, mode, transform), (CONVERTED,)
    except (ImageCms.PyCMSError, OSError, ValueError):  # a torn profile, or one of another space
        return _plain(raster), (NO_PROFILE,)


def _plain(raster: Raster) -> Codes:
    if raster.mode in {"CMYK", "LAB"}:
        return _converted(raster)
    codes = raster.codes
    if raster.exponent != 1:
        shares = np.linspace(0, 1, 256) ** raster.exponent
        table = np.rint(shares * 255).astype(np.uint8)
        codes = np.asarray(cv2.LUT(codes, table), np.uint8).reshape(codes.shape)
    return codes if codes.shape[2] == 3 else np.repeat(codes, 3, axis=2)


def _converted(raster: Raster) -> Codes:
    result = np.empty((*raster.codes.shape[:2], 3), np.uint8)
    for rows in strips(*result.shape[:2]):
        result[rows] = np.asarray(_image(raster.codes[rows], raster.mode).convert("RGB"))
    return result


def _transform(raster: Raster) -> tuple[ImageCms.ImageCmsTransform, str]:
    """The way to sRGB, and the mode of what goes in: grey may have a profile for RGB."""
    profile = ImageCms.ImageCmsProfile(BytesIO(raster.profile or b""))
    space = profile.profile.xcolor_space.strip()
    if space not in _SPACES[raster.mode]:
        raise ValueError(f"a profile for {space} on {raster.mode}")
    mode = "RGB" if space == "RGB" else raster.mode
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    if raster.mode == "L":  # 256 levels are followed exactly, without littleCMS's own table
        flags |= ImageCms.Flags.NOOPTIMIZE
    srgb = ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    return ImageCms.buildTransform(profile, srgb, mode, "RGB", intent, flags), mode


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether colours from all over the space stay what they are, but for rounding."""
    if mode not in {"L", "RGB"}:
        return False
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    axes = np.meshgrid(*[levels] * len(mode), indexing="ij")
    probe = np.stack(axes, axis=-1).reshape(1, -1, len(mode))
    change = _followed(probe, mode, transform).astype(int) - probe
    return int(np.abs(change).max()) <= _SAME


def _followed(codes: Codes, mode: str, transform: ImageCms.ImageCmsTransform) -> Codes:
    if codes.shape[2] == 1:
        ramp = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)
        levels = np.repeat(ramp, len(mode), axis=2)
        table: Codes = np.asarray(transform.apply(_image(levels, mode)))[0]
        return table[codes[..., 0]]
    result = np.empty((*codes.shape[:2], 3), np.uint8)
    for rows in strips(*codes.shape[:2]):
        result[rows] = np.asarray(transform.apply(_image(codes[rows], mode)))
    return result


def _image(codes: Codes, mode: str) -> Image.Image:
    height, width = codes.shape[:2]
    return Image.frombuffer(mode, (width, height), np.ascontiguousarray(codes), "raw", mode, 0, 1)
