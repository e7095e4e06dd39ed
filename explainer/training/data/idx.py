"""The idx format of MNIST and its kin: a magic number, sizes, and then bytes.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", which also names the four files.
Files are read as they are or gzipped.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explainer.training.data.data_set import DataError
from explainer.training.data.stored import Layout, Stored
from explainer.words import later

BYTES = 0x08  # the type code of unsigned bytes
LARGEST = 200 * 1024**2
PARTS = ("train", "t10k")


def idx_layout(folders: tuple[str, ...]) -> Layout:
    """The four files in any of `folders` below the data root."""

    def place(root: Path) -> Path | None:
        names = [name for part in PARTS for name in _names(part)]
        complete = (
            root / folder for folder in folders if all(_found(root / folder, n) for n in names)
        )
        return next(complete, None)

    def read(root: Path) -> Stored:
        folder = place(root)
        if folder is None:
            raise DataError(
                later("The four idx files are not in {place}.", place=root / folders[0])
            )
        return read_split(folder)

    return Layout(lambda root: place(root) is not None, read)


def read_split(folder: Path) -> Stored:
    """The training pictures of `folder` followed by its test pictures, one channel each."""
    arrays = [[read_idx(_path(folder, name)) for name in _names(part)] for part in PARTS]
    for part, (pictures, labels) in zip(PARTS, arrays, strict=True):
        if pictures.ndim != 3 or labels.ndim != 1 or len(pictures) != len(labels):
            raise DataError(
                later(
                    "The files of {part} in {folder} do not belong together: pictures {pictures}, "
                    "labels {labels}.",
                    part=part,
                    folder=folder,
                    pictures=pictures.shape,
                    labels=labels.shape,
                )
            )
    (train, train_labels), (test, test_labels) = arrays
    if train.shape[1:] != test.shape[1:]:
        raise DataError(
            later(
                "Training and test pictures in {folder} differ in size: {training} and {test}.",
                folder=folder,
                training=train.shape[1:],
                test=test.shape[1:],
            )
        )
    pictures = np.concatenate([train, test])[..., None]
    return Stored(pictures, np.concatenate([train_labels, test_labels]), len(train))


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in an idx file of bytes. Raises :class:`DataError` naming the file."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            later("{path} cannot be read ({reason}).", path=path, reason=str(error))
        ) from error
    dimensions = data[3] if len(data) >= 4 and data[:3] == bytes([0, 0, BYTES]) else 0
    sizes = np.frombuffer(data, ">u4", dimensions, 4) if len(data) >= 4 + 4 * dimensions else ()
    if not dimensions or len(data) != 4 + 4 * dimensions + math.prod(int(size) for size in sizes):
        raise DataError(
            later(
                "{path} is not a whole idx file: it has {count} bytes.",
                path=path,
                count=f"{len(data):,}",
            )
        )
    shape = [int(size) for size in sizes]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _names(part: str) -> tuple[str, str]:
    return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"


def _path(folder: Path, name: str) -> Path:
    plain = folder / name
    return plain if plain.is_file() else folder / f"{name}.gz"


def _found(folder: Path, name: str) -> bool:
    return _path(folder, name).is_file()
