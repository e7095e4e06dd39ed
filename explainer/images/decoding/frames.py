"""The first frame of a file: by Pillow, or by another where Pillow needs more or keeps less."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from explainer.images.decoding.colours import from_pillow, gamma_exponent
from explainer.images.decoding.formats import Format
from explainer.images.decoding.limits import LIMITS
from explainer.images.decoding.numbers import Place, Samples, strips
from explainer.images.decoding.orientation import orientation_of
from explainer.images.decoding.raster import OVER_WHITE, Found, Raster, raster_of
from explainer.images.decoding.refusals import NO_HEIC, checked_size, damaged
from explainer.images.decoding.tiff import read_numbers
from explainer.images.picture import PictureError
from explainer.words import N_

SEVERAL = N_("This file holds several pictures; the first is used.")
_DEPTH, _COLOUR_TYPE = 24, 25  # where a PNG says them
_RUN_LENGTHS = (1, 2)  # of 8 and of 4 bits, in a BMP
_WIDE = (b"\x10\x02", b"\x10\x04", b"\x10\x06")  # colours, grey with alpha, colours with alpha
_OPENCV_BYTES = 24  # a pixel, while OpenCV decodes a PNG of four samples of 16 bits

Reader = Callable[[bytes, Format, int | None], Found]


def read_frame(data: bytes, form: Format, longest: int | None) -> Found:
    """The first frame of ``data`` and how it lies in the file.

    A JPEG far larger than ``longest`` is reduced in its decoder.
    """
    return _READERS.get(form.pillow, _read_pillow)(data, form, longest)


def _read_pillow(data: bytes, form: Format, longest: int | None) -> Found:
    _verify(data, form)
    with _opened(data, form) as image:
        size, notes = checked_size(*image.size), _notes(image)
        if longest is not None:
            image.draft(None, _reduced(*size, longest))
        image.load()
    return _found(image, size, notes)


def _found(image: Image.Image, size: tuple[int, int], notes: tuple[str, ...]) -> Found:
    """What Pillow has loaded; its orientation can be asked for only now."""
    raster = from_pillow(image)
    return Found(replace(raster, notes=notes + raster.notes), size, orientation_of(image))


def _opened(data: bytes, form: Format) -> ImageFile.ImageFile:
    return Image.open(BytesIO(data), formats=(form.pillow,))


def _verify(data: bytes, form: Format) -> None:
    """Check the size, and the checksums of a PNG; an image so checked cannot be loaded."""
    with _opened(data, form) as image:
        checked_size(*image.size)
        image.verify()


def _notes(image: Image.Image) -> tuple[str, ...]:
    return (SEVERAL,) if getattr(image, "is_animated", False) else ()


def _reduced(width: int, height: int, longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _read_gif(data: bytes, form: Format, longest: int | None) -> Found:
    """Where its first frame does not reach, a GIF shows what is behind it, whatever Pillow says."""
    with _opened(data, form) as image:
        extents = image.tile[0].extents if image.tile else None
    found = _read_pillow(data, form, longest)
    if extents is None or extents == (0, 0, *found.size):
        return found
    left, top, right, bottom = extents
    codes = np.full_like(found.raster.codes, 255)
    codes[top:bottom, left:right] = found.raster.codes[top:bottom, left:right]
    notes = tuple(dict.fromkeys((*found.raster.notes, OVER_WHITE)))
    return replace(found, raster=replace(found.raster, codes=codes, notes=notes))


def _read_heic(data: bytes, form: Format, longest: int | None) -> Found:
    """A HEIC, where pillow-heif is installed; it turns the picture upright itself."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise PictureError(NO_HEIC) from error
    register_heif_opener(thumbnails=False, decode_threads=1)
    return _read_pillow(data, form, longest)


def _read_tiff(data: bytes, form: Format, longest: int | None) -> Found:
    return read_numbers(data, form) or _read_pillow(data, form, longest)


def _read_webp(data: bytes, form: Format, longest: int | None) -> Found:
    """A WebP with OpenCV, which reads the first frame of an animation too.

    Pillow takes every WebP for an animation and holds four pictures at once,
    800 MB for 50 megapixels; this way it is two.
    """
    with _opened(data, form) as image:
        size, notes, info = checked_size(*image.size), _notes(image), image.info
    del image  # its decoder holds two pictures
    codes = _by_opencv(data, form)
    order = cv2.COLOR_BGRA2RGBA if codes.shape[2] == 4 else cv2.COLOR_BGR2RGB
    decoded = Image.fromarray(np.asarray(cv2.cvtColor(codes, order, codes)))
    decoded.info.update(info)
    return _found(decoded, size, notes)


def _read_bmp(data: bytes, form: Format, longest: int | None) -> Found:
    """A BMP; run lengths are read by OpenCV, fifty times as fast as by Pillow."""
    with _opened(data, form) as image:
        size, coded = checked_size(*image.size), image.info["compression"] in _RUN_LENGTHS
    if not coded:
        return _read_pillow(data, form, longest)
    codes = np.asarray(_by_opencv(data, form, cv2.IMREAD_COLOR_RGB), np.uint8)
    return Found(Raster(codes, "RGB"), size)


def _read_png(data: bytes, form: Format, longest: int | None) -> Found:
    """A PNG; of colours in 16 bits Pillow keeps the upper half of each sample, OpenCV all."""
    if data[_DEPTH : _COLOUR_TYPE + 1] not in _WIDE:
        return _read_pillow(data, form, longest)
    _verify(data, form)
    with _opened(data, form) as image:
        size, several, exponent = checked_size(*image.size), _notes(image), gamma_exponent(image)
        profile = image.info.get("icc_profile")
        orientation = orientation_of(image) if "exif" in image.info else 1
    if several or _OPENCV_BYTES * size[0] * size[1] > LIMITS.memory_bytes:
        return _read_pillow(data, form, longest)
    values = _by_opencv(data, form)
    samples = Samples(lambda: _rows(values), values.shape, values.dtype, 3, exponent=exponent)
    return Found(raster_of(samples, profile=profile), size, orientation)


def _rows(values: NDArray[Any]) -> Iterator[tuple[Place, NDArray[Any]]]:
    """An array of OpenCV's, blue in front, as blocks of red, green, blue and alpha."""
    height, width, count = values.shape
    for rows in strips(height, width):
        place = (rows, slice(0, width), slice(0, count))
        yield place, values[rows][..., [2, 1, 0, 3][:count]]


def _by_opencv(data: bytes, form: Format, how: int = cv2.IMREAD_UNCHANGED) -> NDArray[Any]:
    values = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if values is None:
        raise damaged(form)
    return values


_READERS: Mapping[str, Reader] = {
    "BMP": _read_bmp,
    "GIF": _read_gif,
    "HEIF": _read_heic,
    "PNG": _read_png,
    "TIFF": _read_tiff,
    "WEBP": _read_webp,
}
