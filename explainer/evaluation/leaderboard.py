"""A leaderboard under attack: random guessers, the best of many, and a robot that outvotes chance.

Answers are kept as whether they are right: a row for each submission, a column for each digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from explainer.evaluation.contest import HIDDEN, MOST_DEVELOPMENT, truth
from explainer.evaluation.ladder import news, told

MOST_LOOKS = 1000
READER, ROBOT = 1, 2
BAND = (0.025, 0.5, 0.975)
Floats = NDArray[np.float64]
Right = NDArray[np.bool_]


@lru_cache(maxsize=4)
def guesses(seed: int, who: int) -> Right:
    """Coins thrown for all digits, `(1 + MOST_LOOKS, digits)`: whether each is right."""
    shape = (1 + MOST_LOOKS, MOST_DEVELOPMENT + HIDDEN)
    coins = np.random.default_rng((seed, who)).integers(0, 2, shape, np.uint8)
    return np.asarray(coins == truth())


def right_of(right: Right, size: int) -> NDArray[np.int64]:
    """How many of the first `size` digits each submission has right, `(K,)`."""
    return np.asarray(np.count_nonzero(right[:, :size], axis=1))


def robot_keeps(right: Right, size: int, *, ladder: bool) -> NDArray[np.bool_]:
    """Which guesses `(K, digits)` the robot keeps: those that it was told to score above ½.

    With the `ladder` it is told of those alone that moved the board.
    """
    counts = right_of(right, size)
    kept = 2 * counts > size
    return kept & news(told(counts.tolist(), size)) if ladder else kept


def votes(right: Right, kept: NDArray[np.bool_], looks: NDArray[np.int64]) -> Floats:
    """The attack of Blum and Hardt (2015): the share that the vote of what is kept has right.

    `right` `(1 + K, digits)` has a row more than `kept`: its first is a coin, which breaks ties.
    The vote is of the guesses up to each of `looks` `(L,)`, from 1; the shares are `(L,)`.
    """
    signs = 2 * right[1:][kept].astype(np.int16) - 1
    sums = np.zeros((1 + len(signs), right.shape[1]), np.int16)
    for place, row in enumerate(signs):  # a fifth of the time that cumsum takes down columns
        np.add(sums[place], row, out=sums[place + 1])
    sums = sums[np.cumsum(kept)[looks - 1]]
    won = np.where(right[0], sums >= 0, sums > 0)
    return np.asarray(np.count_nonzero(won, axis=1) / right.shape[1])


def best_of(size: int, counts: NDArray[np.int64], levels: Sequence[float] = BAND) -> Floats:
    r"""Quantiles of the best score of so many random guessers, `(levels, counts)`.

    The best of k is at most x with probability $F(x)^k$, F binomial (size, ½).
    """
    below = bdtr(np.arange(size + 1), size, 0.5)
    each = np.array(levels)[:, None] ** (1 / counts)
    return np.searchsorted(below, each) / size


def expected_best(size: int, count: int, share: float) -> float:
    r"""The best score to expect of `count` models that are all right with probability `share`.

    $\sum_{x<N} (1 - F(x)^k) / N$; their mistakes are taken as independent.
    """
    below = bdtr(np.arange(size), size, share)
    return float(np.sum(1 - below**count) / size)


def flattered(right: Right, size: int) -> tuple[float, float, float]:
    """How far the best of several models on the first `size` digits is above their mean.

    As shares: on these digits, on the hidden ones, and by `expected_best` were all equally good
    with mistakes of their own. What the first has more than the second is luck, as is all of the
    third. `right` is `(K, 4500)`.
    """
    shown, hidden = right[:, :size].mean(1), right[:, MOST_DEVELOPMENT:].mean(1)
    best, mean = int(shown.argmax()), float(hidden.mean())
    alone = expected_best(size, len(right), mean) - mean
    return float(shown[best] - shown.mean()), float(hidden[best] - mean), alone
