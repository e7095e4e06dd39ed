r"""What is made of logits: softmax, sigmoid, their losses and gradients, in closed form.

$p = \mathrm{softmax}(z / T)$ with a temperature $T$; targets $y$ may be smoothed; the loss is
$-\sum_c y_c \log p_c$ in nats, and its gradient by the logits $(p - y) / T$.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_softmax, xlogy

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """Logits `(C,)`, the number of the true class, a temperature > 0, smoothing in [0, 1]."""

    logits: tuple[float, ...]
    true: int
    temperature: float = 1.0
    smoothing: float = 0.0

    @property
    def log_probabilities(self) -> Floats:
        """Logarithms of the softmax, `(C,)`; finite for all finite logits."""
        found: Floats = log_softmax(np.array(self.logits) / self.temperature)
        return found

    @property
    def probabilities(self) -> Floats:
        """The softmax `(C,)`; its sum is 1."""
        return np.asarray(np.exp(self.log_probabilities))

    @property
    def sigmoids(self) -> Floats:
        """Of each logit its own sigmoid, `(C,)`; their sum is what it is."""
        found: Floats = expit(np.array(self.logits) / self.temperature)
        return found

    @property
    def targets(self) -> Floats:
        r"""$y_c = (1 - ε)[c = t] + ε/C$, `(C,)` (Szegedy et al. 2016)."""
        count = len(self.logits)
        one_hot = np.eye(count)[self.true]
        return np.asarray((1 - self.smoothing) * one_hot + self.smoothing / count)

    @property
    def loss(self) -> float:
        """The cross-entropy of the targets and the softmax, in nats."""
        return float(-(self.targets * self.log_probabilities).sum())

    @property
    def least_loss(self) -> float:
        """The targets' entropy: below it the cross-entropy can't fall, whatever the logits."""
        return float(-xlogy(self.targets, self.targets).sum())

    @property
    def gradient(self) -> Floats:
        """The derivative of the loss by each logit, `(C,)`; its sum is 0."""
        return (self.probabilities - self.targets) / self.temperature

    @property
    def best_gap(self) -> float:
        r"""How far the true logit is above all others where the loss is least.

        $T \ln(1 + C(1 - ε)/ε)$; without smoothing there is no such place: infinite.
        """
        if not self.smoothing:
            return math.inf
        odds = len(self.logits) * (1 - self.smoothing) / self.smoothing
        return self.temperature * math.log1p(odds)


def least_loss_of_two_softmaxes(classes: int) -> float:
    r"""What a cross-entropy of probabilities, taken for logits, stays above: $\ln(e + C - 1) - 1$.

    A second softmax of numbers in [0, 1] that sum to 1 is at most $e / (e + C - 1)$.
    """
    return math.log(math.e + classes - 1) - 1


@dataclass(frozen=True)
class Way:
    """A probability and a loss as one of the ways to compute them has them; NaN and ∞ included."""

    probability: float
    loss: float


def three_ways(logits: ArrayLike, true: int) -> tuple[Way, Way, Way]:
    """The true class in float32: exponentials as they stand, softmax then log, log-softmax.

    The first divides exp by their sum; the second subtracts the largest logit before; the third
    takes no logarithm of a probability: $z_t - m - \\ln \\sum_c e^{z_c - m}$.
    """
    given = np.asarray(logits, np.float32)
    shifted = given - given.max()
    with np.errstate(all="ignore"):
        naive, stable = (np.exp(one) / np.exp(one).sum() for one in (given, shifted))
        kept = shifted - np.log(np.exp(shifted).sum())
        logs = np.log(naive[true]), np.log(stable[true]), kept[true]
    probabilities = naive[true], stable[true], np.exp(kept[true])
    first, second, third = (
        Way(float(one), 0.0 - float(log)) for one, log in zip(probabilities, logs, strict=True)
    )
    return first, second, third


def pulls(logit: ArrayLike) -> tuple[Floats, Floats]:
    r"""A sigmoid's slopes by its logit where the truth is 1: cross-entropy, squared error.

    $p - 1$ of $-\ln p$, and $(p - 1)\,p\,(1 - p)$ of $\tfrac12(p - 1)^2$.
    """
    p, rest = expit(np.asarray(logit, np.float64)), expit(-np.asarray(logit, np.float64))
    return -rest, -rest * p * rest


def losses(logit: ArrayLike) -> tuple[Floats, Floats]:
    r"""The same sigmoid's losses: $-\ln p = \ln(1 + e^{-z})$ and $\tfrac12(1 - p)^2$."""
    given = np.asarray(logit, np.float64)
    return np.logaddexp(0, -given), expit(-given) ** 2 / 2


def times_stronger(logit: ArrayLike) -> Floats:
    r"""How many times harder cross-entropy pulls: $1 / p(1 - p) = 2 + 2\cosh z$; at least 4."""
    return 2 + 2 * np.cosh(np.asarray(logit, np.float64))
