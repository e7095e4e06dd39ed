r"""Rare cases and costs: what an alarm means, and which threshold is cheapest.

A test has a *hit rate* (sensitivity, true positive rate) and a *rate of false alarms* (1 −
specificity, false positive rate); neither depends on how many are ill. What depends on it is worked
out exactly from the two, by weighing each case with the prevalence $\pi$ over its share.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from explainer.metrics.binary import sweep
from explainer.metrics.scores import Scored, pool
from explainer.registry import Registry
from explainer.words import N_

NEWTON_STEPS, LEAST_SLOPE = 30, 1e-9
Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Roc:
    """Every point a test can stand at, `(K,)` each, from no alarm to an alarm for all.

    Who scores at least `thresholds` gets an alarm; the first threshold is +∞. `fall` is the rate of
    false alarms and `hit` the rate of hits, neither ever falls. Who scores alike is told alike.
    """

    fall: Floats
    hit: Floats
    thresholds: Floats

    def at(self, threshold: float) -> int:
        """The place of the point with that threshold."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1


def roc(scores: ArrayLike, truths: ArrayLike) -> Roc:
    """Raises `ValueError` where the ill, the healthy or finite scores are missing."""
    given, ill = np.asarray(scores, float), np.asarray(truths, bool)
    if not np.isfinite(given).all():
        raise ValueError("a score is no finite number")
    if ill.all() or not ill.any():
        raise ValueError(f"{ill.sum()} of {len(ill)} are ill: no rate of hits or of false alarms")
    found = sweep(given, ill)
    falls, hits = (one / one[-1] for one in (found.alarms, found.hits))
    return Roc(falls, hits, np.append(np.inf, found.thresholds))


def single(sensitivity: float, specificity: float) -> Roc:
    """A test with one threshold, between an alarm for nobody and one for all."""
    return Roc(
        np.array([0, 1 - specificity, 1]), np.array([0, sensitivity, 1.0]),
        np.array([np.inf, 0, -np.inf]),
    )  # fmt: skip


@dataclass(frozen=True)
class Costs:
    """What errors cost: `ratio` is that of a miss to that of a false alarm; the lesser is 1."""

    ratio: float

    @property
    def miss(self) -> float:
        """The cost of a false negative."""
        return max(self.ratio, 1.0)

    @property
    def alarm(self) -> float:
        """The cost of a false positive."""
        return max(1 / self.ratio, 1.0)

    @property
    def best_probability(self) -> float:
        r"""Alarm from this probability on: $c_{FP} / (c_{FP} + c_{FN})$ (Elkan 2001)."""
        return self.alarm / (self.alarm + self.miss)

    def slope(self, prevalence: float) -> float:
        r"""Of a line of equal cost over the ROC: $c_{FP} (1 - \pi) / (c_{FN} \pi)$."""
        return self.alarm * (1 - prevalence) / (self.miss * prevalence)

    def expected(self, found: Roc, prevalence: float) -> Floats:
        r"""Of one person at each point: $c_{FN} \pi (1 - hit) + c_{FP} (1 - \pi) fall$, `(K,)`."""
        missed, alarmed = prevalence * (1 - found.hit), (1 - prevalence) * found.fall
        return self.miss * missed + self.alarm * alarmed

    def best(self, found: Roc, prevalence: float) -> int:
        """The place of the least expected cost; of several the one with the fewest alarms."""
        costs = self.expected(found, prevalence)
        return int(np.flatnonzero(costs <= costs.min() + 1e-12)[0])

    def believed(self, prevalence: float, learned: float) -> float:
        r"""The threshold that is best if scores are right log-odds where $\pi$ was `learned`.

        Where $\pi$ is another, all log-odds move by the difference of its own.
        """
        return float(logit(self.best_probability) - logit(prevalence) + logit(learned))


def hull(found: Roc) -> Places:
    """The places of the corners of the upper convex hull of the ROC, from left to right."""
    corners: list[int] = []
    for place, (x, y) in enumerate(zip(found.fall, found.hit, strict=True)):
        while len(corners) > 1 and _is_below(found, corners[-2], corners[-1], x, y):
            corners.pop()
        corners.append(place)
    return np.array(corners)


