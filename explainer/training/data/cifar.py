"""CIFAR-10 on disk: the published batches, or a folder of pictures for each class."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explainer.training.data.data_set import DataError
from explainer.training.data.stored import Layout, Stored, cached
from explainer.words import later

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
BATCHES = "cifar-10-batches-py"
FOLDERS = ("cifar10", "cifar-10", "CIFAR10")
CACHE = "deepglass-cifar10.npz"
PARTS = ("train", "test")
SUFFIXES = {".jpg", ".jpeg", ".png"}
SIDE = 32
MOST_PICTURES, LARGEST_FILE = 100_000, 100_000


def _batches_present(root: Path) -> bool:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta"]
    return all((root / BATCHES / name).is_file() for name in names)


def read_batches(root: Path) -> Stored:
    """The published batches, by torchvision, which checks their md5 before it unpickles them."""
    folder = root / BATCHES
    return cached(folder / CACHE, _stamp([folder / "test_batch"]), lambda: _unpickled(root))


def _unpickled(root: Path) -> Stored:
    from torchvision.datasets import CIFAR10

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy, about the age of the pickles
            train, test = (CIFAR10(root, train=part == "train") for part in PARTS)
    except RuntimeError as error:
        raise DataError(
            later(
                "The CIFAR-10 batches in {place} are not the published ones: their md5 sums "
                "differ; remove the folder and download them again.",
                place=root / BATCHES,
            )
        ) from error
    labels = np.array(train.targets + test.targets, np.uint8)
    return Stored(np.concatenate([train.data, test.data]), labels, len(train.targets))


def _folder(root: Path) -> Path | None:
    """The first folder that has all classes in both parts."""
    wanted = [Path(part) / name for part in PARTS for name in CLASSES]
    whole = (root / name for name in FOLDERS if all((root / name / w).is_dir() for w in wanted))
    return next(whole, None)


def read_folders(root: Path) -> Stored:
    """The pictures `<part>/<class>/*.jpg`, by name within a class; decoded once, then cached."""
    folder = _folder(root)
    if folder is None:
        raise DataError(
            later(
                "{place} has no train/<class> and test/<class> for CIFAR-10.",
                place=root / FOLDERS[0],
            )
        )
    places = [folder / part / name for part in PARTS for name in CLASSES]
    return cached(folder / CACHE, _stamp(places), lambda: decode_folders(folder))


def decode_folders(folder: Path) -> Stored:
    """Decode every picture below `folder`. Raises :class:`DataError` naming what does not fit."""
    files = [
        [sorted(path for path in (folder / part / name).iterdir() if path.suffix in SUFFIXES)
         for name in CLASSES]
        for part in PARTS
    ]  # fmt: skip
    paths = [path for part in files for group in part for path in group]
    if not 2 <= len(paths) <= MOST_PICTURES:
        raise DataError(
            later(
                "{folder} holds {count} pictures; it must be 2 to {most}.",
                folder=folder,
                count=f"{len(paths):,}",
                most=f"{MOST_PICTURES:,}",
            )
        )
    pictures = np.empty((len(paths), SIDE, SIDE, 3), np.uint8)
    for row, path in enumerate(paths):
        pictures[row] = _decoded(path)
    labels = [label for part in files for label, group in enumerate(part) for _ in group]
    return Stored(pictures, np.array(labels, np.uint8), sum(len(group) for group in files[0]))


def _decoded(path: Path) -> NDArray[np.uint8]:
    """One picture as codes (32, 32, 3), RGB."""
    import cv2  # here: whoever trains on a GPU has no need of it

    with path.open("rb") as file:
        data = file.read(LARGEST_FILE)
    codes = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if codes is None:
        raise DataError(later("{path} is not a picture that can be read.", path=path))
    if codes.shape != (SIDE, SIDE, 3):
        raise DataError(
            later(
                "{path} has {width} × {height} pixels, not 32 × 32.",
                path=path,
                width=codes.shape[1],
                height=codes.shape[0],
            )
        )
    return np.asarray(codes[..., ::-1], np.uint8)


def _stamp(places: list[Path]) -> str:
    """What changes when a file is added or removed in one of `places`."""
    return " ".join(str(place.stat().st_mtime_ns) for place in places)


CIFAR_LAYOUTS = (Layout(_batches_present, read_batches),
                 Layout(lambda root: _folder(root) is not None, read_folders))  # fmt: skip
