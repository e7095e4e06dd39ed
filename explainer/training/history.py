"""The curves of a run in bounded memory: when they are full, every other point is dropped."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 500


@dataclass(frozen=True)
class Point:
    """What was measured of a run after `step` steps.

    `train_*` and `validation_*` are mean data loss and accuracy in evaluation mode, on the first
    examples of each part, without any penalty. `batch_loss` is the mean data loss of the batches
    since the point before, as the optimiser saw it (with dropout, augmentation, label smoothing);
    NaN before the first step. `penalty` is what the penalties add to the loss. `gradient_norm` is
    that of the data loss on the last batch; `weight_norm` and `zero_share`, the share of exact
    zeros in [0, 1], are over all weights, without biases and norm parameters.
    """

    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    batch_loss: float
    penalty: float
    gradient_norm: float
    weight_norm: float
    zero_share: float


Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curves:
    """The points of a run as read-only columns `(n,)`, n ≤ 500; the names are those of `Point`."""

    step: Column
    train_loss: Column
    train_accuracy: Column
    validation_loss: Column
    validation_accuracy: Column
    batch_loss: Column
    penalty: Column
    gradient_norm: Column
    weight_norm: Column
    zero_share: Column

    def __len__(self) -> int:
        return len(self.step)


NAMES = tuple(field.name for field in dataclasses.fields(Point))


class History:
    """Points of a run: the first, the last, and between them evenly as many as there is room for.

    Memory is taken once, `nbytes`, and does not grow. The last point always stands, also where
    its turn had not come; it gives way to the next.
    """

    def __init__(self, room: int = MOST_POINTS) -> None:
        self._table = np.zeros((room, len(NAMES)))
        self._count = self._seen = 0
        self._stride = 1
        self._provisional = False
        self._curves: Curves | None = None

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return self._table.nbytes

    def append(self, point: Point, *, scheduled: bool = True) -> None:
        """Add `point`; one that is not scheduled stays only until the next."""
        self._curves = None
        if self._provisional:
            self._count -= 1
        if self._count == len(self._table):
            self._halve()
        self._table[self._count] = dataclasses.astuple(point)
        self._count += 1
        self._provisional = not scheduled or self._seen % self._stride != 0
        self._seen += scheduled

    def curves(self) -> Curves:
        """The points so far, which do not change any more; the same object until the next."""
        if self._curves is None:
            self._curves = self._copy()
        return self._curves

    def _copy(self) -> Curves:
        columns = self._table[: self._count].T.copy()
        columns.setflags(write=False)
        return Curves(*columns)

    def _halve(self) -> None:
        kept = self._table[: self._count : 2].copy()
        self._count, self._stride = len(kept), 2 * self._stride
        self._table[: self._count] = kept
