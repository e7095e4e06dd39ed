"""Real data sets as they lie on disk: 8-bit pictures, and a cache of what is slow to read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from explainer.files import with_replacement
from explainer.training.data.data_set import DataError
from explainer.words import later


@dataclass(frozen=True, eq=False)
class Stored:
    """Pictures uint8 `(N, H, W, C)` and labels uint8 `(N,)`; the test split begins at `test_from`.

    Raises :class:`DataError` where they do not fit together.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    test_from: int

    def __post_init__(self) -> None:
        count, shape = len(self.labels), self.pictures.shape
        if len(shape) != 4 or shape[0] != count or not 0 < self.test_from < count:
            raise DataError(
                later(
                    "These files do not belong together: pictures {shape}, {count} labels, and a "
                    "test part that begins at {start}.",
                    shape=shape,
                    count=count,
                    start=self.test_from,
                )
            )


@dataclass(frozen=True)
class Layout:
    """One form in which a data set may lie in a folder.

    `present(folder)` looks at names alone; `read(folder)` reads everything, or raises
    :class:`DataError` with one sentence.
    """

    present: Callable[[Path], bool]
    read: Callable[[Path], Stored]


def cached(cache: Path, stamp: str, read: Callable[[], Stored]) -> Stored:
    """What `cache`, an .npz file, holds under `stamp`; else what `read` gives, kept there.

    A cache that cannot be read or written is no error: then reading takes longer.
    """
    try:
        with cache.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["stamp"]) == stamp:
                return Stored(kept["pictures"], kept["labels"], int(kept["test_from"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    stored = read()
    with suppress(OSError):
        with_replacement(cache, lambda file: _save(file, stored, stamp))
    return stored


def _save(file: IO[bytes], stored: Stored, stamp: str) -> None:
    np.savez(
        file,
        allow_pickle=False,
        pictures=stored.pictures,
        labels=stored.labels,
        test_from=np.array(stored.test_from),
        stamp=np.array(stamp),
    )
