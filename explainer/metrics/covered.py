r"""Intervals of 95 % for each metric, and how many of them hold the true value.

A share k of m has Wald's interval $\hat p \pm z\sqrt{\hat p(1-\hat p)/m}$, Wilson's (1927), and
the exact one of Clopper and Pearson (1934). F1 is $2s/(1+s)$ of the share $s = TP/(TP+FP+FN)$, as
Dice is of IoU, and so are its ends. The AUC has those of Hanley and McNeil (1982) and of DeLong et
al. (1988), average precision one by log-odds (Boyd et al. 2013), a mean Student's. And everything
has the percentile bootstrap (Efron 1979): the set is drawn again from itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit, logit

from explainer.evaluation.intervals import BEYOND, COVERED, exact, wilson
from explainer.metrics.masks import dice_of
from explainer.metrics.ranked import Areas, Floats, areas, average_precision
from explainer.metrics.sampled import SETS, Sets
from explainer.metrics.shares import ratio
from explainer.registry import Registry
from explainer.training.instruments.student import intervals
from explainer.words import N_

RESAMPLED, FEWER = 200, 100
"""How often a set is drawn again from itself; how many sets are where that takes long."""
TAILS = ((1 - COVERED) / 2, (1 + COVERED) / 2)
Ends = tuple[Floats, Floats]


@dataclass(frozen=True)
class Way:
    """A way to an interval: low and high `(S,)` of S sets, NaN where it has none."""

    slug: str
    title: str
    ends: Callable[[Sets], Ends]
    sets: int = SETS


@dataclass(frozen=True)
class Metric:
    """A number by which a classifier is judged: `value` `(S,)` of S sets, NaN for undefined."""

    slug: str
    title: str
    value: Callable[[Sets], Floats]
    ways: Registry[Way] = field(compare=False)


def wald(right: Floats, size: Floats) -> Ends:
    """The interval of textbooks, for a share `right` of `size`; NaN where `size` is 0."""
    share = ratio(right, size)
    half = BEYOND * np.sqrt(share * (1 - share) / np.where(size > 0, size, np.nan))
    return share - half, share + half


def hanley_mcneil(found: Areas) -> Ends:
    """From the AUC alone, as if the scores of both classes were exponential."""
    auc, positives, negatives = found.auc, found.positives, found.negatives
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = (
        auc * (1 - auc) + (positives - 1) * (first - auc**2) + (negatives - 1) * (second - auc**2)
    )
    half = BEYOND * np.sqrt(np.maximum(spread, 0) / np.maximum(positives * negatives, 1))
    return auc - half, auc + half


def delong(found: Areas) -> Ends:
    """From the scatter of the shares that each positive and each negative has for itself."""
    half = BEYOND * np.sqrt(found.variance)
    return found.auc - half, found.auc + half


def by_log_odds(value: Floats, positives: Floats) -> Ends:
    r"""$\operatorname{logit} AP \pm z / \sqrt{P \cdot AP(1 - AP)}$; no width at 0 and at 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = logit(value)
        half = BEYOND / np.sqrt(positives * value * (1 - value))
        ends = expit(middle - half), expit(middle + half)
    edge = (value <= 0) | (value >= 1)
    return np.where(edge, value, ends[0]), np.where(edge, value, ends[1])


def percentiles(values: Floats) -> Ends:
    """Low and high over the last axis, of what is defined; NaN where nothing is."""
    ordered = np.sort(values, axis=-1)  # NaN last
    count = (~np.isnan(ordered)).sum(-1)
    last = np.maximum(count - 1, 0)

    def at(part: float) -> Floats:
        place = part * last
        lower = np.floor(place).astype(np.intp)
        upper = np.minimum(lower + 1, last)
        low, high = (np.take_along_axis(ordered, one[..., None], -1)[..., 0]
                     for one in (lower, upper))  # fmt: skip
        return np.asarray(low + (place - lower) * (high - low))

    return at(TAILS[0]), at(TAILS[1])


def _positives(sets: Sets) -> Floats:
    return np.asarray(sets.cells[:, 2] + sets.cells[:, 3], float)


def _accuracy(cells: Floats) -> Ends:
    return cells[..., 0] + cells[..., 3], cells.sum(-1)


def _precision(cells: Floats) -> Ends:
    return cells[..., 3], cells[..., 3] + cells[..., 1]


def _recall(cells: Floats) -> Ends:
    return cells[..., 3], cells[..., 3] + cells[..., 2]


def _overlap(cells: Floats) -> Ends:
    return cells[..., 3], cells[..., 3] + cells[..., 1] + cells[..., 2]


def _same(share: Floats) -> Floats:
    return share