def _is_below(found: Roc, first: int, second: int, x: float, y: float) -> bool:
    """Whether the second corner lies on or below the line from the first to the point."""
    across, up = found.fall[second] - found.fall[first], found.hit[second] - found.hit[first]
    return bool(across * (y - found.hit[first]) >= up * (x - found.fall[first]) - 1e-15)


def precision(found: Roc, prevalence: float) -> Floats:
    r"""Bayes' rule: $\pi\,hit / (\pi\,hit + (1 - \pi)\,fall)$, `(K,)`; NaN where no alarm is."""
    hits, falls = prevalence * found.hit, (1 - prevalence) * found.fall
    alarms = hits + falls
    return np.asarray(hits / np.where(alarms > 0, alarms, np.nan))


def spared(found: Roc, prevalence: float) -> Floats:
    """Which share of those without an alarm is healthy, `(K,)`; NaN where there is none."""
    healthy, missed = (1 - prevalence) * (1 - found.fall), prevalence * (1 - found.hit)
    silent = healthy + missed
    return np.asarray(healthy / np.where(silent > 0, silent, np.nan))


def average_precision(found: Roc, prevalence: float) -> float:
    """The area under the steps of the curve of precision and recall."""
    steps = np.diff(found.hit)
    return float(np.nansum(np.where(steps > 0, steps * precision(found, prevalence)[1:], 0)))


def area(found: Roc) -> float:
    """The area under the ROC, ties counted half."""
    return float(np.trapezoid(found.hit, found.fall))


@dataclass(frozen=True)
class People:
    """How many of the counted are ill and get an alarm, and so on; whole numbers."""

    found: int
    missed: int
    alarmed: int
    left: int


def people(prevalence: float, hit: float, fall: float, count: int = 1000) -> People:
    """So many people as they are expected, each group rounded, ½ up."""
    ill = int(np.floor(count * prevalence + 0.5))
    found, alarmed = (int(np.floor(one + 0.5)) for one in (ill * hit, (count - ill) * fall))
    return People(found, ill - found, alarmed, count - ill - alarmed)


def platt(scores: ArrayLike, truths: ArrayLike) -> tuple[float, float]:
    """The a > 0 and b of least surprise of a·score + b as log-odds (Platt 1999, plain labels).

    By Newton's method; raises `ValueError` where a threshold tells all cases apart or scores help
    nothing, so that there is no such a.
    """
    given, ill = np.asarray(scores, float), np.asarray(truths, float)
    middle, width = given.mean(), given.std()
    rows = np.stack([(given - middle) / width, np.ones(len(given))], 1)
    weights = np.array([0.0, logit(ill.mean())])
    for __ in range(NEWTON_STEPS):
        chance = expit(rows @ weights)
        curvature = rows.T @ (rows * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(curvature + 1e-12 * np.eye(2), rows.T @ (ill - chance))
        weights = weights + step
        if np.abs(step).max() < LEAST_SLOPE:
            break
    else:
        raise ValueError("no finite scale of the scores is best")
    if weights[0] <= 0:
        raise ValueError("higher scores do not go with the ill")
    scale = float(weights[0] / width)
    return scale, float(weights[1] - scale * middle)


@dataclass(frozen=True)
class Belief:
    """Which log-odds the scores are taken as."""

    slug: str
    title: str


BELIEFS = Registry[Belief](
    N_("belief"),
    Belief("raw", N_("as the model gives them")),
    Belief("calibrated", N_("calibrated on other digits")),
)


@dataclass(frozen=True, eq=False)
class Case:
    """A digit against all others: scores and truths `(N,)`, and those of `other` pictures.

    Of the others the share `learned` is ill.
    """

    scores: Floats
    truths: Truths
    other: Roc
    learned: float

    @cached_property
    def roc(self) -> Roc:
        """All its points."""
        return roc(self.scores, self.truths)


def case(digit: int, belief: str, given: Scored | None = None) -> Case:
    """Every second picture of the pool; with "calibrated", a line is fitted on the others."""
    from_all = given or pool()
    scores, truths = from_all.scores(digit), from_all.truths(digit)
    fit, fit_truths = scores[::2], truths[::2]
    if BELIEFS[belief].slug == "calibrated":
        scale, shift = platt(fit, fit_truths)
        scores = scale * scores + shift
    other = roc(scores[::2], fit_truths)
    return Case(scores[1::2], truths[1::2], other, float(fit_truths.mean()))
