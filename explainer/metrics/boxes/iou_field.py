"""The field of a box: how well it would agree with its best truth, wherever its centre stood.

Over a grid of centres everything that two boxes have in common comes apart into a part for x and
one for y, so a field of a truth costs one outer product and not a box for every place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainer.metrics.boxes.iou import (
    Extents,
    Measure,
    Values,
    agreement,
    areas_of,
    boxes_of,
    intersection,
)

DIAGONAL = 2**0.5
NEIGHBOURS = tuple(
    (down, right, DIAGONAL if down and right else 1.0)
    for down in (-1, 0, 1)
    for right in (-1, 0, 1)
    if down or right
)
LEAST_SLOPE = 1e-9
CELLS = 18_000
"""The most places of a field: about 155 × 115 of a photo."""


@dataclass(frozen=True)
class Grid:
    """Places over a photo `width` × `height`: the centres of cells `step` pixels wide."""

    width: float
    height: float
    step: float

    @staticmethod
    def over(width: float, height: float) -> Grid:
        """As fine as `CELLS` allow, and no finer than the pixels."""
        return Grid(width, height, max(1.0, float(np.ceil((width * height / CELLS) ** 0.5))))

    @property
    def across(self) -> Values:
        """The places' x, `(columns,)`."""
        return _middles(self.width, self.step)

    @property
    def down(self) -> Values:
        """The places' y, `(rows,)`."""
        return _middles(self.height, self.step)


def _middles(length: float, step: float) -> Values:
    return np.arange(0.5, np.ceil(length / step), dtype=np.float64) * step


def field(size: tuple[float, float], truths: Values, grid: Grid, measure: Measure) -> Values:
    """The best agreement with any of `truths` `(T, 4)` of a box of that (width, height).

    `(rows, columns)`, for each place of the grid that its centre can take; NaN without a truth.
    """
    width, height = size
    x, y = grid.across, grid.down
    best = np.full((len(y), len(x)), np.nan)
    for truth, area in zip(truths, areas_of(truths), strict=True):
        across = Extents.of(x - width / 2, x + width / 2, truth[0], truth[2])
        down = Extents.of(y - height / 2, y + height / 2, truth[1], truth[3])
        upright = Extents(down.shared[:, None], down.spanned[:, None], down.between[:, None])
        np.fmax(best, measure.score(across, upright, width * height + area), out=best)
    return best


def climb(values: Values, x: float, y: float, grid: Grid) -> list[tuple[float, float]]:
    """The steepest way up a field from the place nearest (x, y), step by step to a neighbour.

    Places (x, y); it ends where no neighbour is higher, so on flat ground at once.
    """
    rows, columns = values.shape
    row = min(max(int(y / grid.step), 0), rows - 1)
    column = min(max(int(x / grid.step), 0), columns - 1)
    heights, way = values.tolist(), [(row, column)]
    while True:
        here = heights[row][column]
        slopes = [
            ((heights[row + down][column + right] - here) / far, row + down, column + right)
            for down, right, far in NEIGHBOURS
            if 0 <= row + down < rows and 0 <= column + right < columns
        ]
        slope, row, column = max(slopes, default=(0.0, row, column))
        if not slope > LEAST_SLOPE:
            return [(float(grid.across[j]), float(grid.down[i])) for i, j in way]
        way.append((row, column))


@dataclass(frozen=True)
class Best:
    """The truth that a box agrees with best, in numbers; areas in square pixels.

    `iou` is None where it is undefined: neither box has an area.
    """

    truth: int
    iou: float | None
    shared: float
    union: float


def best_truth(box: Values, truths: Values, measure: Measure) -> Best | None:
    """Of `truths` `(T, 4)` that with which `box` `(4,)` agrees best; the first of equals.

    None where there is none. A truth with which no value is defined is the last choice.
    """
    if not len(truths):
        return None
    values = np.nan_to_num(agreement(box[None], truths, measure)[0], nan=-np.inf)
    place = int(values.argmax())
    both = boxes_of([box, truths[place]])
    common = intersection(*both)
    shared = 0.0 if common is None else float(areas_of(common[None])[0])
    union = float(areas_of(both).sum()) - shared
    return Best(place, shared / union if union > 0 else None, shared, union)
