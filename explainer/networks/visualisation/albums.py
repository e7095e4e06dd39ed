"""Pictures to search for what a unit likes: CIFAR-10's test part, or the gallery's photos in tiles.

Each album holds square pictures of one size, in an order drawn once, so that its first part is a
fair sample of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explainer.images.gallery import gallery_picture
from explainer.images.samples import SAMPLES
from explainer.images.thumbnails import fit
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.training.data.cifar import CIFAR_LAYOUTS, CLASSES, SIDE
from explainer.training.data.root import data_root
from explainer.words import N_, _

Codes = NDArray[np.uint8]
SCALES = (1, 2, 4)
LARGEST_TILED = 512
SEED = 7


@dataclass(frozen=True, eq=False)
class Album:
    """Pictures `(N, S, S, 3)` and what each is called; `slug` tells albums apart.

    `title` says in words what they are, `kinds` are the names that may occur, and `names` holds
    for each picture which of them it has. Names are messages where `translated` is set, else data.
    """

    slug: str
    title: str
    pictures: Codes
    kinds: tuple[str, ...]
    names: NDArray[np.uint8]
    translated: bool = False

    def __len__(self) -> int:
        return len(self.pictures)

    def name(self, place: int) -> str:
        """What the picture at that place is called, as a reader reads it."""
        name = self.kinds[int(self.names[place])]
        return _(name) if self.translated else name


def album_for(entry: Entry, root: Path | None = None) -> Album:
    """The album for a network.

    A visitor's own: what it was validated on, where that is at hand. Else CIFAR-10's test pictures
    where the network takes that size and they lie below `root` (or the data root); the gallery's
    photos in tiles otherwise.
    Raises :class:`~explainer.training.data.data_set.DataError` where CIFAR-10 is there but broken.
    """
    if isinstance(entry, OwnNetwork) and len(entry.pictures):
        labels = np.array(entry.labels, np.uint8)
        words = N_("pictures that the network was validated on")
        return Album(entry.slug, words, entry.pictures, entry.classes, labels)
    root, side = data_root() if root is None else root, entry.input_size
    if side == SIDE and any(layout.present(root) for layout in CIFAR_LAYOUTS):
        return _cifar(root)
    return tiles_of_photos(side)


@lru_cache(maxsize=1)
def _cifar(root: Path) -> Album:
    stored = next(layout for layout in CIFAR_LAYOUTS if layout.present(root)).read(root)
    # Copies, so that the 150 MB of training pictures are free again.
    order = _shuffled(len(stored.labels) - stored.test_from) + stored.test_from
    pictures, labels = stored.pictures[order], stored.labels[order]
    return Album("cifar10", N_("test pictures of CIFAR-10"), pictures, CLASSES, labels)


@lru_cache(maxsize=4)
def tiles_of_photos(side: int) -> Album:
    """Every photo of the gallery, reduced to `side` pixels and to larger sizes, cut into squares.

    At scale k its shorter side has `side` · k pixels; scales above 512 pixels are left out.
    """
    found = [
        (tile, number)
        for number, sample in enumerate(SAMPLES)
        for tile in _tiles(gallery_picture(sample.slug).codes, side)
    ]
    order = _shuffled(len(found))
    return Album(
        slug=f"photos-{side}",
        title=N_("tiles of the photos that come with the app"),
        pictures=np.stack([found[place][0] for place in order]),
        kinds=tuple(sample.title for sample in SAMPLES),
        names=np.array([found[place][1] for place in order], np.uint8),
        translated=True,
    )


def _tiles(codes: Codes, side: int) -> Iterator[Codes]:
    shorter = min(codes.shape[:2])
    for scale in SCALES:
        wanted = side * scale
        if wanted <= min(shorter, LARGEST_TILED):
            enlarged = wanted / shorter
            yield from _grid(fit(codes, *_box(codes, enlarged)), side)


def _box(codes: Codes, factor: float) -> tuple[int, int]:
    return round(codes.shape[1] * factor), round(codes.shape[0] * factor)


def _grid(codes: Codes, side: int) -> Iterator[Codes]:
    """Squares side by side, the rest shared by both borders."""
    rows, columns = codes.shape[0] // side, codes.shape[1] // side
    top, left = (codes.shape[0] - rows * side) // 2, (codes.shape[1] - columns * side) // 2
    for row in range(rows):
        for column in range(columns):
            y, x = top + row * side, left + column * side
            yield codes[y : y + side, x : x + side]


def _shuffled(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).permutation(count)
