r"""Numbers for several classes: of each class, and the averages that are made of them.

A matrix `(…, K, K)` counts pictures, a row for what each is, a column for what is answered; what
comes before the last two axes is kept. What cannot be said is NaN: a precision where a class is
never answered, a recall where it has no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.evaluation.intervals import COVERED, exact
from explainer.metrics.shares import mean_of, ratio
from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
DRAWS = 200


def hits(matrix: ArrayLike) -> Floats:
    """The right answers of each class, `(…, K)`."""
    return np.diagonal(np.asarray(matrix, float), axis1=-2, axis2=-1)


def precisions(matrix: ArrayLike) -> Floats:
    """Of the answers that name a class the share that is right, `(…, K)`."""
    return ratio(hits(matrix), np.asarray(matrix, float).sum(-2))


def recalls(matrix: ArrayLike) -> Floats:
    """Of the pictures of a class the share that is named right, `(…, K)`."""
    return ratio(hits(matrix), np.asarray(matrix, float).sum(-1))


def f_scores(matrix: ArrayLike, beta: float = 1.0) -> Floats:
    r"""$F_\beta = (1+\beta^2)\,TP / ((1+\beta^2)\,TP + \beta^2 FN + FP)$, `(…, K)`.

    NaN for a class that is neither there nor answered; 0 where it is one of the two alone.
    """
    right, given = hits(matrix), np.asarray(matrix, float)
    below = beta**2 * given.sum(-1) + given.sum(-2)
    return ratio((1 + beta**2) * right, below)


def f_of(precision: ArrayLike, recall: ArrayLike, beta: float = 1.0) -> Floats:
    r"""The weighted harmonic mean $(1+\beta^2) P R / (\beta^2 P + R)$; 0 where both are."""
    first, second = (np.asarray(one, float) for one in (precision, recall))
    below = beta**2 * first + second
    return np.where(below == 0, 0, ratio((1 + beta**2) * first * second, below))


def same_f(level: float, beta: float, points: int = 60) -> Floats:
    """Places `(points, 2)` of precision and recall, up to 1, whose F is `level` in (0, 1]."""
    least = level * beta**2 / (1 + beta**2 - level)
    first = level / (1 + beta**2 - beta**2 * level)
    recall = np.geomspace(max(least, 1e-4), 1, points)
    precision = np.clip(level * recall / ((1 + beta**2) * recall - beta**2 * level), first, 1)
    return np.stack([precision, recall], 1)


def f_interval(matrix: ArrayLike) -> tuple[Floats, Floats]:
    r"""Exact intervals of each class's F1, `(K,)`.

    With $J = TP/(TP+FP+FN)$ it is $2J/(1+J)$: J is a share, of pictures that are of the class or
    are called so, and has Clopper and Pearson's interval.
    """
    given, right = np.asarray(matrix, float), hits(matrix)
    low, high = exact(right, given.sum(-1) + given.sum(-2) - right)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def accuracy(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    """The share of right answers. It is micro-F1: each wrong one is one FP and one FN."""
    return ratio(hits(matrix).sum(-1), np.asarray(matrix, float).sum((-2, -1)))


def balanced(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    """The mean of the recalls of the classes that have a picture."""
    return mean_of(recalls(matrix))


def macro_f1(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    """The mean of the classes' F1, each class counted alike."""
    return mean_of(f_scores(matrix), undefined)


def f1_of_means(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    """F1 of the mean precision and the mean recall; never below `macro_f1` if all are defined."""
    return f_of(mean_of(precisions(matrix), undefined), mean_of(recalls(matrix), undefined))


def weighted_f1(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    """The mean of the classes' F1, each counted as often as it has pictures."""
    sizes = np.asarray(matrix, float).sum(-1)
    scores = np.nan_to_num(f_scores(matrix), nan=0)
    return ratio((sizes * scores).sum(-1), sizes.sum(-1))


def kappa(matrix: ArrayLike, undefined: float = np.nan) -> Floats:
    r"""Cohen's kappa (1960), $(a - e)/(1 - e)$: e is what answers drawn as often would get right.

    NaN where that is all of them.
    """
    given = np.asarray(matrix, float)
    total = given.sum((-2, -1))
    chance = ratio((given.sum(-1) * given.sum(-2)).sum(-1), total**2)
    return ratio(accuracy(given) - chance, 1 - chance)


@dataclass(frozen=True)
class Average:
    """One number for all classes: `of(matrix, undefined)`."""

    slug: str
    title: str
    of: Callable[..., Floats]


AVERAGES = Registry[Average](
    N_("average"),
    Average("accuracy", N_("accuracy = micro-F1"), accuracy),
    Average("balanced", N_("balanced accuracy"), balanced),
    Average("macro", N_("macro-F1: mean of F1s"), macro_f1),
    Average("means", N_("“macro-F1”: F1 of means"), f1_of_means),
    Average("weighted", N_("weighted F1"), weighted_f1),
    Average("kappa", N_("Cohen’s kappa"), kappa),
)


def resampled(matrix: Counts, draws: int = DRAWS, seed: int = 0) -> Counts:
    """Matrices `(draws, K, K)` of as many pictures, drawn again from these: the bootstrap."""
    shares = matrix.ravel() / matrix.sum()
    drawn = np.random.default_rng(seed).multinomial(matrix.sum(), shares, size=draws)
    return drawn.reshape(draws, *matrix.shape)


def interval(values: Floats) -> tuple[float, float]:
    """What holds 95 of 100 of them, NaN left out; NaN where there are none."""
    there = values[np.isfinite(values)]
    if not len(there):
        return np.nan, np.nan
    low, high = np.quantile(there, [(1 - COVERED) / 2, (1 + COVERED) / 2])
    return float(low), float(high)
