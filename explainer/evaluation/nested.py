"""Choosing by the folds and reporting their score, and nested folds that do not.

A candidate is the nearest digit seen through its own few pixels at random. The best of many by the
folds' score has been lucky as well as good. Nested, other folds test what inner folds have chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explainer.evaluation.digit_pool import Floats, Places, Singles, distances, pool
from explainer.generalisation.at_once import results

PAIR, PIXELS, FOLDS, INNER = (4, 9), 12, 5, 4
MOST, DRAWS, FRESH = 100, 60, 600
SIZES = (20, 40, 80)
"""Digits to choose by."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """Of the first c candidates, c = 1 … C, for R draws `(R, C)`: accuracy that is reported.

    By the folds that have chosen, by nested folds, and on fresh digits.
    """

    size: int
    folds: Floats
    nested: Floats
    truth: Floats


def chosen(
    size: int,
    draws: int = DRAWS,
    most: int = MOST,
    seed: int = 0,
    *,
    told: Callable[[float], None] = lambda share: None,
) -> Chosen:
    """Draw `size` digits and `most` candidates so often, and choose among the first of them."""
    children = np.random.SeedSequence(seed).spawn(draws)
    rows: list[NDArray[np.float64]] = []
    for found in results([partial(_one, child, size, most) for child in children]):
        rows.append(found)
        told(len(rows) / draws)
    return Chosen(size, *np.array(rows).swapaxes(0, 1))


def _one(seed: np.random.SeedSequence, size: int, most: int) -> NDArray[np.float64]:
    """By the choosing folds, nested, and true: `(3, most)`."""
    generator = np.random.default_rng(seed)
    rows = generator.permutation(np.flatnonzero(np.isin(pool().labels, PAIR)))
    data, fresh = pool().at(rows[:size]), pool().at(rows[size:][:FRESH])
    outer = np.arange(size) * FOLDS // size
    right = np.empty((most, FOLDS + 2, size))
    truth = np.empty(most)
    for one in range(most):
        pixels = generator.choice(data.inputs.shape[1], PIXELS, replace=False)
        seen = data.inputs[:, pixels]
        far = distances(seen, seen)
        right[one, 0] = _right(far, data.labels, outer)
        for fold in range(FOLDS):
            right[one, 1 + fold] = _right(far, data.labels, _inner(outer, fold))
        said = data.labels[distances(fresh.inputs[:, pixels], seen).argmin(1)]
        truth[one] = np.mean(said == fresh.labels)
    scores = right[:, 0].mean(1)
    best = _best(scores)
    nested = np.empty((FOLDS, most))
    for fold in range(FOLDS):
        test = outer == fold
        picked = _best(right[:, 1 + fold][:, ~test].mean(1))
        nested[fold] = right[picked, 0][:, test].mean(1)
    return np.stack([scores[best], nested.mean(0), truth[best]])


def _inner(outer: Places, fold: int) -> Places:
    """Folds among the rows of the other folds; the rows of `fold` teach nobody: −1."""
    found = np.full(len(outer), -1)
    rest = np.flatnonzero(outer != fold)
    found[rest] = np.arange(len(rest)) * INNER // len(rest)
    return found


def _right(far: Singles, labels: Places, folds: Places) -> NDArray[np.bool_]:
    """Whether the nearest digit of the other folds is of the same class; `far` `(N, N)`."""
    masked = np.where((folds[:, None] == folds) | (folds < 0), np.inf, far)
    return np.asarray(labels[masked.argmin(1)] == labels)


def _best(scores: Floats) -> Places:
    """Which of the first c candidates is best, for each c; the first of equals."""
    best = np.maximum.accumulate(scores)
    fresh = np.concatenate([[True], scores[1:] > best[:-1]])
    return np.maximum.accumulate(fresh * np.arange(len(scores)))
