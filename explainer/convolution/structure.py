"""What a kernel is made of: columns times rows, and two filters in a row as one kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.apply import checked_weights
from explainer.convolution.kernel import Weights

NEGLIGIBLE = 1e-7
MOST_WHOLE = 12  # in how many parts of its least weight a kernel is tried to be whole


@dataclass(frozen=True)
class Separability:
    """How near a kernel is to a column times a row.

    `singular_values` fall; `rank` counts those above 1e-7 of the largest. `column` `(kh,)` times
    `row` `(kw,)` is the nearest such product (Eckart and Young 1936), and `relative_error` is what
    it misses, as a share of the kernel's Frobenius norm, 0 to 1. `multiplications_separable` is for
    the kernel computed exactly, as `rank` pairs of passes.
    """

    rank: int
    singular_values: NDArray[np.float64]
    column: NDArray[np.float64]
    row: NDArray[np.float64]
    multiplications_full: int
    multiplications_separable: int
    relative_error: float


def separability(weights: ArrayLike) -> Separability:
    """The singular value decomposition of a kernel `(kh, kw)`, read as passes of filters."""
    kernel = checked_weights(weights)
    columns, values, rows = np.linalg.svd(kernel)
    rank = int(np.count_nonzero(values > NEGLIGIBLE * values[0])) if values[0] > 0 else 0
    root, sign = np.sqrt(values[0]), _sign(columns[:, 0])
    shares = values / values[0] if values[0] > 0 else values  # squares of tiny ones would vanish
    return Separability(
        rank=rank,
        singular_values=values,
        column=sign * root * columns[:, 0],
        row=sign * root * rows[0],
        multiplications_full=kernel.size,
        multiplications_separable=rank * sum(kernel.shape),
        relative_error=float(np.linalg.norm(shares[1:]) / (np.linalg.norm(shares) or 1.0)),
    )


@dataclass(frozen=True)
class Factors:
    """A separable kernel as people write it: `scale` times `column` `(kh,)` times `row` `(kw,)`.

    Column and row are whole numbers where they can be (1 2 1, not 0.6 1.2 0.6), else each sums to
    1 where it does not sum to 0.
    """

    scale: float
    column: NDArray[np.float64]
    row: NDArray[np.float64]


def factors(found: Separability) -> Factors | None:
    """The column and the row of a kernel of rank 1; None for any other."""
    if found.rank != 1:
        return None
    column, row = found.column, found.row
    if (_zero_sum(row) and column.sum() < 0) or (not _zero_sum(row) and row.sum() < 0):
        column, row = -column, -row
    sizes = _size(column), _size(row)
    return Factors(sizes[0] * sizes[1], column / sizes[0] + 0.0, row / sizes[1] + 0.0)


def _zero_sum(vector: NDArray[np.float64]) -> bool:
    return bool(abs(vector.sum()) <= NEGLIGIBLE * np.abs(vector).sum())


def _size(vector: NDArray[np.float64]) -> float:
    """What to divide by: the largest number that makes all whole, else the sum or the largest."""
    largest = float(np.abs(vector).max())
    least = float(np.abs(vector[np.abs(vector) > NEGLIGIBLE * largest]).min())
    for multiple in range(1, MOST_WHOLE + 1):
        whole = vector * multiple / least
        if np.abs(whole - whole.round()).max() < NEGLIGIBLE * multiple * largest / least:
            return least / multiple
    return largest if _zero_sum(vector) else float(vector.sum())


def _sign(vector: NDArray[np.float64]) -> float:
    """The sign that makes the largest entry positive: a decomposition leaves it open."""
    return 1.0 if vector[np.argmax(np.abs(vector))] >= 0 else -1.0


def dilated(weights: ArrayLike, dilation: int) -> Weights:
    """The kernel with `dilation - 1` zeros between neighbouring weights."""
    kernel = checked_weights(weights)
    spread = np.zeros([dilation * (taps - 1) + 1 for taps in kernel.shape])
    spread[::dilation, ::dilation] = kernel
    return spread


def compose(first: ArrayLike, second: ArrayLike) -> Weights:
    """The one kernel that does what `first` and then `second` do: their full convolution.

    $(x \\star a) \\star b = x \\star (a * b)$, of size `(ah + bh - 1, aw + bw - 1)`; the order does
    not matter. True wherever both windows lie inside the picture, and everywhere under the padding
    "wrap" (for odd sizes, which have a middle). A convolution with b turned would be a slip: laid
    tap on tap, offsets add, and adding offsets is what `*` does.
    """
    a, b = checked_weights(first), checked_weights(second)
    result = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1))
    for (row, column), weight in np.ndenumerate(b):
        result[row : row + a.shape[0], column : column + a.shape[1]] += weight * a
    return result
