r"""A small tanh network fitted with weight decay, and how straight its hidden units are.

One hidden layer of 20 units, on the points of :mod:`bends`. The loss is
$\tfrac1{2n}\sum(y - \hat y)^2 + \tfrac\lambda2\|w\|^2$ over the weights of both layers, not over
biases; L-BFGS goes down from the same random start for each λ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.bends import PLACES, Sample, drawn, root_mean_square, sample_of

Values = NDArray[np.float64]

HIDDEN, MOST_STEPS = 20, 800
STRENGTHS = (1e-6, 1e-4, 1e-2)
SAMPLE, SEED = 9, 0


@dataclass(frozen=True)
class Fitted:
    """The network of one λ: its mean |w| into the hidden layer, its curve, and both errors."""

    strength: float
    mean_weight: float
    curve: Values
    training: float
    validation: float

    @property
    def unit(self) -> Values:
        """tanh(w̄x) of that mean weight, scaled to be 1 at x = 1, over `PLACES`."""
        return drawn(np.tanh(self.mean_weight * PLACES) / np.tanh(self.mean_weight))


def fitted(
    sample: int = SAMPLE, seed: int = SEED, strengths: Sequence[float] = STRENGTHS
) -> tuple[Fitted, ...]:
    """A network for each strength; under a second for each."""
    points = sample_of(sample)
    return tuple(_fitted(points, seed, strength) for strength in strengths)


def _fitted(points: Sample, seed: int, strength: float) -> Fitted:
    from scipy.optimize import minimize  # slow to import

    found = minimize(
        loss_and_gradient, _start(seed), args=(points.x, points.y, strength), jac=True,
        method="L-BFGS-B", options={"maxiter": MOST_STEPS, "ftol": 1e-12, "gtol": 1e-8},
    ).x  # fmt: skip
    return Fitted(
        strength,
        float(np.abs(found[:HIDDEN]).mean()),
        drawn(answers(found, PLACES)),
        float(root_mean_square(answers(found, points.x) - points.y)),
        float(root_mean_square(answers(found, points.fresh) - points.wanted)),
    )


def _start(seed: int) -> Values:
    """Weights in, biases, weights out and the bias at the end: `(61,)`; as Glorot and Bengio."""
    generator = np.random.default_rng(seed)
    reach = np.sqrt(6 / (1 + HIDDEN))
    return np.append(generator.uniform(-reach, reach, 3 * HIDDEN), 0.0)


def answers(parameters: Values, x: Values) -> Values:
    """What the network says at each place `(N,)`."""
    weights, biases, out = parameters[:-1].reshape(3, HIDDEN)
    return np.asarray(np.tanh(x[:, None] * weights + biases) @ out + parameters[-1])


def loss_and_gradient(
    parameters: Values, x: Values, y: Values, strength: float
) -> tuple[float, Values]:
    """Loss with penalty, and its gradient `(61,)` by backpropagation."""
    weights, biases, out = parameters[:-1].reshape(3, HIDDEN)
    hidden = np.tanh(x[:, None] * weights + biases)
    residual = hidden @ out + parameters[-1] - y
    loss = np.mean(residual**2) / 2 + strength / 2 * (weights @ weights + out @ out)
    upstream = residual / len(x)
    inside = upstream[:, None] * out * (1 - hidden**2)
    gradient = (
        x @ inside + strength * weights,
        inside.sum(0),
        hidden.T @ upstream + strength * out,
        [upstream.sum()],
    )
    return float(loss), np.concatenate(gradient)