def _of_share(
    slug: str, title: str, parts: Callable[[Floats], Ends],
    turned: Callable[[Floats], Floats] = _same,
) -> Metric:  # fmt: skip
    """A metric that is a share of counted cells, or `turned` from one."""

    def ways(interval: Callable[[Floats, Floats], Ends]) -> Callable[[Sets], Ends]:
        def ends(sets: Sets) -> Ends:
            right, size = parts(sets.cells.astype(float))
            some = np.where(size > 0, size, 1)
            low, high = (np.where(size > 0, one, np.nan) for one in interval(right, some))
            return turned(low), turned(high)

        return ends

    def again(sets: Sets) -> Ends:
        """Pictures drawn again are cells drawn again: exactly the bootstrap over pictures."""
        chances = sets.cells / sets.size
        drawn = np.random.default_rng(sets.size).multinomial(
            sets.size, chances[:, None, :], size=(len(chances), RESAMPLED)
        )
        return percentiles(turned(ratio(*parts(drawn.astype(float)))))

    return Metric(
        slug, title, lambda sets: turned(ratio(*parts(sets.cells.astype(float)))),
        Registry[Way](
            N_("interval"),
            Way("wilson", N_("Wilson"), ways(wilson)),
            Way("exact", N_("Clopper–Pearson"), ways(exact)),
            Way("wald", N_("Wald"), ways(wald)),
            Way("bootstrap", N_("bootstrap"), again),
        ),
    )  # fmt: skip


def _ranked_again(value: Callable[[Sets], Floats]) -> Callable[[Sets], Ends]:
    """The bootstrap of what needs the scores: each set's pictures are drawn again, and sorted."""

    def ends(sets: Sets) -> Ends:
        random = np.random.default_rng(sets.size)
        found = []
        for places in sets.places:
            again = places[random.integers(sets.size, size=(RESAMPLED, sets.size))]
            found.append(value(Sets(sets.world, again, again)))
        return percentiles(np.array(found))

    return ends


def _auc(sets: Sets) -> Floats:
    return areas(sets.ordered).auc


def _ap(sets: Sets) -> Floats:
    return average_precision(sets.ordered)


def _mean(sets: Sets) -> Floats:
    return np.asarray(sets.ious.mean(1))


def _student(sets: Sets) -> Ends:
    """NaN for one picture alone, which says nothing of how pictures scatter."""
    if sets.size < 2:
        nothing = np.full(len(sets.drawn), np.nan)
        return nothing, nothing
    found = intervals(sets.ious.T)
    return found[:, 1], found[:, 2]


def _means_again(sets: Sets) -> Ends:
    """Means of pictures drawn again; all sets are drawn by the same numbers."""
    random, size = np.random.default_rng(sets.size), sets.size
    drawn = random.integers(size, size=(RESAMPLED, size)) + size * np.arange(RESAMPLED)[:, None]
    weights = np.bincount(drawn.ravel(), minlength=RESAMPLED * size).reshape(RESAMPLED, size)
    return percentiles(sets.ious @ weights.T.astype(float) / size)


METRICS = Registry[Metric](
    N_("metric"),
    _of_share("accuracy", N_("accuracy"), _accuracy),
    _of_share("precision", N_("precision"), _precision),
    _of_share("recall", N_("recall"), _recall),
    _of_share("f1", N_("F1"), _overlap, dice_of),  # type: ignore[arg-type]
    Metric("auc", N_("AUC"), _auc, Registry[Way](
        N_("interval"),
        Way("delong", N_("DeLong"), lambda sets: delong(areas(sets.ordered))),
        Way("hanley", N_("Hanley–McNeil"), lambda sets: hanley_mcneil(areas(sets.ordered))),
        Way("bootstrap", N_("bootstrap"), _ranked_again(_auc), FEWER),
    )),
    Metric("ap", N_("average precision"), _ap, Registry[Way](
        N_("interval"),
        Way("logit", N_("by log-odds"), lambda sets: by_log_odds(_ap(sets), _positives(sets))),
        Way("bootstrap", N_("bootstrap"), _ranked_again(_ap), FEWER),
    )),
    Metric("iou", N_("mean IoU"), _mean, Registry[Way](
        N_("interval"),
        Way("student", N_("Student"), _student),
        Way("bootstrap", N_("bootstrap"), _means_again),
    )),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Coverage:
    """The value and the interval of each of S sets, and which of them hold the `true` value.

    `low` and `high` are NaN where a set has no interval.
    """

    true: float
    value: Floats
    low: Floats
    high: Floats

    @property
    def defined(self) -> np.ndarray:
        """Which sets have an interval."""
        return ~(np.isnan(self.low) | np.isnan(self.high))

    @property
    def holds(self) -> np.ndarray:
        """Which intervals hold the true value; their ends belong to them."""
        return (self.low <= self.true + 1e-12) & (self.high >= self.true - 1e-12)

    @property
    def counted(self) -> tuple[int, int]:
        """How many hold it, of how many there are."""
        return int(self.holds.sum()), int(self.defined.sum())


def coverage(metric: Metric, way: Way, given: Sets, true: float) -> Coverage:
    """Of those of the `given` sets that the way takes."""
    some = given if way.sets >= len(given.places) else given.first(way.sets)
    low, high = way.ends(some)
    return Coverage(true, metric.value(some), low, high)
