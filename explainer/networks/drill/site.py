"""One value of one layer, with the maps it was made from: what every drill begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explainer.convolution.application import PADDINGS
from explainer.networks.drill.kernel_taps import Places

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """A value of a map: of which layer, where, and what the network itself computed there."""

    layer: str
    channel: int
    y: int
    x: int
    value: float


@dataclass(frozen=True, eq=False)
class Site:
    """A place, the module that made its value, and what that module took: maps `(C, H, W)`.

    `sources` are the names of the layers that gave the `inputs`; `shape` is that of the output.
    """

    place: Place
    module: Any
    sources: tuple[str, ...]
    inputs: tuple[Tensor, ...]
    shape: tuple[int, int, int]

    def pixel(self, number: int = 0) -> Numbers:
        """All channels of an input at the place: `(C,)`. A map of one pixel counts for all."""
        maps = self.inputs[number]
        y, x = (0 if size == 1 else at for size, at in zip(maps.shape[1:], self._at, strict=True))
        return numbers(maps[:, y, x])

    def same(self, number: int = 0) -> float:
        """The value of input `number` at the same place of the same channel."""
        return float(self.pixel(number)[self.place.channel])

    @property
    def _at(self) -> tuple[int, int]:
        return self.place.y, self.place.x


def numbers(tensor: Tensor) -> Numbers:
    """A tensor in float64, apart from any gradient."""
    return np.array(tensor.detach().cpu().numpy(), dtype=np.float64)


def patch(maps: Tensor, rows: Places, columns: Places, border: str = "zero") -> Numbers:
    """The values `(C, kh, kw)` of maps at `rows` and `columns`, beyond the border as padded."""
    real_rows = PADDINGS[border].resolve(rows, maps.shape[1])
    real_columns = PADDINGS[border].resolve(columns, maps.shape[2])
    values = numbers(maps[:, real_rows][:, :, real_columns])
    values[:, real_rows < 0] = 0
    values[:, :, real_columns < 0] = 0
    return values


def inside(maps: Tensor, rows: Places, columns: Places) -> Mask:
    """`(kh, kw)`: False where a tap lies beyond the border."""
    height, width = maps.shape[1:]
    return np.logical_and.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
