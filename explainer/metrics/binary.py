r"""One threshold on scores: hits, false alarms and misses, and what five numbers make of them.

Who scores at least the threshold is called positive, so that equal scores are called alike. Any
prevalence $\pi$ is answered exactly: a picture of the class weighs $\pi$ over its share, every
other one $1 - \pi$ over theirs; hit rate and false alarm rate stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.evaluation.intervals import wilson
from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Confusion:
    """Hits (TP), false alarms (FP), misses (FN) and rightly refused (TN), weighed or counted."""

    hits: float
    alarms: float
    misses: float
    refused: float

    @property
    def positives(self) -> float:
        """All that are of the class."""
        return self.hits + self.misses

    @property
    def negatives(self) -> float:
        """All others."""
        return self.alarms + self.refused

    def weighed(self, prevalence: float | None) -> Confusion:
        """As many in all, the share `prevalence` of the class; None, or one kind alone, as is."""
        total = self.positives + self.negatives
        if prevalence is None or not self.positives or not self.negatives:
            return self
        of_class = prevalence * total / self.positives
        of_others = (1 - prevalence) * total / self.negatives
        return Confusion(
            of_class * self.hits, of_others * self.alarms, of_class * self.misses,
            of_others * self.refused,
        )  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A share of a confusion matrix: `part` over `whole`, of what they count, as letters say."""

    slug: str
    title: str
    formula: str
    part: Callable[[Confusion], float]
    whole: Callable[[Confusion], float]

    def value(self, one: Confusion) -> float | None:
        """In [0, 1]; None where there is nothing to take a share of."""
        whole = self.whole(one)
        return self.part(one) / whole if whole else None

    def interval(
        self, counted: Confusion, prevalence: float | None = None
    ) -> tuple[float, float] | None:
        r"""Where the value lies by 95 %; None where there is none.

        From Wilson's intervals of hit rate and false alarm rate, squared and added (Newcombe 1998):
        $f - \sqrt{\sum_i (f - f_i)^2}$, where $f_i$ has one of the rates at its worse end.
        """
        value = self.value(counted.weighed(prevalence))
        if value is None:
            return None
        below = above = 0.0
        for moved in _at_ends(counted):
            found = [self.value(one.weighed(prevalence)) for one in moved]
            changes = [0.0 if one is None else one - value for one in found]
            below += min(*changes, 0.0) ** 2
            above += max(*changes, 0.0) ** 2
        return max(value - below**0.5, 0.0), min(value + above**0.5, 1.0)


def _at_ends(one: Confusion) -> list[tuple[Confusion, Confusion]]:
    """With the hit rate at both ends of its interval; with the false alarm rate at those of its."""
    found = []
    if one.positives:
        ends = (float(end) * one.positives for end in wilson(one.hits, one.positives))
        moved = [replace(one, hits=end, misses=one.positives - end) for end in ends]
        found.append((moved[0], moved[1]))
    if one.negatives:
        ends = (float(end) * one.negatives for end in wilson(one.alarms, one.negatives))
        moved = [replace(one, alarms=end, refused=one.negatives - end) for end in ends]
        found.append((moved[0], moved[1]))
    return found


MEASURES = Registry[Measure](
    N_("measure"),
    Measure(
        "recall", N_("Recall"), "TP ÷ (TP + FN)",
        lambda one: one.hits, lambda one: one.positives,
    ),
    Measure(
        "specificity", N_("Specificity"), "TN ÷ (TN + FP)",
        lambda one: one.refused, lambda one: one.negatives,
    ),
    Measure(
        "precision", N_("Precision"), "TP ÷ (TP + FP)",
        lambda one: one.hits, lambda one: one.hits + one.alarms,
    ),
    Measure(
        "accuracy", N_("Accuracy"), "(TP + TN) ÷ N",
        lambda one: one.hits + one.refused, lambda one: one.positives + one.negatives,
    ),
    Measure(
        "f1", N_("F1"), "2 · TP ÷ (2 · TP + FP + FN)",
        lambda one: 2 * one.hits, lambda one: 2 * one.hits + one.alarms + one.misses,
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sweep:
    """All that a threshold can do to N scores, from calling none positive to calling all.

    `thresholds` `(K,)` are the different scores, the greatest first; with the first k of them
    reached, `hits[k]` and `alarms[k]` `(K + 1,)` are called positive, of the class and others.
    """

    thresholds: Floats
    hits: Counts
    alarms: Counts

    def reached(self, threshold: float) -> int:
        """How many of the thresholds are at or above this one."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right"))

    def at(self, threshold: float) -> Confusion:
        """Counts where who scores at least this is called positive."""
        place = self.reached(threshold)
        hits, alarms = int(self.hits[place]), int(self.alarms[place])
        return Confusion(hits, alarms, int(self.hits[-1]) - hits, int(self.alarms[-1]) - alarms)

    @property
    def area(self) -> float | None:
        """Under the ROC: the chance that one of the class scores above another picture, ties ½.

        None where one of the two kinds is missing.
        """
        pairs = float(self.hits[-1]) * float(self.alarms[-1])
        return float(np.trapezoid(self.hits, self.alarms)) / pairs if pairs else None

    def average_precision(self, prevalence: float | None = None) -> float | None:
        r"""$\sum_k (R_k - R_{k-1}) P_k$, the area under the steps; None without any of the class.

        With a prevalence the precisions are those that it makes, see :meth:`Confusion.weighed`.
        """
        every = Confusion(float(self.hits[-1]), float(self.alarms[-1]), 0, 0)
        if not every.positives:
            return None
        weighed = every.weighed(prevalence)
        found = self.hits[1:] * (weighed.hits / every.hits)
        alarms = self.alarms[1:] * (weighed.alarms / every.alarms if every.alarms else 1.0)
        steps = np.diff(self.hits) / every.hits
        return float((steps * found / (found + alarms)).sum())


def sweep(scores: ArrayLike, truths: ArrayLike) -> Sweep:
    """Of scores `(N,)` and whether each picture is of the class. Raises `ValueError` for NaN."""
    given, of_class = np.asarray(scores, float), np.asarray(truths, bool)
    if np.isnan(given).any():
        raise ValueError("a score is no number")
    order = np.argsort(-given, kind="stable")
    ranked = given[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)])
    called = [np.append(0, np.cumsum(one[order])[last]) for one in (of_class, ~of_class)]
    return Sweep(ranked[last], called[0].astype(np.int32), called[1].astype(np.int32))
