"""Several pictures of one patient: what folds report that know of it, and those that do not.

A patient is a digit; each of its pictures is turned, moved and noisy by a little of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explainer.evaluation.cameras import seen
from explainer.evaluation.digit_pool import (
    DigitSet,
    Floats,
    by_folds,
    distances,
    jittered,
    nearest,
    pool,
)
from explainer.evaluation.splitters import GROUPED, SHUFFLED

TIMES, PATIENTS, FOLDS = 3, 40, 10
FRESH, SEEDS = 500, tuple(range(40))
"""Fresh patients, and draws."""


def patients(generator: np.random.Generator, times: int = TIMES) -> DigitSet:
    """`PATIENTS` digits at random with `times` pictures each, sorted by class and patient."""
    return _seen(_drawn(PATIENTS, generator), times, generator)


def _drawn(count: int, generator: np.random.Generator) -> DigitSet:
    """They are not balanced: what is left out would then be of a class that teaches less."""
    rows = generator.choice(len(pool()), count, replace=False)
    return pool().at(rows[np.argsort(pool().labels[rows], kind="stable")])


def _seen(data: DigitSet, times: int, generator: np.random.Generator) -> DigitSet:
    rows = np.arange(len(data)).repeat(times)
    pictures = jittered(data.pictures[rows], generator)
    return DigitSet(pictures, seen(pictures), data.labels[rows], rows)


@dataclass(frozen=True, eq=False)
class Reported:
    """Shares that are right, for S draws `(S,)` each: by random and by grouped folds, and truly."""

    random: Floats
    grouped: Floats
    truth: Floats


def reported(
    times: int = TIMES,
    seeds: Sequence[int] = SEEDS,
    *,
    told: Callable[[float], None] = lambda share: None,
) -> Reported:
    """The nearest digit's accuracy by ten folds of each kind, and on fresh patients."""
    rows = []
    for place, seed in enumerate(seeds):
        generator = np.random.default_rng(seed)
        data = patients(generator, times)
        fresh = _seen(_drawn(FRESH, generator), 1, generator)
        row = []
        for splitter in (SHUFFLED, GROUPED):
            folds = splitter.folds(data.labels, data.groups, count=FOLDS, seed=seed)
            row.append(np.mean(by_folds(data.inputs, data.labels, folds) == data.labels))
        said = nearest(distances(fresh.inputs, data.inputs), data.labels)
        rows.append([*row, np.mean(said == fresh.labels)])
        told((place + 1) / len(seeds))
    return Reported(*np.array(rows).T)
