"""TIFF pictures whose samples Pillow would read wrong or not at all: more than 8 bits, signed,
floating point, planes apart.

tifffile reads them strip by strip; where it has no decoder (LZW, the floating-point predictor),
OpenCV reads what it reads right. What is left is refused by its kind.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tifffile import TiffFile, TiffPage

from explainer.images.decoding.formats import Format
from explainer.images.decoding.numbers import Place, Samples, strips
from explainer.images.decoding.orientation import checked_orientation
from explainer.images.decoding.raster import Found, raster_of
from explainer.images.decoding.refusals import UnsupportedKindError, checked_size, damaged
from explainer.words import later

_BY_TIFFFILE = (1, 8, 32946, 32773)  # none, Deflate twice, PackBits
_LZW = 5
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_PREMULTIPLIED, _STRAIGHT = 1, 2
_ORIENTATION, _LARGEST, _PROFILE = 274, 281, 34675
_SEPARATE = 2
_FLOATING_PREDICTOR = 3
_LOW_BIT_FIRST = 2


def read_numbers(data: bytes, form: Format) -> Found | None:
    """Such a picture; ``None`` for every other TIFF.

    Raises :class:`UnsupportedKindError` for a kind that nothing here decodes.
    """
    page = _page(data)
    if page is None:
        return None
    size = checked_size(page.imagewidth, page.imagelength)
    ends = zip(page.dataoffsets, page.databytecounts, strict=True)
    if any(start + length > len(data) for start, length in ends):
        raise damaged(form)
    raster = raster_of(
        _samples(page, data, form),
        profile=page.tags.valueof(_PROFILE),
        white_is_zero=page.photometric == _WHITE_IS_ZERO,
        premultiplied=_alpha(page) == _PREMULTIPLIED,
    )
    return Found(raster, size, checked_orientation(page.tags.valueof(_ORIENTATION)))


def _page(data: bytes) -> TiffPage | None:
    """The first picture, where it holds such numbers."""
    try:
        page = TiffFile(BytesIO(data)).pages.first
        return page if isinstance(page, TiffPage) and _holds_numbers(page) else None
    except Exception:  # no sound TIFF: Pillow has the last word
        return None


def _holds_numbers(page: TiffPage) -> bool:
    """Whether it is grey or RGB of whole bytes, and not what Pillow is at home with."""
    if page.photometric not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB):
        return False
    if page.bitspersample not in (8, 16, 32, 64) or page.sampleformat not in (1, 2, 3):
        return False
    apart = page.planarconfig == _SEPARATE and page.samplesperpixel > 1
    backwards = page.fillorder == _LOW_BIT_FIRST
    return page.bitspersample > 8 or page.sampleformat != 1 or apart or backwards


def _colours(page: TiffPage) -> int:
    return 3 if page.photometric == _RGB else 1


def _alpha(page: TiffPage) -> int | None:
    """Which kind of alpha follows the colours: an unspecified sample is none."""
    first = int(page.extrasamples[0]) if page.extrasamples else 0
    return first if first in (_PREMULTIPLIED, _STRAIGHT) else None


def _samples(page: TiffPage, data: bytes, form: Format) -> Samples:
    wanted = _colours(page) + (_alpha(page) is not None)
    dtype = page.dtype
    if dtype is None or page.samplesperpixel < wanted:
        raise UnsupportedKindError(
            form.name, later("{count} samples a pixel", count=page.samplesperpixel)
        )
    kept: Callable[[], Iterator[tuple[Place, NDArray[Any]]]]
    if page.compression in _BY_TIFFFILE and page.predictor != _FLOATING_PREDICTOR:
        kept = lambda: _segments(page, wanted)  # noqa: E731
    else:
        whole = _by_opencv(page, data, form)
        kept = lambda: _rows(whole, wanted)  # noqa: E731
    shape = (page.imagelength, page.imagewidth, wanted)
    return Samples(kept, shape, dtype, _colours(page), top=_largest(page, dtype))


def _largest(page: TiffPage, dtype: np.dtype[Any]) -> float | None:
    """What the file says its largest value is, where that is less than its type can hold."""
    top = page.tags.valueof(_LARGEST)
    says = dtype == np.uint16 and isinstance(top, int) and 0 < top < np.iinfo(dtype).max
    return top if says else None


def _segments(page: TiffPage, wanted: int) -> Iterator[tuple[Place, NDArray[Any]]]:
    """The strips or tiles of the first layer, a megapixel of rows at a time."""
    for values, (plane, layer, top, left, _), _ in page.segments(maxworkers=1):
        if values is None or layer > 0 or plane >= wanted:
            continue
        inside = values[0, : page.imagelength - top, : page.imagewidth - left, :wanted]
        height, width, channels = inside.shape
        across, deep = slice(left, left + width), slice(plane, plane + channels)
        for rows in strips(height, width):
            yield (slice(top + rows.start, top + rows.stop), across, deep), inside[rows]


def _rows(values: NDArray[Any], wanted: int) -> Iterator[tuple[Place, NDArray[Any]]]:
    """The rows of an array in OpenCV's order of samples, blue in front."""
    height, width, count = values.shape
    order = [2, 1, 0, 3] if count > 2 else [0, 1]
    for rows in strips(height, width):
        yield (rows, slice(0, width), slice(0, wanted)), values[rows][..., order[:wanted]]


def _by_opencv(page: TiffPage, data: bytes, form: Format) -> NDArray[Any]:
    """The whole array (H, W, C); OpenCV reads chunky samples of most types."""
    values = None
    if page.planarconfig != _SEPARATE and page.compression in (_LZW, *_BY_TIFFFILE):
        values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != page.dtype or values.size != page.size:
        raise UnsupportedKindError(form.name, _words(page))
    return values.reshape(page.imagelength, page.imagewidth, -1)


def _words(page: TiffPage) -> str:
    kinds = {1: later("unsigned"), 2: later("signed"), 3: later("floating-point")}
    words = later(
        "{bits}-bit {kind} samples with {name} compression",
        bits=page.bitspersample,
        kind=kinds[int(page.sampleformat)],
        name=getattr(page.compression, "name", later("unknown")),
    )
    apart = page.planarconfig == _SEPARATE
    return later("{samples}, planes apart", samples=words) if apart else words
