"""The one picture type of the app, and the error that speaks to a visitor.

Nothing is decoded here; :mod:`explainer.images.decoding.decode` and
:mod:`explainer.images.gallery` make pictures.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explainer.images.kept import Kept

WORK_LIMIT = 2048
"""The longest side, in pixels, of the codes that the pages work on."""

MOST_NUMBERS = 100_000_000
"""The bytes of :attr:`Picture.pixels` that are kept, of all pictures: two or three of the largest.

One takes four times its codes; made anew it takes as long as a small filter on it.
"""


class PictureError(ValueError):
    """A picture that cannot be used; the text is one sentence for the visitor."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to work on, as 8-bit codes and, on demand, as numbers in [0, 1].

    ``codes`` has shape (H, W, 3), dtype uint8, RGB order, the longest side at
    most :data:`WORK_LIMIT`; the array is a private, read-only copy.
    ``original_size`` is (width, height) before any reduction, upright.
    ``notes`` are whole sentences about what was done to the picture.

    Raises ``ValueError`` where the codes are not of that shape, type or size.
    """

    name: str
    title: str
    alt: str
    codes: NDArray[np.uint8]
    original_size: tuple[int, int]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape, dtype = self.codes.shape, self.codes.dtype
        if dtype != np.uint8 or len(shape) != 3 or shape[2] != 3:
            raise ValueError(f"codes must be uint8 (H, W, 3), not {dtype} {shape}")
        if not 1 <= min(shape[:2]) <= max(shape[:2]) <= WORK_LIMIT:
            raise ValueError(f"sides must lie in 1..{WORK_LIMIT}, not {shape[:2]}")
        codes = np.array(self.codes, order="C")
        codes.setflags(write=False)
        object.__setattr__(self, "codes", codes)

    @property
    def pixels(self) -> NDArray[np.float32]:
        """The picture as ``codes / 255``: float32 (H, W, 3) in [0, 1], read-only."""
        return KEPT.of(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the shape and the codes, in hex: equal pixels, equal digest."""
        digest = hashlib.sha256(repr(self.codes.shape).encode())
        digest.update(self.codes.data)
        return digest.hexdigest()


def _numbers(picture: Picture) -> NDArray[np.float32]:
    pixels = picture.codes.astype(np.float32) / np.float32(255)
    pixels.setflags(write=False)
    return pixels


KEPT = Kept(_numbers, lambda pixels: pixels.nbytes, most=MOST_NUMBERS)
