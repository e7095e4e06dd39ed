r"""Small networks through the fifty samples of a cloud, all trained at once.

$\hat y = c + \sum_u v_u\tanh(a_u x + b_u)$ minimises
$\frac1n\big(\sum(y - \hat y)^2 + \lambda(\|a\|^2 + \|v\|^2)\big)$ in a fixed number of steps of
Adam (Kingma and Ba 2015) on all points. All fifty begin with the same weights: what parts them is
the noise alone. Each unit's bend begins somewhere between −1 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.generalisation.cloud import GRID, Fits, Samples, Setting, Values, samples

Single = NDArray[np.float32]

STEPS, RATE, SLOPES = 300, 0.05, 8.0
WIDEST = 30
WIDTHS = (1, 2, 3, 4, 5, 7, 10, 14, 20, WIDEST)
MEANS, SQUARES, TINY = 0.9, 0.99, 1e-8
KEPT = 128


@dataclass(frozen=True, eq=False)
class Networks:
    """Their weights: `slopes`, `shifts`, `outputs` `(S, W, 1)`, and `offsets` `(S, 1, 1)`."""

    slopes: Single
    shifts: Single
    outputs: Single
    offsets: Single

    def at(self, x: Values) -> Values:
        """What they say at these places `(S, len(x))`."""
        hidden = np.tanh(self.slopes * x.astype(np.float32) + self.shifts)
        answers = self.outputs.transpose(0, 2, 1) @ hidden + self.offsets
        return np.asarray(answers[:, 0], np.float64)


def begun(width: int, seed: int, count: int) -> Networks:
    """`count` networks with the same weights, drawn by `seed`."""
    draw = np.random.default_rng(seed)
    slopes = SLOPES * draw.standard_normal((width, 1))
    shifts = -slopes * draw.uniform(-1, 1, (width, 1))
    outputs = draw.standard_normal((width, 1)) / np.sqrt(width)
    parts = (slopes, shifts, outputs, np.zeros((1, 1)))
    return Networks(*(np.repeat(one[None], count, 0).astype(np.float32) for one in parts))


def trained(drawn: Samples, width: int, ridge: float, seed: int) -> Networks:
    """A network of that width for each sample."""
    x, y = drawn.x.astype(np.float32), drawn.y.astype(np.float32)[:, None]
    networks = begun(width, seed, len(y))
    weights = (networks.slopes, networks.shifts, networks.outputs, networks.offsets)
    means, squares = ([np.zeros_like(one) for one in weights] for _ in range(2))
    for step in range(1, STEPS + 1):
        rate = RATE / (1 - MEANS**step)
        found = gradients(networks, x, y, ridge)
        for one, gradient, mean, square in zip(weights, found, means, squares, strict=True):
            mean += (1 - MEANS) * (gradient - mean)
            square += (1 - SQUARES) * (gradient * gradient - square)
            one -= rate * mean / (np.sqrt(square / (1 - SQUARES**step)) + TINY)
    return networks


def gradients(networks: Networks, x: Single, y: Single, ridge: float) -> tuple[Single, ...]:
    """The gradient of each network's own loss, on its sample `y` `(S, 1, n)`, for its weights."""
    slopes, outputs, share = networks.slopes, networks.outputs, np.float32(2 / len(x))
    hidden = slopes * x + networks.shifts  # (S, W, n)
    np.tanh(hidden, out=hidden)
    wrong = (outputs.transpose(0, 2, 1) @ hidden + networks.offsets - y) * share  # (S, 1, n)
    pull = share * np.float32(ridge)
    of_outputs = hidden @ wrong.transpose(0, 2, 1) + pull * outputs
    np.multiply(hidden, hidden, out=hidden)
    np.subtract(1, hidden, out=hidden)
    hidden *= wrong
    of_slopes, of_shifts = outputs * (hidden @ x[:, None]), outputs * hidden.sum(2, keepdims=True)
    return of_slopes + pull * slopes, of_shifts, of_outputs, wrong.sum(2, keepdims=True)


@lru_cache(maxsize=KEPT)
def fitted(setting: Setting, ridge: float, width: int) -> Fits:
    """Networks of this width through the samples."""
    drawn = samples(setting)
    networks = trained(drawn, width, ridge, setting.seed)
    return Fits(networks.at(GRID), networks.at(drawn.x)[0])
