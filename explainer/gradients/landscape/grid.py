"""The grid of a plane, and the order in which its points are computed: from coarse to fine.

The coarse grids are part of the fine ones, so that no point is computed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

COARSEST = 7

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Axes:
    """The coordinates of a grid along both directions; one of each is exactly 0: the network."""

    x: Floats
    y: Floats

    @property
    def centre(self) -> tuple[int, int]:
        """Row and column of the network itself."""
        return int(np.flatnonzero(self.y == 0)[0]), int(np.flatnonzero(self.x == 0)[0])


def symmetric_axes(reach: float, points: int) -> Axes:
    """From `-reach` to `reach` in an odd number of points. Raises `ValueError` for an even one."""
    if points % 2 == 0:
        raise ValueError(f"points is {points}, but it is odd, so that the network is one of them")
    half = points // 2
    axis = np.arange(-half, half + 1) / half * reach
    return Axes(axis, axis.copy())


def axes_around(places: Floats, points: int, margin: float = 0.25) -> Axes:
    """A grid around `places` `(T, 2)` and 0, with a margin as a share of their extent.

    Both axes have the same step, unless the path is nearly straight; shifted by less than a step,
    so that 0 is on the grid.
    """
    return Axes(*(_axis(places[:, side], points, margin) for side in (0, 1)))


def _axis(values: Floats, points: int, margin: float) -> Floats:
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    span = (high - low) * (1 + 2 * margin) or 1.0
    step = span / (points - 1)
    before = round((margin * (high - low) - low) / step)
    return np.asarray((np.arange(points) - before) * step, np.float64)


def levels(points: int) -> list[list[int]]:
    """Nested rows of 0..points − 1, from `COARSEST` of them to all.

    Each level adds the middle of every gap to the one before; the last takes what is left.
    """
    chosen = sorted({round(place) for place in np.linspace(0, points - 1, min(COARSEST, points))})
    found = [chosen]
    while len(chosen) < points:
        gaps = pairwise(chosen)
        middles = {(low + high) // 2 for low, high in gaps if high - low > 1}
        chosen = sorted({*chosen, *middles})
        if 1.5 * len(chosen) > points:
            chosen = list(range(points))
        found.append(chosen)
    return found


def new_points(points: int) -> list[NDArray[np.int64]]:
    """For each level the points `(M, 2)`, row and column, that the levels before lack.

    All of them together are every point of the grid once.
    """
    done = np.zeros((points, points), bool)
    found = []
    for rows in levels(points):
        wanted = np.zeros_like(done)
        wanted[np.ix_(rows, rows)] = True
        found.append(np.argwhere(wanted & ~done).astype(np.int64))
        done |= wanted
    return found
