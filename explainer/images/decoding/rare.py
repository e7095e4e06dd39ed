"""What is rare about a file that could not be decoded: by its header, so that it can be said.

A kind is named only where the header is sound and asks for what no decoder here offers.
"""

import struct
from io import BytesIO

from tifffile import TiffFile

from explainer.images.decoding.formats import Format
from explainer.words import later

_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_BMP_BITS = (1, 4, 8, 16, 24, 32)
_BMP_COMPRESSIONS = {
    3: later("bit fields"),
    4: later("JPEG inside"),
    5: later("PNG inside"),
    6: later("bit fields"),
}
_TIFF_COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946)
_TIFF_BITS = {1, 2, 4, 8, 16, 32, 64}
_TIFF_SAMPLES = (1, 2, 3)  # unsigned, signed, floating point


def rare_kind(data: bytes, form: Format) -> str | None:
    """Words such as "2 bits a pixel"; ``None`` where the file asks for nothing rare."""
    try:
        return _KINDS[form.pillow](data) if form.pillow in _KINDS else None
    except Exception:  # a header beyond reading: the file is damaged, and that is said
        return None


def _bmp_kind(data: bytes) -> str | None:
    (size,) = struct.unpack_from("<I", data, 14)
    if size not in _BMP_HEADERS:
        return later("a header of {size} bytes", size=size) if 12 < size < 200 else None
    if size == 12:
        bits, compression = struct.unpack_from("<H", data, 24)[0], 0
    else:
        bits, compression = struct.unpack_from("<HI", data, 28)
    if compression > 2:
        return _BMP_COMPRESSIONS.get(compression)
    if bits in _BMP_BITS or not 0 < bits <= 64:
        return None
    return later("{bits} bits a pixel", bits=bits)


def _jpeg_kind(data: bytes) -> str | None:
    """Walk over the segments to the start of the frame, which says how it is coded."""
    place = 2
    while data[place] == 0xFF:
        marker, length = struct.unpack_from(">xBH", data, place)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _frame_kind(marker, precision=data[place + 4])
        place += 2 + length
    return None


def _frame_kind(marker: int, *, precision: int) -> str | None:
    """ITU-T T.81, table B.1: the low two bits say the process, the next hierarchy and coding."""
    if marker & 3 == 3:
        return later("lossless")
    if marker & 4:
        return later("hierarchical")
    if precision != 8:
        return later("{bits} bits a sample", bits=precision) if precision <= 16 else None
    return later("arithmetic coding") if marker & 8 else None


def _tiff_kind(data: bytes) -> str | None:
    with TiffFile(BytesIO(data)) as file:
        page = file.pages.first
        if page.compression not in _TIFF_COMPRESSIONS:
            name = getattr(page.compression, "name", later("unknown"))
            return later("{name} compression", name=name)
        if page.sampleformat not in _TIFF_SAMPLES:
            return later("complex numbers")
        bits = page.bitspersample
        depths = {bits} if isinstance(bits, int) else set(bits)
        if depths <= _TIFF_BITS:
            return None
        first, *others = map(str, sorted(depths))
        for other in others:
            first = later("{these} and {this}", these=first, this=other)
        return later("{bits} bits a sample", bits=first)


_KINDS = {"BMP": _bmp_kind, "JPEG": _jpeg_kind, "TIFF": _tiff_kind}
