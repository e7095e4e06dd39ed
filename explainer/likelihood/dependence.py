r"""What becomes of an interval when examples are copies, and which variance likelihood likes best.

Each of n examples stands there k times. The log-likelihood is k times as large, its maximum where
it was, and its curvature promises an interval $\sqrt k$ times too narrow:
$\hat p \pm 1.96 \sqrt{\hat p (1 - \hat p) / (nk)}$.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlog1py, xlogy

from explainer.evaluation.intervals import BEYOND
from explainer.training.data.registry import load

DRAWS, MOST_COPIES = 2000, 20
Floats = NDArray[np.float64]


def half_width(share: ArrayLike, count: int, copies: ArrayLike = 1) -> Floats:
    """Half of the interval by the curvature, each of `count` examples there `copies` times."""
    share = np.asarray(share, float)
    return np.asarray(np.sqrt(share * (1 - share) / (count * np.asarray(copies))) * BEYOND)


def covered(
    chance: float, count: int, copies: ArrayLike, seed: int = 0, draws: int = DRAWS
) -> NDArray[np.int64]:
    """In how many of `draws` sets the interval holds the true chance, for each of `copies`."""
    shares = np.random.default_rng(seed).binomial(count, chance, draws) / count
    halves = half_width(shares[:, None], count, np.asarray(copies)[None])
    return np.asarray((np.abs(shares[:, None] - chance) <= halves).sum(0))


def coverage(chance: float, count: int, copies: ArrayLike) -> Floats:
    """What is left of 95 %: the probability of all numbers of heads whose interval holds it."""
    heads = np.arange(count + 1)
    shares = heads[:, None] / count
    inside = np.abs(shares - chance) <= half_width(shares, count, np.asarray(copies)[None])
    ways = gammaln(count + 1) - gammaln(heads + 1) - gammaln(count - heads + 1)
    logs = ways + xlogy(heads, chance) + xlog1py(count - heads, -chance)
    return np.asarray(np.exp(logs) @ inside)


@cache
def inks() -> Floats:
    """How much ink each shipped digit has: its pixels' mean, `(6000,)`, in [0, 1]."""
    return np.asarray(load("mnist-sample").inputs.flatten(1).double().mean(1).numpy())


def variances(most: int, seed: int = 0, draws: int = DRAWS) -> tuple[Floats, Floats]:
    """Estimates of the variance of the ink from 2, 3, … `most` digits, in parts of the true one.

    The first divides by n, as likelihood does, the second by n − 1: `(draws, most − 1)` each.
    """
    ink = inks()
    drawn = np.random.default_rng(seed).choice(ink, (draws, most))
    counts = np.arange(1, most + 1)
    means = np.cumsum(drawn, 1) / counts
    squares = np.cumsum((drawn - ink.mean()) ** 2, 1) - counts * (means - ink.mean()) ** 2
    found = squares[:, 1:] / ink.var()
    return found / counts[1:], found / (counts[1:] - 1)
