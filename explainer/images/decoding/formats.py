"""What a file is by its first bytes: a format that is read here, or a known one that is not."""

import re
from dataclasses import dataclass
from typing import Literal, TypeVar

from explainer.words import N_, later

_HEAD_BYTES = 1024


@dataclass(frozen=True)
class Format:
    """A picture format that is read here.

    Its name on screen, Pillow's name, its first bytes, and how names of such files end.
    """

    name: str
    pillow: Literal["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF", "AVIF"]
    mark: bytes
    suffixes: tuple[str, ...]


@dataclass(frozen=True)
class Stranger:
    """A kind of file that is not read here: what to call it, and its first bytes."""

    phrase: str
    mark: bytes


# An ISO container names its brand, and those it is compatible with, behind "ftyp".
FORMATS = (
    Format("PNG", "PNG", rb"\x89PNG\r\n\x1a\n", (".png", ".apng")),
    Format("JPEG", "JPEG", rb"\xff\xd8\xff", (".jpg", ".jpeg", ".jpe", ".jfif")),
    Format("WebP", "WEBP", rb"RIFF.{4}WEBP", (".webp",)),
    Format("BMP", "BMP", rb"BM", (".bmp", ".dib")),
    Format("GIF", "GIF", rb"GIF8[79]a", (".gif",)),
    Format("AVIF", "AVIF", rb".{4}ftyp(avif|avis)", (".avif", ".avifs")),
    Format("HEIC", "HEIF", rb".{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", (".heic", ".heif", ".hif")),
    Format("TIFF", "TIFF", rb"(II[*+]\x00(?!\x10\x00\x00\x00CR)|MM\x00[*+])", (".tif", ".tiff")),
)
SUFFIXES = tuple(sorted(suffix for form in FORMATS for suffix in form.suffixes))
NAMES = later("PNG, JPEG, WebP, BMP, GIF, TIFF, HEIC or AVIF")
STRANGERS = (
    Stranger(N_("an SVG drawing"), rb"\s*(<\?xml.*|<!--.*|<!DOCTYPE svg.*)?<svg[\s>]"),
    Stranger(N_("a web page"), rb"\s*<(!doctype html|html)"),
    Stranger(N_("a PDF document"), rb"%PDF"),
    Stranger(N_("a JPEG 2000 picture"), rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"),
    Stranger(N_("a JPEG XL picture"), rb"\x00\x00\x00\x0cJXL |\xff\x0a"),
    Stranger(N_("a Photoshop file"), rb"8BPS"),
    Stranger(N_("an icon"), rb"\x00\x00[\x01\x02]\x00[^\x00]"),
    Stranger(N_("a PPM, PGM or PBM picture"), rb"P[1-7]\s"),
    Stranger(N_("an OpenEXR picture"), rb"v/1\x01"),
    Stranger(N_("a Radiance picture"), rb"#\?(RADIANCE|RGBE)"),
    Stranger(N_("a DICOM picture"), rb".{128}DICM"),
    Stranger(
        N_("a camera's raw file"),
        rb"II\*\x00\x10\x00\x00\x00CR|II\x1a\x00|FUJIFILMCCD|IIR[OS]|IIU\x00|.{4}ftypcrx ",
    ),
    Stranger(N_("a video"), rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI "),
    Stranger(N_("a zip archive"), rb"PK\x03\x04"),
)

Kind = TypeVar("Kind", Format, Stranger)


def format_of(data: bytes) -> Format | None:
    """The format of ``data`` that is read here, by its first bytes."""
    return _first(FORMATS, data)


def stranger_of(data: bytes) -> Stranger | None:
    """The known kind of file that ``data`` is, where it is none that is read here."""
    return _first(STRANGERS, data)


def _first(kinds: tuple[Kind, ...], data: bytes) -> Kind | None:
    head = data[:_HEAD_BYTES]
    return next((kind for kind in kinds if re.match(kind.mark, head, re.DOTALL | re.I)), None)
