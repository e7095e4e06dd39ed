r"""The Euclidean length of vectors whose squares need not be numbers that a computer has.

$\lVert v \rVert = m \sqrt{\sum (v_i / m)^2}$ with $m = \max |v_i|$: without the division the
squares of $10^{-23}$ vanish in float32 and those of $10^{20}$ overflow ($10^{-162}$ and $10^{154}$
in float64), and a vector that is there has the length 0 or infinity.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor


def length(values: ArrayLike) -> float:
    """The length of an array of any shape, in float64; NaN or infinite where one of them is."""
    numbers = np.asarray(values, np.float64)
    largest = float(np.abs(numbers).max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * float(np.linalg.norm(numbers / largest))


def lengths(rows: Tensor) -> Tensor:
    """The length of each row of `(N, ...)`, in the type of `rows`."""
    flat = rows.flatten(1)
    scale = scales(flat)
    found: Tensor = torch.linalg.vector_norm(flat / scale, dim=1) * scale[:, 0]
    return found


def scales(rows: Tensor) -> Tensor:
    """What each row of `(N, P)` can be divided by before it is squared: `(N, 1)`, none of them 0.

    The largest absolute value; 1 where that is 0 or no finite number.
    """
    largest = rows.abs().amax(1, keepdim=True)
    return torch.where((largest > 0) & largest.isfinite(), largest, torch.ones_like(largest))


def directions(rows: Tensor) -> Tensor:
    """Each row of `(N, P)` as a vector of length 1; a row of zeros stays as it is."""
    scaled = rows / scales(rows)
    whole = torch.linalg.vector_norm(scaled, dim=1, keepdim=True)
    return scaled / torch.where(whole > 0, whole, torch.ones_like(whole))
