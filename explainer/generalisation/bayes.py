r"""Two classes whose best possible error is known: Gaussians in the plane, equally frequent.

Class A lies around (0, −d/2) with spread 1, class B around (0, d/2) with spread s in every
direction. Of equal spread the best boundary is a line, and its error is $\Phi(-d/2)$. Else it is
a circle around the narrower class, and the errors follow the noncentral χ² distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chndtr, expit, ndtr

Values = NDArray[np.float64]
EQUAL = 1e-6
STEPS = 8  # of Newton; the slopes are held back a little, so that separable points have an end
HELD = 1e-2


@dataclass(frozen=True)
class Circle:
    """The height of its centre on the axis that joins the classes, and its radius."""

    height: float
    radius: float


@dataclass(frozen=True)
class TwoClasses:
    """`distance` d ≥ 0 between the centres and the `spread` s > 0 of class B."""

    distance: float
    spread: float

    @property
    def boundary(self) -> Circle | None:
        """Where both classes are as likely: a circle, or None for the line in the middle.

        The class of larger spread is outside.
        """
        d, s = self.distance, self.spread
        if abs(s - 1) < EQUAL:
            return None
        k = 1 / s**2
        height = -d / 2 - k * d / (1 - k)
        return Circle(height, math.sqrt(k * d**2 / (1 - k) ** 2 + 4 * math.log(s) / (1 - k)))

    @property
    def bayes_error(self) -> float:
        """The share that the best rule there is gets wrong."""
        circle = self.boundary
        return float(ndtr(-self.distance / 2)) if circle is None else self.error_of(circle)

    def error_of(self, circle: Circle) -> float:
        """The share that is wrong where A is said inside, or outside where B is the narrower."""
        inside_a = self._inside(circle, -self.distance / 2, 1.0)
        inside_b = self._inside(circle, self.distance / 2, self.spread)
        if self.spread >= 1:
            return (1 - inside_a + inside_b) / 2
        return (inside_a + 1 - inside_b) / 2

    def _inside(self, circle: Circle, height: float, spread: float) -> float:
        away = ((circle.height - height) / spread) ** 2
        return float(chndtr((circle.radius / spread) ** 2, 2, away))

    def chance_of_b(self, points: Values) -> Values:
        """The probability of class B at places `(..., 2)`."""
        half = np.array([0.0, self.distance / 2])
        to_a = np.square(points + half).sum(-1)
        to_b = np.square(points - half).sum(-1) / self.spread**2
        return np.asarray(expit((to_a - to_b) / 2 - 2 * math.log(self.spread)))

    def placed(self, noise: Values, labels: NDArray[np.bool_]) -> Values:
        """Standard normal numbers `(..., 2)` as points of class A, or of B where `labels` is."""
        spread = np.where(labels, self.spread, 1.0)[..., None]
        height = np.where(labels, self.distance / 2, -self.distance / 2)[..., None]
        return np.asarray(spread * noise + height * np.array([0.0, 1.0]))

    def error_of_line(self, weights: Values) -> Values:
        """The share wrong of $w_1x_1 + w_2x_2 + b > 0$ for B, of weights and bias `(..., 3)`."""
        long = np.maximum(np.hypot(weights[..., 0], weights[..., 1]), 1e-12)
        at_a = (weights[..., 2] - weights[..., 1] * self.distance / 2) / long
        at_b = (weights[..., 2] + weights[..., 1] * self.distance / 2) / (long * self.spread)
        return np.asarray((ndtr(at_a) + ndtr(-at_b)) / 2)


def nearest_neighbour_errors(
    classes: TwoClasses, points: Values, labels: NDArray[np.bool_], asked: Values
) -> Values:
    """The share that the nearest of each sample's points `(D, n, 2)` gets wrong, `(D,)`.

    Measured at the places `asked` `(M, 2)`: how much likelier it is to be wrong there than the best
    rule, whose own error is known. No label is drawn there, and no noise leads below the best.
    """
    chance = classes.chance_of_b(asked)
    distance = (-2 * asked) @ points.swapaxes(1, 2)  # but for what is the same for all
    distance += np.square(points).sum(-1)[:, None]
    says_b = np.take_along_axis(labels, distance.argmin(-1), axis=1)  # (D, M)
    more = np.where(says_b, 1 - chance, chance) - np.minimum(chance, 1 - chance)
    return np.asarray(classes.bayes_error + more.mean(1))


def logistic(points: Values, labels: NDArray[np.bool_]) -> Values:
    """Weights and bias `(D, 3)` of logistic regression on D samples `(D, n, 2)`, by Newton's steps.

    The mean loss has 0.01/2 times the squares of the two weights: points that a line divides would
    push it to infinity.
    """
    inputs = np.concatenate([points, np.ones((*labels.shape, 1))], axis=-1)
    across, count = inputs.swapaxes(1, 2), labels.shape[1]
    held = HELD * np.array([1.0, 1.0, 1e-6])
    weights = np.zeros((len(points), 3))
    for _ in range(STEPS):
        chance = expit(inputs @ weights[..., None])  # (D, n, 1)
        gradient = (across @ (chance - labels[..., None]))[..., 0] / count + held * weights
        bend = across @ (inputs * (chance * (1 - chance))) / count + np.diag(held)
        weights = weights - np.linalg.solve(bend, gradient[..., None])[..., 0]
    return weights
