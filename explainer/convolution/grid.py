"""Kernels that people write themselves: what can be done to the grid, and its form as text.

A grid has 1 to 31 rows and columns, odd or even, of finite numbers from -1000 to 1000. Its middle
is the tap that `apply` lays on the output pixel: of an even number of taps, the one before.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import ArrayLike

from explainer.convolution.kernel import Weights
from explainer.words import later

LARGEST_SIDE = 31  # that of the largest kernel there is
LARGEST_WEIGHT = 1000.0
MOST_EXACT, DIGITS = 15**2, 5
MOST_CHARACTERS = 30_000


def checked(weights: ArrayLike) -> Weights:
    """`weights` as float64 if they are a grid; else a `ValueError` of one sentence."""
    grid = np.array(weights, dtype=np.float64)
    if grid.ndim != 2:
        raise ValueError(
            later("A kernel has rows and columns, this one has shape {shape}.", shape=grid.shape)
        )
    _check_sides(*grid.shape)
    if not np.isfinite(grid).all():
        raise ValueError(later("A kernel holds finite numbers, this one has an infinity or a NaN."))
    largest = float(np.abs(grid).max())
    if largest > LARGEST_WEIGHT:
        raise ValueError(
            later(
                "A weight of size {size} is too large; they go from −1000 to 1000.",
                size=f"{largest:g}",
            )
        )
    return grid


def _check_sides(rows: int, columns: int) -> None:
    if not (1 <= rows <= LARGEST_SIDE and 1 <= columns <= LARGEST_SIDE):
        raise ValueError(
            later(
                "A kernel is 1×1 to {most}×{most}, this one is {rows}×{columns}.",
                rows=rows,
                columns=columns,
                most=LARGEST_SIDE,
            )
        )


def short_enough(weights: ArrayLike) -> Weights:
    """`weights` so that a link can carry them: of more than 15 × 15, five digits of the largest.

    Those that lie nearest to the next step are rounded the other way, so that the sum stays and
    zero stays zero. Raises `ValueError` for what is no grid.
    """
    grid = checked(weights)
    largest = float(np.abs(grid).max())
    if grid.size <= MOST_EXACT or largest == 0:
        return grid
    decimals = DIGITS - 1 - math.floor(math.log10(largest))
    steps = grid * 10.0**decimals
    whole = np.round(steps)
    missing = round(float((steps - whole).sum()))
    nearest = np.argsort(-np.sign(missing) * (steps - whole).ravel(), kind="stable")
    whole.ravel()[nearest[: abs(missing)]] += np.sign(missing)
    return np.asarray(np.round(whole / 10.0**decimals, max(decimals, 0)) + 0.0, np.float64)


def filled(weights: ArrayLike, value: float) -> Weights:
    """The same size, every weight `value`. Raises `ValueError` for what is no grid."""
    return np.full_like(checked(weights), value)


def random(rows: int, columns: int, *, seed: int) -> Weights:
    """Weights from a standard normal distribution, two decimals each, the same for a seed."""
    _check_sides(rows, columns)
    drawn = np.random.default_rng(seed).standard_normal((rows, columns))
    return np.asarray(np.round(drawn, 2) + 0.0, dtype=np.float64)


def normalise(weights: ArrayLike) -> Weights:
    """Divided by their sum, so that brightness is kept; where that is 0, by the absolute sum.

    A sum within rounding of 0 (1e-9 of the absolute sum) counts as 0. Zeros alone stay as they are.
    Raises `ValueError` where the sum is so small that a weight would leave the range.
    """
    grid = checked(weights)
    total, absolute = float(grid.sum()), float(np.abs(grid).sum())
    if absolute == 0:
        return grid
    return checked(grid / (total if abs(total) > 1e-9 * absolute else absolute))


def transpose(weights: ArrayLike) -> Weights:
    """Rows become columns: `(columns, rows)`. Raises `ValueError` for what is no grid."""
    return checked(weights).T.copy()


def flip(weights: ArrayLike, *, vertical: bool = False) -> Weights:
    """Left and right change places; with `vertical`, top and bottom do."""
    return np.flip(checked(weights), axis=0 if vertical else 1).copy()


def rotate(weights: ArrayLike, *, quarter_turns: int = 1) -> Weights:
    """Turned counter-clockwise by 90° as often as asked; 2 makes a cross-correlation's kernel a
    convolution's.
    """
    return np.rot90(checked(weights), quarter_turns).copy()


def resize(weights: ArrayLike, rows: int, columns: int) -> Weights:
    """Cut or filled with zeros to `(rows, columns)`; the middle tap stays the middle tap."""
    grid = checked(weights)
    _check_sides(rows, columns)
    result = np.zeros((rows, columns))
    source, target = zip(
        *(_overlap(old, new) for old, new in zip(grid.shape, (rows, columns), strict=True)),
        strict=True,
    )
    result[target] = grid[source]
    return result


def _overlap(old: int, new: int) -> tuple[slice, slice]:
    """What two axes share when their middles are laid on each other, in each one's indices."""
    move = (new - 1) // 2 - (old - 1) // 2
    start, stop = max(0, -move), min(old, new - move)
    return slice(start, stop), slice(start + move, stop + move)


def format(weights: ArrayLike) -> str:
    """The grid as text for a URL: "-1,0,1_-2,0,2_-1,0,1". `parse` gives exactly the same grid."""
    return "_".join(",".join(_shortest(weight) for weight in row) for row in checked(weights))


def _shortest(weight: float) -> str:
    return repr(float(weight) + 0.0).removesuffix(".0")


def parse(text: str) -> Weights:
    """The grid a text stands for: rows end with "_", ";" or a line break, numbers with ",".

    Raises `ValueError` of one sentence for text that is no grid.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            later(
                "A kernel as text has at most {most} characters, this one {count}.",
                most=MOST_CHARACTERS, count=len(text),
            )
        )  # fmt: skip
    rows = [row.split(",") for row in re.split(r"[_;\n]", text.strip())]
    if len({len(row) for row in rows}) > 1:
        lengths = ", ".join(str(len(row)) for row in rows[:16])
        raise ValueError(
            later(
                "All rows need the same number of weights, these have {lengths}.", lengths=lengths
            )
        )
    _check_sides(len(rows), len(rows[0]))
    return checked([[_number(entry) for entry in row] for row in rows])


def _number(entry: str) -> float:
    try:
        return float(entry)
    except ValueError:
        raise ValueError(later("“{text}” is not a number.", text=entry.strip()[:20])) from None
