"""The curves of a run in bounded memory: when they are full, every other point is dropped."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 500


@dataclass(frozen=True)
class Point:
    """What was measured of a run after `step` steps.

    `train_*` and `validation_*` are mean data loss and the task's measure in evaluation mode, on
    the first examples of each part, without any penalty. `batch_loss` is the mean data loss of the
    batches since the point before, as the optimiser saw it (with dropout, augmentation, label
    smoothing); NaN before the first step. `penalty` is what the penalties add to the loss.
    `gradient_norm` is that of the last step: of the data loss on its batch, and of L2 and
    subgradient L1 where they are on. `weight_norm` and `zero_share`, the share of exact zeros in
    [0, 1], are over all weights, without biases and norm parameters.
    """

    step: int
    train_loss: float
    train_measure: float
    validation_loss: float
    validation_measure: float
    batch_loss: float
    penalty: float
    gradient_norm: float
    weight_norm: float
    zero_share: float


Column = NDArray[np.float64]


LayerValues = NDArray[np.float32]
LAYER_COLUMNS = ("gradient_norm", "update_ratio", "weight_norm", "zero_share")


@dataclass(frozen=True, eq=False)
class LayerCurves:
    """What was measured of the weights of each layer, read-only `(n, L)`, a row for each point.

    `gradient_norm` is the length of the last step's gradient, `update_ratio` the length of the
    change that this step made, over the length of the weights before it; NaN where no step was
    watched. `weight_norm` is the length of the weights, `zero_share` the share of exact zeros.
    """

    names: tuple[str, ...]
    gradient_norm: LayerValues
    update_ratio: LayerValues
    weight_norm: LayerValues
    zero_share: LayerValues


@dataclass(frozen=True, eq=False)
class Curves:
    """The points of a run as read-only columns `(n,)`, n ≤ 500; the names are those of `Point`.

    `layers` has the same points, layer by layer.
    """

    step: Column
    train_loss: Column
    train_measure: Column
    validation_loss: Column
    validation_measure: Column
    batch_loss: Column
    penalty: Column
    gradient_norm: Column
    weight_norm: Column
    zero_share: Column
    layers: LayerCurves

    def __len__(self) -> int:
        return len(self.step)

    @property
    def nbytes(self) -> int:
        """The bytes of the columns, without the layers."""
        return sum(getattr(self, name).nbytes for name in NAMES)


NAMES = tuple(field.name for field in dataclasses.fields(Point))


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a history was: `seen` scheduled points, and the row that was then the last one."""

    seen: int
    last: tuple[NDArray[np.float64], LayerValues] | None

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return sum(row.nbytes for row in self.last) if self.last else 0


class History:
    """Points of a run: the first, the last, and between them evenly as many as there is room for.

    `layers` names the layers that are measured one by one. Memory is taken once, `nbytes`, and
    does not grow. The last point always stands, also where its turn had not come; it gives way to
    the next.
    """

    def __init__(self, layers: tuple[str, ...] = (), room: int = MOST_POINTS) -> None:
        self.layers = layers
        self._table = np.zeros((room, len(NAMES)))
        self._layer_table = np.zeros((room, len(LAYER_COLUMNS), len(layers)), np.float32)
        self._count = self._seen = 0
        self._stride = 1
        self._provisional = False
        self._curves: Curves | None = None

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return self._table.nbytes + self._layer_table.nbytes

    def append(
        self, point: Point, layers: LayerValues | None = None, *, scheduled: bool = True
    ) -> None:
        """Add `point`, and `layers` `(4, L)` in the order of `LAYER_COLUMNS`.

        One that is not scheduled stays only until the next.
        """
        self._curves = None
        if self._provisional:
            self._count -= 1
        if self._count == len(self._table):
            self._halve()
        self._table[self._count] = dataclasses.astuple(point)
        self._layer_table[self._count] = np.nan if layers is None else layers
        self._count += 1
        self._provisional = not scheduled or self._seen % self._stride != 0
        self._seen += scheduled

    def curves(self) -> Curves:
        """The points so far, which do not change any more; the same object until the next."""
        if self._curves is None:
            self._curves = self._copy()
        return self._curves

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        row = self._count - 1
        last = (self._table[row].copy(), self._layer_table[row].copy()) if self._count else None
        return Progress(self._seen, last)

    def until(self, progress: Progress) -> History:
        """The history as it was at `progress`, with the gaps that it has got since."""
        other = History(self.layers, len(self._table))
        kept = -(-progress.seen // self._stride)
        other._table[:kept], other._layer_table[:kept] = (
            self._table[:kept],
            self._layer_table[:kept],
        )
        other._count, other._seen, other._stride = kept, progress.seen, self._stride
        if progress.last and not (kept and progress.last[0][0] == other._table[kept - 1, 0]):
            other._table[kept], other._layer_table[kept] = progress.last
            other._count, other._provisional = kept + 1, True
        return other

    def _copy(self) -> Curves:
        columns = self._table[: self._count].T.copy()
        layers = self._layer_table[: self._count].transpose(1, 0, 2).copy()
        columns.setflags(write=False)
        layers.setflags(write=False)
        measured: dict[str, Any] = dict(zip(NAMES, columns, strict=True))
        return Curves(**measured, layers=LayerCurves(self.layers, *layers))

    def _halve(self) -> None:
        for table in (self._table, self._layer_table):
            kept = table[: self._count : 2].copy()
            table[: len(kept)] = kept
        self._count, self._stride = len(kept), 2 * self._stride
