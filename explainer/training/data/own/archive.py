"""A zip that somebody uploads: hostile bytes in, the bytes of its files out.

Nothing is written to disk, and nothing that the zip says of itself is believed: sizes are measured
while its files are read.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from explainer.training.data.data_set import DataError
from explainer.training.data.own.limits import OWN_LIMITS, megabytes
from explainer.training.data.own.names import Parts, checked, is_skipped, nested, printable
from explainer.words import later

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENTRY_SIGNATURE = b"PK\x01\x02"  # of one entry in the central directory
SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7z")
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
CHUNK = 64 * 1024


@dataclass(frozen=True)
class ZippedFile:
    """One file of a zip: the parts of its path, and how the zip knows it."""

    parts: Parts
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """Its path, for a sentence."""
        return "/".join(self.parts)


class Archive:
    """The files of a zip in memory, its directory checked; raises :class:`DataError` otherwise."""

    def __init__(self, data: bytes) -> None:
        if len(data) > OWN_LIMITS.zip_bytes:
            raise DataError(
                later(
                    "This zip has {size}; the limit is {limit}.",
                    size=megabytes(len(data)),
                    limit=megabytes(OWN_LIMITS.zip_bytes),
                )
            )
        # Before zipfile makes an object of each: a false positive is one in four thousand million.
        _check_count(data.count(ENTRY_SIGNATURE), slack=OWN_LIMITS.entries)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise DataError(
                later("This file is not a zip, or it is damaged or cut short.")
            ) from error
        self._packed = len(data)
        self._unpacked = 0
        _check_count(len(self._zip.infolist()))
        self.entries, self.skipped = _checked_entries(self._zip.infolist())

    def contents(self) -> Iterator[bytes]:
        """The bytes of each entry in turn, measured. Raises :class:`DataError` naming the file."""
        for entry in self.entries:
            try:
                data = self._read(entry)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                OSError,
                NotImplementedError,
            ) as error:
                raise DataError(
                    later("“{name}” is damaged inside the zip.", name=entry.name)
                ) from error
            if data.startswith(SIGNATURES):
                raise DataError(nested(entry.name))
            yield data

    def _read(self, entry: ZippedFile) -> bytes:
        pieces: list[bytes] = []
        size = 0
        with self._zip.open(entry.info) as file:
            while piece := file.read(CHUNK):
                size += len(piece)
                self._unpacked += len(piece)
                self._check_size(entry, size)
                pieces.append(piece)
        return b"".join(pieces)

    def _check_size(self, entry: ZippedFile, size: int) -> None:
        bounds = OWN_LIMITS
        if size > bounds.picture_bytes:
            limit = megabytes(bounds.picture_bytes)
            raise DataError(
                later(
                    "“{name}” has more than {limit}, the limit for one picture.",
                    name=entry.name,
                    limit=limit,
                )
            )
        if self._unpacked > bounds.unpacked_bytes:
            raise DataError(
                later(
                    "This zip unpacks to more than {limit}, the limit.",
                    limit=megabytes(bounds.unpacked_bytes),
                )
            )
        if self._unpacked > max(bounds.ratio_bytes, bounds.ratio * self._packed):
            raise DataError(
                later(
                    "This zip unpacks to more than {ratio} times its {bytes} bytes, the limit; "
                    "pictures do not.",
                    ratio=bounds.ratio,
                    bytes=f"{self._packed:,}",
                )
            )


def _check_count(count: int, *, slack: int = 0) -> None:
    if count > OWN_LIMITS.entries + slack:
        raise DataError(
            later(
                "This zip has {count} entries; the limit is {limit}.",
                count=f"{count:,}",
                limit=f"{OWN_LIMITS.entries:,}",
            )
        )


def _checked_entries(
    infos: list[zipfile.ZipInfo],
) -> tuple[tuple[ZippedFile, ...], tuple[Parts, ...]]:
    """The pictures among `infos` by their paths, sorted, and what is skipped, which is not read."""
    entries: dict[Parts, ZippedFile] = {}
    skipped: list[Parts] = []
    for info in infos:
        parts = checked(info.orig_filename)
        if info.orig_filename.endswith(("/", "\\")):
            continue
        if is_skipped(parts):
            skipped.append(parts)
            continue
        entry = ZippedFile(parts, info)
        _check_kind(entry)
        if parts in entries:
            raise DataError(later("“{name}” is in this zip twice.", name=printable(entry.name)))
        entries[parts] = entry
    return tuple(entries[parts] for parts in sorted(entries)), tuple(skipped)


def _check_kind(entry: ZippedFile) -> None:
    info, name = entry.info, printable(entry.name)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise DataError(later("“{name}” is a link or a device, not a file.", name=name))
    if info.flag_bits & 0x1:
        raise DataError(
            later("“{name}” is encrypted; a zip without a password can be read.", name=name)
        )
    if info.compress_type not in METHODS:
        raise DataError(
            later(
                "“{name}” is packed by method {method}; only stored (0) and deflated (8) can "
                "be read.",
                name=name,
                method=info.compress_type,
            )
        )
