r"""Least squares on real digits: a bowl whose curvatures are known exactly.

The outputs are linear, $XW$ with a column of ones for the bias, and the loss is half the mean
squared distance to the one-hot labels. Its Hessian is $X^TX/N$, the same for every output.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainer.training.data.registry import load

COUNT, CLASSES = 1000, 10
FLAT = 1e-9
"""A curvature below this share of the largest is 0 but for rounding: a pixel that is always off."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bowl:
    r"""The curvatures λ > 0 `(P,)`, ascending, and what lies above the least loss along each.

    Started at W = 0, direction i has `shares[i]` of the loss above the least; after steps that
    multiply its distance by r it has $r^2$ times that.
    """

    curvatures: Floats
    shares: Floats

    @property
    def sharpness(self) -> float:
        """The largest curvature, λmax."""
        return float(self.curvatures[-1])

    def gap(self, factors: Floats) -> Floats:
        """The loss above the least one, where the distances are `factors` `(..., P)` of the first.

        Infinite where it is beyond all numbers.
        """
        with np.errstate(over="ignore"):
            return np.asarray(np.square(factors) @ self.shares)


def digits(count: int = COUNT) -> tuple[Floats, Floats]:
    """The first digits of scikit-learn's `(count, 65)`, the last column 1, and labels one-hot."""
    examples = load("digits")
    pictures = examples.inputs[:count].flatten(1).double().numpy()
    labels = np.eye(CLASSES)[examples.labels[:count].numpy()]
    return np.column_stack([pictures, np.ones(len(pictures))]), labels


@cache
def bowl(count: int = COUNT) -> Bowl:
    """That of the first `count` digits."""
    inputs, targets = digits(count)
    curvatures, directions = np.linalg.eigh(inputs.T @ inputs / count)
    kept = curvatures > FLAT * curvatures[-1]
    slopes = directions.T @ (inputs.T @ targets) / count
    shares = (slopes**2).sum(1)[kept] / (2 * curvatures[kept])
    return Bowl(curvatures[kept], shares)
