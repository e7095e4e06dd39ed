r"""How well a test set of m pictures measures an accuracy, and which differences it can show.

Intervals hold the true accuracy in 95 of 100 test sets; differences are those that a test at 5 %
finds in 80 of 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

from explainer.registry import Registry
from explainer.words import N_

COVERED, POWER = 0.95, 0.8
BEYOND = float(ndtri((1 + COVERED) / 2))
SEEN = float(ndtri(POWER))
HALVINGS = 60
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """A way to split: which part of the pictures is for training and for the test."""

    slug: str
    title: str
    training: float
    test: float

    def pictures(self, count: ArrayLike) -> Floats:
        """How many of `count` pictures the test set has, a whole number; it may be 0."""
        return np.round(self.test * np.asarray(count, float))


SPLITS = Registry[Share](
    N_("split"),
    Share("70-30", "70/30", 0.7, 0.3),
    Share("60-20-20", "60/20/20", 0.6, 0.2),
    Share("98-1-1", "98/1/1", 0.98, 0.01),
    Share("995-25", "99.5/.25/.25", 0.995, 0.0025),
    Share("995-1", "99.5/.4/.1", 0.995, 0.001),
)


def exact(right: ArrayLike, size: ArrayLike) -> tuple[Floats, Floats]:
    """Clopper and Pearson's interval (1934) where `right` of `size` answers are right.

    Low is the p at which so many or more have probability 2.5 %, high the one at which so many or
    fewer have. It covers at least 95 %. NaN where `size` is 0. Between whole numbers `right`, as
    where it is expected, the ends go on without a jump.
    """
    right, size = (np.asarray(one, float) for one in (right, size))
    beyond = (1 - COVERED) / 2
    wrong = size - right
    low = np.where(right > 0, betaincinv(np.where(right > 0, right, 1), wrong + 1, beyond), 0)
    some = np.where(wrong > 0, wrong, 1)
    high = np.where(wrong > 0, betaincinv(right + 1, some, 1 - beyond), 1)
    empty = size == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def wilson(right: ArrayLike, size: ArrayLike) -> tuple[Floats, Floats]:
    r"""Wilson's interval (1927): all p with $|\hat p - p| \le z \sqrt{p(1-p)/m}$; m > 0."""
    right, size = (np.asarray(one, float) for one in (right, size))
    share, square = right / size, BEYOND**2 / size
    middle = (share + square / 2) / (1 + square)
    half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return middle - half, middle + half


def standard_error(accuracy: float, size: ArrayLike) -> Floats:
    r"""$\sqrt{a(1-a)/m}$; NaN for an empty test set."""
    size = np.asarray(size, float)
    return np.sqrt(accuracy * (1 - accuracy) / np.where(size > 0, size, np.nan))


def two_sets(accuracy: float, size: float) -> float:
    r"""How much worse than `accuracy` a model must be to be told apart on test sets of its own.

    $\delta\sqrt m = z_{.975}\sqrt{2\bar p\bar q} + z_{.8}\sqrt{p_1q_1 + p_2q_2}$; NaN where even a
    model that is never right is not.
    """

    def missing(gap: float) -> float:
        first, second = accuracy, accuracy - gap
        mean = (first + second) / 2
        noise = first * (1 - first) + second * (1 - second)
        wanted = BEYOND * (2 * mean * (1 - mean)) ** 0.5 + SEEN * noise**0.5
        return float(wanted - gap * size**0.5)

    return _least(missing, accuracy)


def same_set(differing: float, size: float) -> float:
    r"""The least difference that McNemar's test shows, both models asked the same pictures.

    They differ, one right and the other wrong, on the share `differing`, d:
    $\delta\sqrt m = z_{.975}\sqrt d + z_{.8}\sqrt{d - \delta^2}$ (Connor 1987); NaN where even the
    largest, d itself, is not seen.
    """

    def missing(gap: float) -> float:
        noise = BEYOND * differing**0.5 + SEEN * max(differing - gap**2, 0) ** 0.5
        return float(noise - gap * size**0.5)

    return _least(missing, differing)


def _least(missing: Callable[[float], float], most: float) -> float:
    """Where what is `missing` falls to 0, by halving between 0 and `most`; NaN for nowhere."""
    if missing(most) > 0:
        return float("nan")
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if missing(middle) > 0 else (low, middle)
    return high
