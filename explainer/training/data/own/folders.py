"""One's own pictures as a data set: one folder for each class, in a zip or below the data root.

Every picture becomes 32 × 32 pixels: its centred square, each pixel the mean of what it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.training.data.data_set import DataError, Examples
from explainer.training.data.own.archive import Archive
from explainer.training.data.own.limits import OWN_LIMITS, megabytes
from explainer.training.data.own.names import (
    Parts,
    checked,
    classes_of,
    in_words,
    is_hidden,
    is_skipped,
    printable,
)
from explainer.training.data.own.squares import squares
from explainer.words import N_, later

FOLDER = "own"  # below the data root: own/<data set>/<class>/<picture>


def from_zip(data: bytes, name: str) -> Examples:
    """The pictures of a zip with one folder for each class; folders around all of them are allowed.

    Files that are hidden or no pictures by their names are skipped, and a note says how many.
    Raises :class:`DataError` with one sentence that names the value and its bound, or the file.
    """
    archive = Archive(data)
    paths = [entry.parts for entry in archive.entries]
    return _examples(name, paths, archive.skipped, archive.contents())


def from_folder(root: Path, name: str) -> Examples:
    """The pictures of the folder `own/<name>` below `root`, as :func:`from_path` reads it.

    Raises :class:`DataError` also for a name or a link that leads elsewhere.
    """
    return from_path(_inside(root / FOLDER, name))


def from_path(path: Path) -> Examples:
    """The pictures of a folder or a zip anywhere, bounded alike; errors as in :func:`from_zip`."""
    try:
        if not path.is_dir():
            return from_zip(path.read_bytes(), path.name)
        files, skipped = _files(path)
        return _examples(path.name, list(files), skipped, _read(files.values()))
    except OSError as error:
        raise DataError(
            later("{path} cannot be read: {reason}.", path=path, reason=error.strerror)
        ) from None


def own_folders(root: Path) -> list[str]:
    """The names that :func:`from_folder` takes, sorted."""
    place = root / FOLDER
    if not place.is_dir():
        return []
    folders = (child for child in place.iterdir() if child.is_dir() and not child.is_symlink())
    return sorted(folder.name for folder in folders if not is_hidden((folder.name,)))


def _examples(
    name: str, paths: Sequence[Parts], skipped: Sequence[Parts], contents: Iterable[bytes]
) -> Examples:
    """Decode `contents`, which lie at the sorted `paths`, and label them by their folders."""
    if skipped and not paths:
        raise DataError(later("There are no pictures here, only {files}.", files=in_words(skipped)))
    folders = classes_of(paths)
    classes = sorted(set(folders))
    codes: NDArray[np.uint8] = squares(("/".join(path) for path in paths), contents)
    title = printable(name) or later("own pictures")
    return Examples(
        name=title,
        title=title,
        inputs=torch.from_numpy(codes).permute(0, 3, 1, 2).float().div_(255).contiguous(),
        labels=torch.tensor([classes.index(folder) for folder in folders]),
        classes=tuple(classes),
        test_from=None,
        credit=N_("Your own pictures"),
        origin="own",
        notes=(later("Skipped: {files}.", files=in_words(skipped)),) if skipped else (),
    )


def _inside(place: Path, name: str) -> Path:
    folder = (place / name).resolve()
    if folder == place.resolve() or not folder.is_relative_to(place.resolve()):
        raise DataError(
            later("“{name}” is not a folder in {place}.", name=printable(name), place=place)
        )
    if not folder.is_dir():
        raise DataError(
            later("There is no folder “{name}” in {place}.", name=printable(name), place=place)
        )
    return folder


def _files(folder: Path) -> tuple[dict[Parts, Path], list[Parts]]:
    """The pictures below `folder` by their paths, sorted, and what is skipped.

    Links are refused, for they lead elsewhere.
    """
    files: dict[Parts, Path] = {}
    skipped: list[Parts] = []
    for path in folder.rglob("*"):
        parts = checked(path.relative_to(folder).as_posix())
        if path.is_symlink() and not is_hidden(parts):
            raise DataError(later("“{name}” is a link, not a file.", name=printable(path.name)))
        if path.is_file():
            if is_skipped(parts):
                skipped.append(parts)
            else:
                files[parts] = path
        if len(files) > OWN_LIMITS.entries:
            raise DataError(
                later(
                    "“{name}” has more than {limit} files, the limit.",
                    name=folder.name,
                    limit=f"{OWN_LIMITS.entries:,}",
                )
            )
    return {parts: files[parts] for parts in sorted(files)}, sorted(skipped)


def _read(files: Iterable[Path]) -> Iterator[bytes]:
    total = 0
    for path in files:
        with path.open("rb") as file:
            data = file.read(OWN_LIMITS.picture_bytes + 1)
        total += len(data)
        if len(data) > OWN_LIMITS.picture_bytes:
            limit = megabytes(OWN_LIMITS.picture_bytes)
            raise DataError(
                later(
                    "“{name}” has more than {limit}, the limit for one picture.",
                    name=path.name,
                    limit=limit,
                )
            )
        if total > OWN_LIMITS.unpacked_bytes:
            raise DataError(
                later(
                    "These pictures have more than {limit}, the limit.",
                    limit=megabytes(OWN_LIMITS.unpacked_bytes),
                )
            )
        yield data
