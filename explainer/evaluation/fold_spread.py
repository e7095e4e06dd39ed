r"""How far a cross-validated score may be off: as its folds say it, and as fresh data do.

From the scores $a_1 \dots a_k$ of k folds with spread $s$, the naive standard error of their mean
is $s/\sqrt k$, as if the folds were independent; but any two of them have learned from mostly the
same examples. Nadeau and Bengio (2003) take $s \sqrt{1/k + 1/(k-1)}$ instead. There is no unbiased
estimator (Bengio and Grandvalet 2004). What is true comes from drawing the whole set anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from explainer.evaluation.cross_validation import fold_scores
from explainer.evaluation.digit_pool import Floats, distances, nearest, pool
from explainer.generalisation.at_once import results
from explainer.training.instruments.student import COVERED

SIZE, FRESH, DRAWS = 120, 1500, 300
COUNTS = (2, 3, 5, 10, 20, 40, SIZE)
"""Numbers of folds; the last leaves one out."""
PART = 20


@dataclass(frozen=True, eq=False)
class Spread:
    """For K numbers of folds and R draws of the data: `mean` and `spread` over folds `(K, R)`.

    `truth` `(R,)` is the accuracy on fresh digits of what has learned from the whole draw.
    """

    counts: tuple[int, ...]
    mean: Floats
    spread: Floats
    truth: Floats

    @property
    def true_error(self) -> Floats:
        """How far the mean goes up and down over fresh draws, `(K,)`: its standard deviation."""
        return np.asarray(self.mean.std(1, ddof=1))

    def claimed(self, corrected: bool = False) -> Floats:
        """The standard error that the folds of each draw claim, `(K, R)`."""
        counts = np.array(self.counts)[:, None]
        factor = 1 / counts + corrected * 1 / (counts - 1)
        return np.asarray(self.spread * np.sqrt(factor))

    def covered(self, corrected: bool = False) -> Floats:
        """The share of Student's intervals of 95 % that hold the mean truth, `(K,)`."""
        wide = stdtrit(np.array(self.counts) - 1, (1 + COVERED) / 2)[:, None]
        off = np.abs(self.mean - self.truth.mean())
        return np.asarray(np.mean(off <= wide * self.claimed(corrected), axis=1))


def spread(
    draws: int = DRAWS,
    counts: Sequence[int] = COUNTS,
    size: int = SIZE,
    seed: int = 0,
    *,
    told: Callable[[float], None] = lambda share: None,
) -> Spread:
    """Cross-validate the nearest digit on `draws` sets of `size` digits, with each count."""
    children = np.random.SeedSequence(seed).spawn(draws)
    jobs = [
        partial(_some, children[start : start + PART], counts, size)
        for start in range(0, draws, PART)
    ]
    rows: list[NDArray[np.float64]] = []
    for found in results(jobs):
        rows.append(found)
        told(len(rows) / len(jobs))
    whole = np.concatenate(rows, axis=2)
    return Spread(tuple(counts), whole[0, :-1], whole[1, :-1], whole[0, -1])


def _some(
    seeds: Sequence[np.random.SeedSequence], counts: Sequence[int], size: int
) -> NDArray[np.float64]:
    """Mean and spread over folds for each count, and last the truth: `(2, K + 1, draws)`."""
    found = np.empty((2, len(counts) + 1, len(seeds)))
    for draw, seed in enumerate(seeds):
        generator = np.random.default_rng(seed)
        rows = generator.permutation(len(pool()))
        data, fresh = pool().at(rows[:size]), pool().at(rows[size : size + FRESH])
        far = distances(data.inputs, data.inputs)
        for place, count in enumerate(counts):
            folds = np.arange(size) * count // size  # of rows that are shuffled already
            masked = np.where(folds[:, None] == folds, np.inf, far)
            scores = fold_scores((nearest(masked, data.labels) == data.labels) * 1.0, folds)
            found[:, place, draw] = scores.mean(), scores.std(ddof=1)
        said = nearest(distances(fresh.inputs, data.inputs), data.labels)
        found[:, -1, draw] = np.mean(said == fresh.labels)
    return found
