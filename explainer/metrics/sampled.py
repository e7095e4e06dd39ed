r"""Many test sets drawn from one large pool of real scores, and what each of them measures.

The pool is the world here: 5,700 real digits, scored by a linear model that learned from 100
others, so that the true value of each metric is known. Test sets are drawn from it with
replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.metrics.mask_set import picture_ious
from explainer.metrics.ranked import Floats, Keys
from explainer.metrics.scores import learned_rows, log_odds, of_linear
from explainer.training.data.registry import load

SETS, MOST, LEAST = 400, 1000, 20
SMALL, LARGE = 100, 300
"""How many digits the two classifiers learned from."""
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class World:
    """N pictures: which are `true`, the `scores` of two classifiers, and an IoU for each of M.

    A picture is called positive from score 0 up: a probability of one half.
    """

    truths: Bools
    scores: Floats
    others: Floats
    ious: Floats

    @cached_property
    def cells(self) -> NDArray[np.uint8]:
        """For each picture 0 true negative, 1 false positive, 2 miss, 3 hit."""
        return np.asarray(2 * self.truths + (self.scores >= 0), np.uint8)

    @cached_property
    def keys(self) -> Keys:
        """Twice the rank of each score among the different ones, and 1 more where it is true."""
        ranks = np.unique(self.scores, return_inverse=True)[1]
        return np.asarray(2 * ranks + self.truths, np.uint16)

    @cached_property
    def gains(self) -> NDArray[np.int8]:
        """For each picture what the other classifier has over the first: −1, 0 or 1 right."""
        return np.asarray(self.rights[1].astype(np.int8) - self.rights[0])

    @cached_property
    def rights(self) -> tuple[Bools, Bools]:
        """Which pictures each of the two has right."""
        first, second = ((one >= 0) == self.truths for one in (self.scores, self.others))
        return first, second


@dataclass(frozen=True, eq=False)
class Sets:
    """S test sets of n pictures of a world, `places` `(S, n)`; those of masks are `drawn` too."""

    world: World
    places: Places
    drawn: Places

    @property
    def size(self) -> int:
        """Pictures a set, n."""
        return int(self.places.shape[1])

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """True negatives, false positives, misses and hits of each set, `(S, 4)`."""
        given = self.world.cells[self.places]
        return np.stack([(given == one).sum(1) for one in range(4)], axis=1)

    @cached_property
    def ordered(self) -> Keys:
        """Each set's keys from the lowest score up, `(S, n)`."""
        return np.sort(self.world.keys[self.places], axis=1, kind="stable")

    @cached_property
    def ious(self) -> Floats:
        """The IoU of each picture of each set, `(S, n)`."""
        return np.asarray(self.world.ious[self.drawn])

    def first(self, count: int) -> Sets:
        """The first so many sets."""
        return Sets(self.world, self.places[:count], self.drawn[:count])


@lru_cache(maxsize=10)
def world(digit: int) -> World:
    """Of the question whether a picture shows that digit."""
    examples = load("mnist-sample")
    learned = learned_rows(LARGE)  # those of the smaller model are among them
    rows = np.delete(examples.inputs.flatten(1).numpy(), learned, 0)
    labels = np.delete(examples.labels.numpy(), learned)
    scores, others = (log_odds(of_linear(rows, size), digit) for size in (SMALL, LARGE))
    return World(np.asarray(labels == digit), scores, others, picture_ious())


@lru_cache(maxsize=4)
def _draws(digit: int, seed: int) -> tuple[Places, Places]:
    random, given = np.random.default_rng(seed), world(digit)
    shape = (SETS, MOST)
    return (random.integers(len(given.truths), size=shape),
            random.integers(len(given.ious), size=shape))  # fmt: skip


def sets(digit: int, size: int, seed: int) -> Sets:
    """400 test sets; the larger ones hold the smaller ones of the same seed."""
    places, drawn = _draws(digit, seed)
    return Sets(world(digit), places[:, :size], drawn[:, :size])


def whole(digit: int) -> Sets:
    """The pool itself as the one test set, which has the true values."""
    given = world(digit)
    return Sets(given, np.arange(len(given.truths))[None], np.arange(len(given.ious))[None])
