r"""What normalisation does to least squares of two weights, and to gradient descent on it.

$L = \tfrac12 \cdot$ mean squared error; its curvature is $H = X^\top X / n$ with the eigenvalues
$\lambda$. From weights 0 and with the rate η the share of the gap that is left after t steps is
$\sum_i p_i (1 - \eta\lambda_i)^{2t}$, where $p_i$ is the share of direction i in the first gap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
POINTS, SLOPES, OFFSET, NOISE, SEED = 60, (1.0, 0.8), 1.0, 0.3, 4
NEAR = 1e-3
"""The share of the first gap at which one has arrived."""
NEVER = 10**7
CORNERS = 121


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Points: a column of numbers for each of two weights, `(n, 2)`, and their targets `(n,)`."""

    columns: Values
    targets: Values

    @cached_property
    def curvature(self) -> Values:
        """H, `(2, 2)`."""
        return np.asarray(self.columns.T @ self.columns / len(self.columns))

    @cached_property
    def optimum(self) -> Values:
        """The weights of the least loss, `(2,)`."""
        pull = self.columns.T @ self.targets / len(self.targets)
        return np.asarray(np.linalg.solve(self.curvature, pull))

    @cached_property
    def _directions(self) -> tuple[Values, Values]:
        values, vectors = np.linalg.eigh(self.curvature)
        return values, vectors

    @property
    def condition(self) -> float:
        """κ: the steepest curvature over the flattest."""
        low, high = self._directions[0]
        return float(high / low)

    @property
    def largest_rate(self) -> float:
        """2/λ of the steepest direction: at any larger rate descent diverges."""
        return float(2 / self._directions[0][-1])

    def path(self, share: float, steps: int) -> Values:
        """Weights from 0 on, `(steps + 1, 2)`; the rate is that `share` of the largest stable."""
        values, vectors = self._directions
        left = (1 - share * self.largest_rate * values) ** np.arange(steps + 1)[:, None]
        return np.asarray(self.optimum - (left * (self.optimum @ vectors)) @ vectors.T)

    def left(self, share: float, steps: Values) -> Values:
        """The share of the first gap that is left after each of `steps`."""
        values, vectors = self._directions
        heights = values * (self.optimum @ vectors) ** 2
        factors = (1 - share * self.largest_rate * values) ** 2
        return np.asarray((heights / heights.sum()) @ factors[:, None] ** steps)

    def steps(self, share: float, near: float = NEAR) -> float:
        """The least steps after which no more than `near` of the gap is left; ∞ where never."""
        if share >= 1:
            return math.inf
        low, high = 0, 1
        while self.left(share, np.array([float(high)]))[0] > near:
            low, high = high, 2 * high
            if high > NEVER:
                return math.inf
        while high - low > 1:
            middle = (low + high) // 2
            far = self.left(share, np.array([float(middle)]))[0] > near
            low, high = (middle, high) if far else (low, middle)
        return high

    def bound(self, share: float, near: float = NEAR) -> float:
        r"""As many steps as suffice from anywhere: $\ln(1/\epsilon) / (-2 \ln q)$.

        $q$ is the slowest factor of a direction, $|1 - \eta\lambda|$. Where that is the flattest
        and κ is large it is about $\kappa \ln(1/\epsilon) / (4 \cdot$ share$)$.
        """
        slowest = max(abs(1 - 2 * share), abs(1 - 2 * share / self.condition))
        if slowest >= 1:
            return math.inf
        return math.log(1 / near) / (-2 * math.log(slowest)) if slowest else 1.0

    def contour(self, part: float) -> Values:
        """The ellipse on which that `part` of the first gap is left, closed, `(121, 2)`."""
        values, vectors = self._directions
        height = (values * (self.optimum @ vectors) ** 2).sum()
        turns = np.linspace(0, 2 * np.pi, CORNERS)
        circle = np.column_stack([np.cos(turns), np.sin(turns)])
        return np.asarray(self.optimum + circle * np.sqrt(part * height / values) @ vectors.T)


@cache
def _draws() -> tuple[Values, Values]:
    """Two features of mean 0, deviation 1 and no correlation, exactly; and the targets."""
    generator = np.random.default_rng(SEED)
    raw = generator.standard_normal((POINTS, 3))
    raw -= raw.mean(0)
    orthogonal = np.linalg.qr(raw)[0] * np.sqrt(POINTS)
    targets = OFFSET + orthogonal[:, :2] @ SLOPES + NOISE * orthogonal[:, 2]
    return orthogonal[:, :2], targets


def two_features(scale: float, correlation: float) -> tuple[LeastSquares, ...]:
    """As they come, standardised, and whitened: a feature of deviation 1, another of `scale`.

    Both have mean 0, so that the bias is on its own. −1 < `correlation` < 1.
    """
    draws, targets = _draws()
    second = correlation * draws[:, 0] + math.sqrt(1 - correlation**2) * draws[:, 1]
    raw = np.column_stack([draws[:, 0], scale * second])
    standardised = raw / raw.std(0)
    return _problems([raw, standardised, whitened(standardised)], targets)


def feature_and_bias(scale: float, mean: float) -> tuple[LeastSquares, ...]:
    """As it comes, divided by its deviation, and standardised: one feature, and ones for the bias.

    The feature has the deviation `scale`, and a mean of so many deviations.
    """
    draws, targets = _draws()
    raw = scale * (draws[:, 0] + mean)
    columns = [raw, raw / raw.std(), (raw - raw.mean()) / raw.std()]
    return _problems([np.column_stack([one, np.ones(POINTS)]) for one in columns], targets)


def _problems(columns: Sequence[Values], targets: Values) -> tuple[LeastSquares, ...]:
    return tuple(LeastSquares(one, targets) for one in columns)


def whitened(columns: Values) -> Values:
    """Without correlation, and each of deviation 1: turned to principal axes, divided, turned back.

    Of all columns of that kind these are nearest to those that were standardised, and so they move
    as smoothly as these do; the principal axes themselves change places where two are level.
    """
    centred = columns - columns.mean(0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    return np.asarray(centred @ (vectors / np.sqrt(values)) @ vectors.T)
