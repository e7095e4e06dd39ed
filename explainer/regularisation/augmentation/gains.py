"""What an augmentation buys: accuracy with and without it, over data sizes and one by one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from explainer.regularisation.augmentation.small_networks import (
    PICTURES,
    STEPS,
    Change,
    Floats64,
    as_they_come,
    by_steps,
    divided,
    learned,
)
from explainer.training.augmentation.pipeline import AUGMENTATIONS, step
from explainer.training.instruments.student import interval

SIZES = (20, 50, 100, 200, 500, 1000)
SEEDS = (0, 1, 2, 3)
EVERY = tuple(entry.slug for entry in AUGMENTATIONS)
PRICED, PRICE_SEEDS = 100, (0, 1, 2, 3, 4, 5)
"""How many pictures each transformation's gain is measured with, and how often."""


@dataclass(frozen=True)
class Gain:
    """The mean gain within a seed; between `low` and `high` in 95 of 100 such experiments."""

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> int:
        """1 where it is ahead, −1 where behind, 0 where the interval has 0 in it."""
        return int(self.low > 0) - int(self.high < 0)


def gain_of(changed: Floats64, plain: Floats64) -> Gain:
    """What `changed` has more than `plain`, both `(S,)`, paired by seed; NaN where one is none."""
    gains = changed - plain
    if not np.isfinite(gains).all():
        return Gain(math.nan, math.nan, math.nan)
    return Gain(*interval(gains.tolist()))


@dataclass(frozen=True, eq=False)
class BySize:
    """Accuracy on validation by size and seed, without the augmentation and with it: `(Z, S)`."""

    slug: str
    sizes: tuple[int, ...]
    plain: Floats64
    changed: Floats64

    def gain(self, place: int) -> Gain:
        """What is gained with the size at that place."""
        return gain_of(self.changed[place], self.plain[place])


@dataclass(frozen=True, eq=False)
class Prices:
    """Accuracy without anything `(S,)`, and with each augmentation of `slugs` alone `(T, S)`."""

    slug: str
    slugs: tuple[str, ...]
    plain: Floats64
    changed: Floats64

    def sorted(self) -> list[tuple[str, Gain]]:
        """Each augmentation's slug and its gain, the largest first."""
        gains = [
            (slug, gain_of(one, self.plain))
            for slug, one in zip(self.slugs, self.changed, strict=True)
        ]
        return sorted(gains, key=lambda one: -one[1].mean)


def _accuracy(
    slug: str, size: int, seeds: tuple[int, ...], change: Change | None, steps: int
) -> list[float]:
    data = divided(slug)
    stack = learned(data, size, seeds, change, steps=steps)
    return stack.accuracy(data.validation_inputs, data.validation_labels)


def sizes_of(slug: str) -> tuple[int, ...]:
    """The sizes that there are pictures for; the last is all of them."""
    most = len(divided(slug).labels)
    return (*(size for size in SIZES if size < most), most)


def by_size(
    slug: str,
    seeds: tuple[int, ...] = SEEDS,
    sizes: tuple[int, ...] = (),
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[BySize], None] = lambda found: None,
) -> BySize:
    """Networks without and with the usual augmentation, the least data first.

    `seen` gets all sizes that are done, each time there is one more.
    """
    sizes = sizes or sizes_of(slug)
    usual = by_steps(PICTURES[slug].usual)
    jobs = [
        partial(_accuracy, slug, size, seeds, change, steps)
        for size in sizes
        for change in (None, usual)
    ]
    rows = np.full((len(sizes), 2, len(seeds)), np.nan)
    whole = 0
    for place, accuracy in as_they_come(jobs, told):
        rows[place // 2, place % 2] = accuracy
        done = [one for one in range(len(sizes)) if np.isfinite(rows[one]).all()]
        if len(done) > whole:
            whole = len(done)
            found = BySize(
                slug, tuple(sizes[one] for one in done), rows[done, 0], rows[done, 1]
            )  # fmt: skip
            seen(found)
    return found


def prices(
    slug: str,
    seeds: tuple[int, ...] = PRICE_SEEDS,
    slugs: tuple[str, ...] = EVERY,
    size: int = PRICED,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Prices], None] = lambda found: None,
) -> Prices:
    """Each augmentation of the training lab alone, at its usual strength, against none."""
    changes = [None, *(by_steps((step(one),)) for one in slugs)]
    jobs = [partial(_accuracy, slug, size, seeds, change, steps) for change in changes]
    rows = np.full((len(jobs), len(seeds)), np.nan)
    for place, accuracy in as_they_come(jobs, told):
        rows[place] = accuracy
        done = [one for one in range(1, len(jobs)) if np.isfinite(rows[one]).all()]
        found = Prices(slug, tuple(slugs[one - 1] for one in done), rows[0], rows[done])
        if done and np.isfinite(rows[0]).all():
            seen(found)
    return found
