r"""A polynomial of degree 12 through 15 noisy points, fitted with a penalty of many strengths.

The loss is $\tfrac1{2n}\sum(y - \hat y)^2$ plus $\tfrac\lambda2\|w\|^2$ (ridge: Hoerl and Kennard
1970) or $\lambda\|w\|_1$ (lasso: Tibshirani 1996). The powers are standardised over the points,
and the bias is free. Ridge is solved in closed form; the lasso's coefficients are straight lines
between the places where one of them becomes or leaves 0 (Efron et al. 2004), which scikit-learn
finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

POINTS, FRESH, DEGREE, NOISE = 15, 200, 12, 0.25
LOWEST, HIGHEST, PER_DECADE = -8, 1, 10
POWERS = np.linspace(LOWEST, HIGHEST, (HIGHEST - LOWEST) * PER_DECADE + 1)
"""The decimal logarithms of λ."""
PLACES = np.linspace(-1.05, 1.05, 421)
"""The axis of the curves, a little wider than they are."""
KEPT = 16


def truth(x: Values) -> Values:
    """What the points are noisy values of."""
    return np.sin(2.5 * x)


@dataclass(frozen=True)
class Sample:
    """15 noisy points to fit, `x` and `y`, and 200 `fresh` ones with what is `wanted` there."""

    x: Values
    y: Values
    fresh: Values
    wanted: Values


def sample_of(seed: int) -> Sample:
    """The points of a seed: at equal distances, and the fresh ones anywhere from −1 to 1."""
    generator = np.random.default_rng(seed)
    x = np.linspace(-1, 1, POINTS)
    y = truth(x) + NOISE * generator.standard_normal(POINTS)
    fresh = generator.uniform(-1, 1, FRESH)
    return Sample(x, y, fresh, truth(fresh) + NOISE * generator.standard_normal(FRESH))


@dataclass(frozen=True)
class Bends:
    """Fits of one sample of points with one penalty, a row for each of `POWERS`.

    `curves` `(powers, places)`; the errors are root mean squares `(powers,)`: on the points
    themselves and on 200 fresh ones. `weights` `(powers, 12)` belong to the standardised powers.
    """

    x: Values
    y: Values
    curves: Values
    weights: Values
    training: Values
    validation: Values

    @property
    def best(self) -> int:
        """Which strength has the least validation error."""
        return int(self.validation.argmin())


@lru_cache(maxsize=KEPT)
def bends(sample: int, *, l1: bool) -> Bends:
    """All fits for the points of this sample (a seed)."""
    points = sample_of(sample)
    x, y = points.x, points.y
    powers = _powers(x)
    mean, spread = powers.mean(0), powers.std(0)
    columns = (powers - mean) / spread
    weights = (lasso if l1 else ridge)(columns, y - y.mean(), 10.0**POWERS)

    def answers(places: Values) -> Values:
        return np.asarray(y.mean() + weights @ ((_powers(places) - mean) / spread).T)

    training = root_mean_square(answers(x) - y)
    validation = root_mean_square(answers(points.fresh) - points.wanted)
    return Bends(x, y, drawn(answers(PLACES)), weights, training, validation)


def drawn(curves: Values) -> Values:
    """Curves `(..., places)` as they are from −1 to 1, and NaN beyond."""
    return np.where(np.abs(PLACES) < 1 + 1e-9, curves, np.nan)


def ridge(columns: Values, targets: Values, strengths: Values) -> Values:
    r"""$(X^\top X / n + \lambda)^{-1} X^\top y / n$ for each λ: `(strengths, features)`."""
    left, sizes, right = np.linalg.svd(columns, full_matrices=False)
    share = sizes / (sizes**2 + len(targets) * strengths[:, None])
    return np.asarray((share * (left.T @ targets)) @ right)


def lasso(columns: Values, targets: Values, strengths: Values) -> Values:
    """The lasso's weights for each λ, exact but for rounding: `(strengths, features)`."""
    from sklearn.linear_model import lars_path  # slow to import

    knots, _, weights = lars_path(columns, targets, method="lasso")
    return np.stack([np.interp(strengths, knots[::-1], one[::-1]) for one in weights], axis=1)


def _powers(x: Values) -> Values:
    return x[:, None] ** np.arange(1, DEGREE + 1)


def root_mean_square(errors: Values) -> Values:
    """The root of the mean of the squares along the last axis."""
    return np.asarray(np.sqrt(np.mean(errors**2, axis=-1)))
