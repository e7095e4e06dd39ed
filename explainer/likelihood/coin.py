r"""A coin: the likelihood of its chance of heads, and a prior that is worth a few tosses.

With h heads in n tosses $\log L(p) = h \log p + (n - h) \log(1 - p)$, a sum of one curve for each
toss; its negative mean is the binary cross-entropy. A Beta prior with mode m that is worth s tosses
has $a = 1 + sm$, $b = 1 + s(1 - m)$, and the posterior's mode is $(h + sm)/(n + s)$.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from explainer.registry import Registry
from explainer.training.data.registry import load
from explainer.words import N_

MOST, CHANCE, SEED = 200, 0.7, 3
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tossed:
    """What is tossed: heads and tails are named, `truth` is the chance of heads."""

    slug: str
    title: str
    truth: float


TOSSED = Registry[Tossed](
    N_("thing to toss"),
    Tossed("coin", N_("a bent coin"), CHANCE),
    Tossed("digits", N_("digits: even?"), 0.5),
)


@cache
def tosses(slug: str) -> NDArray[np.bool_]:
    """`MOST` outcomes in a row, True for heads, or for an even digit of the shipped sample."""
    random = np.random.default_rng(SEED)
    if slug == "coin":
        return random.random(MOST) < CHANCE
    labels = load("mnist-sample").labels.numpy()
    return np.asarray(labels[random.permutation(len(labels))[:MOST]] % 2 == 0)


@dataclass(frozen=True)
class Coin:
    """`heads` in `count` ≥ 1 tosses; a prior with `mode` in [0, 1], worth `worth` ≥ 0 tosses."""

    heads: int
    count: int
    mode: float = 0.5
    worth: float = 0.0

    @property
    def share(self) -> float:
        """The share of heads, where the likelihood is greatest."""
        return self.heads / self.count

    @property
    def maximum_a_posteriori(self) -> float:
        """Where likelihood times prior is greatest: heads and tosses with the prior's added."""
        return (self.heads + self.worth * self.mode) / (self.count + self.worth)

    def log_likelihood(self, p: ArrayLike) -> Floats:
        """In nats; −∞ where what was seen cannot be."""
        return _log(self.heads, self.count - self.heads, p)

    def log_prior(self, p: ArrayLike) -> Floats:
        """Without its constant; 0 for a prior that is worth nothing."""
        return _log(self.worth * self.mode, self.worth * (1 - self.mode), p)

    def cross_entropy(self, p: ArrayLike) -> Floats:
        """The binary cross-entropy, in nats a toss."""
        return -self.log_likelihood(p) / self.count


def _log(heads: float, tails: float, p: ArrayLike) -> Floats:
    p = np.asarray(p, float)
    with np.errstate(divide="ignore"):
        return np.asarray(xlogy(heads, p) + xlogy(tails, 1 - p))


def relative(logs: Floats) -> Floats:
    """The values themselves, in parts of the greatest, of their logarithms."""
    return np.asarray(np.exp(logs - logs.max()))
