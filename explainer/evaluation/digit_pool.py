"""6,000 real digits to draw small sets from, and nearest neighbours among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import affine_grid, grid_sample

from explainer.evaluation.cameras import seen
from explainer.training.data.registry import load

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Places = NDArray[np.int64]
SIDE, CLASSES = 28, 10


@dataclass(frozen=True, eq=False)
class DigitSet:
    """Pictures `(N, 28, 28)` in [0, 1], the same at half their size `(N, 196)`, and labels `(N,)`.

    Pictures of one patient have the same number in `groups` `(N,)`.
    """

    pictures: Singles
    inputs: Singles
    labels: Places
    groups: Places

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, rows: NDArray[np.integer]) -> DigitSet:
        """The rows of that number, in that order."""
        return DigitSet(
            self.pictures[rows], self.inputs[rows], self.labels[rows], self.groups[rows]
        )


@cache
def pool() -> DigitSet:
    """All digits of the shipped sample, each a patient of its own."""
    examples = load("mnist-sample")
    pictures = examples.inputs[:, 0].numpy()
    labels = examples.labels.numpy()
    return DigitSet(pictures, seen(pictures), labels, np.arange(len(labels)))


def balanced(each: int, generator: np.random.Generator) -> DigitSet:
    """`each` digits of every class, drawn anew, sorted by class as in many a file."""
    labels = pool().labels
    rows = [
        generator.choice(np.flatnonzero(labels == digit), each, replace=False)
        for digit in range(CLASSES)
    ]
    return pool().at(np.concatenate(rows))


def turned(pictures: Singles, degrees: Floats) -> Singles:
    """Each of the pictures `(N, 28, 28)` turned to the left by its angle."""
    return _moved(pictures, np.radians(degrees), np.zeros((len(pictures), 2)))


def jittered(pictures: Singles, generator: np.random.Generator) -> Singles:
    """The pictures as a second look would have them: turned, moved and noisy, a little."""
    count = len(pictures)
    angles = np.radians(generator.uniform(-TURN, TURN, count))
    moved = _moved(pictures, angles, generator.uniform(-SHIFT, SHIFT, (count, 2)))
    noise = NOISE * generator.standard_normal(moved.shape, dtype=np.float32)
    return np.clip(moved + noise, 0, 1)


TURN, SHIFT, NOISE = 8.0, 1.0, 0.05
"""The most degrees and pixels, and the spread of the noise."""


def _moved(pictures: Singles, angles: Floats, pixels: Floats) -> Singles:
    cosines, sines = np.cos(angles), np.sin(angles)
    across, down = (2 * pixels / SIDE).T
    matrices = np.array([[cosines, -sines, across], [sines, cosines, down]]).transpose(2, 0, 1)
    grid = affine_grid(
        torch.from_numpy(matrices).float(), [len(pictures), 1, SIDE, SIDE], align_corners=False
    )
    taken = grid_sample(torch.from_numpy(pictures)[:, None], grid, align_corners=False)
    found: Singles = taken[:, 0].numpy()
    return found


def distances(left: Singles, right: Singles) -> Singles:
    """Squared distances `(N, M)` of the rows of two tables, to rounding."""
    products: Singles = left @ right.T
    return np.asarray(np.square(left).sum(1)[:, None] - 2 * products + np.square(right).sum(1))


def nearest(far: Singles, labels: Places) -> Places:
    """For each row of distances `(..., M)` the label of the least; labels `(M,)`."""
    return np.asarray(labels[far.argmin(-1)])


def by_folds(inputs: Singles, labels: Places, folds: Places) -> Places:
    """What the nearest digit of the *other* folds says of each, `(N,)`."""
    far = distances(inputs, inputs)
    far[folds[:, None] == folds] = np.inf
    return nearest(far, labels)
