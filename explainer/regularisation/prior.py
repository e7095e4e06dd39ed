r"""One weight with a prior: the Gaussian of L2 and the Laplace of L1, and what data make of them.

The weight is the slope through $n$ points (of mean square 1) with noise $\sigma$: what the data say
is the likelihood $N(\hat w;\ v)$, $v = \sigma^2 / n$. The priors have mean 0 and the standard
deviation $s$; the Laplace's scale is $b = s / \sqrt2$. All densities are of area 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from explainer.regularisation.weight_steps import soft_threshold

Values = NDArray[np.float64]

SAMPLES, SEED = 10_000, 1
NEAR = 0.01
ROOT_TAU = math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Belief:
    """What the data alone say, from how many points with which noise, and how wide the priors."""

    alone: float
    count: float
    noise: float
    width: float

    @property
    def variance(self) -> float:
        r"""That of the likelihood, $v = \sigma^2 / n$."""
        return self.noise**2 / self.count

    @property
    def scale(self) -> float:
        r"""The Laplace prior's $b$, by which its variance $2b^2$ is $s^2$."""
        return self.width / math.sqrt(2)

    @property
    def l2_strength(self) -> float:
        r"""$\lambda = \sigma^2 / (n s^2)$ in ½ mean squared error + (λ/2) w²."""
        return self.variance / self.width**2

    @property
    def l1_strength(self) -> float:
        r"""$\lambda = \sigma^2 / (n b)$ in ½ mean squared error + λ |w|."""
        return self.variance / self.scale


def normal(places: Values, mean: float, variance: float) -> Values:
    """The density of a normal distribution at each of the places `(N,)`."""
    return np.exp(-((places - mean) ** 2) / (2 * variance)) / (ROOT_TAU * math.sqrt(variance))


def likelihood(belief: Belief, places: Values) -> Values:
    """What the data say of each place, as a density."""
    return normal(places, belief.alone, belief.variance)


class Prior(Protocol):
    """A prior and the posterior it gives, whose highest point is `mode`."""

    mode: float
    mean: float

    def prior(self, places: Values) -> Values:
        """The density before the data at each of the places `(N,)`."""

    def posterior(self, places: Values) -> Values:
        """The density after the data."""

    def samples(self, count: int = SAMPLES, seed: int = SEED) -> Values:
        """So many draws of the posterior: `(count,)`."""


class GaussianPrior:
    """N(0, s²), whose posterior is normal too."""

    def __init__(self, belief: Belief) -> None:
        self.belief = belief
        self.mode = self.mean = belief.alone / (1 + belief.l2_strength)
        self.variance = belief.variance / (1 + belief.l2_strength)

    def prior(self, places: Values) -> Values:
        """Its density before the data."""
        return normal(places, 0.0, self.belief.width**2)

    def posterior(self, places: Values) -> Values:
        """Its density after the data."""
        return normal(places, self.mean, self.variance)

    def samples(self, count: int = SAMPLES, seed: int = SEED) -> Values:
        """So many draws of the posterior: `(count,)`."""
        draws = np.random.default_rng(seed).standard_normal(count)
        return self.mean + math.sqrt(self.variance) * draws


class LaplacePrior:
    r"""exp(−|w| / b) / (2b), whose posterior is two halves of normal distributions that meet at 0.

    On the side of sign $\pm$ the posterior is that of $N(\hat w \mp v/b;\ v)$. How much of it lies
    on either side is reckoned in logarithms: one of them may be very little.
    """

    def __init__(self, belief: Belief) -> None:
        self.belief = belief
        self.mode = soft_threshold(belief.alone, belief.l1_strength)
        signs, spread = np.array([1.0, -1.0]), math.sqrt(belief.variance)
        self._centres = belief.alone - signs * belief.l1_strength
        self._reach = signs * self._centres / spread
        logarithms = self._centres**2 / (2 * belief.variance) + log_ndtr(self._reach)
        self._top = logarithms.max()
        parts = np.exp(logarithms - self._top)
        self._shares: Values = parts / parts.sum()
        # of exp(−(w − ŵ)²/(2v) − |w|/b + ŵ²/(2v)), the logarithm of the area
        self._area = self._top + math.log(parts.sum()) + math.log(ROOT_TAU * spread)
        hazard = np.exp(-(self._reach**2) / 2 - log_ndtr(self._reach)) / ROOT_TAU
        means = self._centres + signs * spread * hazard
        self.mean = float(self._shares @ means)

    def prior(self, places: Values) -> Values:
        """Its density before the data."""
        scale = self.belief.scale
        return np.exp(-np.abs(places) / scale) / (2 * scale)

    def posterior(self, places: Values) -> Values:
        """Its density after the data."""
        alone, variance = self.belief.alone, self.belief.variance
        exponent = places * (2 * alone - places) / (2 * variance)
        return np.asarray(np.exp(exponent - np.abs(places) / self.belief.scale - self._area))

    def samples(self, count: int = SAMPLES, seed: int = SEED) -> Values:
        """So many draws of the posterior: `(count,)`; a side first, then a place on it."""
        generator = np.random.default_rng(seed)
        side = (generator.random(count) >= self._shares[0]).astype(int)
        left = np.log(1 - generator.random(count))  # of (0, 1]
        reach = self._reach[side]
        away = reach - ndtri_exp(left + log_ndtr(reach))
        spread = math.sqrt(self.belief.variance)
        return np.asarray(np.where(side == 0, spread, -spread) * away)


def share_near_zero(samples: Values, near: float = NEAR) -> float:
    """The share of the samples that are nearer to 0 than that."""
    return float(np.mean(np.abs(samples) < near))
