r"""Early stopping and L2 on a quadratic loss, side by side (Goodfellow et al. 2016, 7.8).

$L = \tfrac12 \sum_i h_i (w_i - w_i^*)^2$, in the directions of its eigenvectors. Gradient descent
from 0 with rate η has covered the share $1 - (1 - \eta h_i)^\tau$ of the way to the least loss
after τ steps; with the penalty $\tfrac\lambda2\|w\|^2$ the least is at the share
$h_i / (h_i + \lambda)$ of it. For small ηh and $\tau = 1/(\eta\lambda)$ they are
$1 - e^{-x}$ and $x / (1 + x)$ of $x = h / \lambda$.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
RATE = 0.05
OPTIMUM = (1.0, 1.0)
CORNERS = 121


def descent_share(curvature: Values, steps: float, rate: float = RATE) -> Values:
    """The share of the way after `steps` τ ≥ 0 of gradient descent; 0 < η h < 1."""
    return np.asarray(1 - (1 - rate * curvature) ** steps)


def ridge_share(curvature: Values, strength: float) -> Values:
    """The share of the way at which the least of loss and penalty lies, of λ = `strength` > 0."""
    return np.asarray(curvature / (curvature + strength))


def strength_for(steps: float, rate: float = RATE) -> float:
    """The λ that belongs to τ steps: 1/(ητ)."""
    return 1 / (rate * steps)


@dataclass(frozen=True)
class Quadratic:
    """A loss of two weights with the curvatures `first` and `second`, least at `OPTIMUM`."""

    first: float
    second: float

    @property
    def curvatures(self) -> Values:
        """Both, `(2,)`."""
        return np.array([self.first, self.second])

    def stopped(self, steps: Values | float) -> Values:
        """Where gradient descent is after so many steps, `(..., 2)`."""
        given = np.asarray(steps, np.float64)[..., None]
        return np.asarray(OPTIMUM * (1 - (1 - RATE * self.curvatures) ** given))

    def ridge(self, strength: Values | float) -> Values:
        """Where loss and penalty of that λ are least together, `(..., 2)`."""
        given = np.asarray(strength, np.float64)[..., None]
        return np.asarray(OPTIMUM * self.curvatures / (self.curvatures + given))

    def loss(self, weights: Values) -> Values:
        """Of weights `(..., 2)`."""
        return np.asarray((self.curvatures * (weights - OPTIMUM) ** 2).sum(-1) / 2)

    def contour(self, height: float) -> Values:
        """The ellipse on which the loss is `height` > 0, closed, `(121, 2)`."""
        turns = np.linspace(0, 2 * np.pi, CORNERS)
        circle = np.column_stack([np.cos(turns), np.sin(turns)])
        return np.asarray(OPTIMUM + circle * np.sqrt(2 * height / self.curvatures))

    def apart(self, steps: float) -> float:
        """How far τ steps and the λ that belongs to them are from each other, over |w*|."""
        difference = self.stopped(steps) - self.ridge(strength_for(steps))
        return float(np.linalg.norm(difference) / np.linalg.norm(OPTIMUM))
