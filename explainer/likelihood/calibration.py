r"""Is a network as sure as it should be? Confidence against accuracy, in bins and as one number.

Of a picture, the *confidence* is the largest probability. A temperature T divides the logits before
softmax (Guo et al. 2017); no answer changes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from explainer.evaluation.intervals import exact

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Labels = NDArray[np.int64]
DRAWS, SEED, CLOSE = 400, 0, 1e-6
"""So close the best temperature is found, in parts of itself."""
SPAN = (0.05, 20.0)
"""The temperatures among which the best is looked for."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Of N pictures the `confidence`, whether it is `right`, and both scores, `(N,)` each.

    `surprise` is −log of the label's probability, in nats; `brier` the sum over all classes of the
    squared difference from 1 for the label and 0 for the others (Brier 1950), in [0, 2].
    """

    confidence: Floats
    right: Truths
    surprise: Floats
    brier: Floats


def answers(logits: ArrayLike, labels: Labels, temperature: float = 1.0) -> Answers:
    """What logits `(N, K)`, divided by the temperature, say of pictures with these labels."""
    given = np.asarray(logits, float)
    logs = (given - given.max(-1, keepdims=True)) / temperature
    logs -= np.log(np.exp(logs).sum(-1, keepdims=True))
    probabilities, rows = np.exp(logs), np.arange(len(labels))
    of_label = probabilities[rows, labels]
    brier = np.square(probabilities).sum(-1) - 2 * of_label + 1
    right = given.argmax(-1) == labels
    return Answers(probabilities.max(-1), right, -logs[rows, labels], np.maximum(brier, 0))


@dataclass(frozen=True, eq=False)
class Bins:
    """B bins of the confidence with `edges` `(B + 1,)`; the others `(B,)`, NaN in empty bins.

    `low` to `high` is Clopper and Pearson's interval of 95 % of the accuracy.
    """

    edges: Floats
    counts: Labels
    confidence: Floats
    accuracy: Floats
    low: Floats
    high: Floats

    @property
    def error(self) -> float:
        r"""ECE, $\sum_b \frac{n_b}{n} |\text{accuracy}_b - \text{confidence}_b|$, in [0, 1]."""
        gaps = np.abs(self.accuracy - self.confidence) * self.counts
        return float(np.nansum(gaps) / self.counts.sum())


def expected_error(confidence: Floats, right: Truths, edges: Floats) -> float:
    """The ECE without the bins themselves."""
    off = np.bincount(_places(confidence, edges), right - confidence)
    return float(np.abs(off).sum() / len(right))


def expected_errors(confidence: Floats, right: Truths, count: int) -> Floats:
    """The ECE in so many equally wide bins of each row of `confidence` `(T, N)`, `(T,)`."""
    places = np.minimum((confidence * count).astype(int), count - 1)
    rows = count * np.arange(len(confidence))[:, None]
    off = np.bincount((rows + places).ravel(), (right - confidence).ravel(), rows.size * count)
    return np.asarray(np.abs(off).reshape(-1, count).sum(1) / len(right))


@dataclass(frozen=True, eq=False)
class Ranked:
    """Of T rows of N confidences, each in its order: `confidence` `(T, N)`, and `gaps`.

    `gaps` `(T, N + 1)` are the sums of right less confidence of the least sure 0, 1, … N, and
    `first` `(T, N)` where the confidences that are the same begin.
    """

    confidence: Floats
    gaps: Floats
    first: Labels

    @classmethod
    def of(cls, confidence: Floats, right: Truths) -> Ranked:
        """Of rows `(T, N)` and whether each of the N is right."""
        order = np.argsort(confidence, axis=1)
        ranked = np.take_along_axis(confidence, order, 1)
        gaps = np.zeros((len(ranked), ranked.shape[1] + 1))
        np.cumsum(right[order] - ranked, axis=1, out=gaps[:, 1:])
        new = np.diff(ranked, axis=1, prepend=-1) > 0
        first = np.maximum.accumulate(np.where(new, np.arange(ranked.shape[1]), 0), axis=1)
        return cls(ranked, gaps, first)

    def errors(self, count: int) -> Floats:
        """The ECE of each row in so many equally full bins, `(T,)`: that of `edges_of`."""
        size = self.confidence.shape[1]
        places = np.linspace(0, 1, count + 1)[1:-1] * (size - 1)
        low = places.astype(int)
        least, most = self.confidence[:, low], self.confidence[:, np.minimum(low + 1, size - 1)]
        edges = least + (most - least) * (places - low)
        below = np.where(edges < 1, np.where(edges > least, low + 1, self.first[:, low]), size)
        sums = np.take_along_axis(self.gaps, below, 1)
        off = np.diff(sums, axis=1, prepend=0, append=self.gaps[:, -1:])
        return np.asarray(np.abs(off).sum(1) / size)


def over_temperatures(
    logits: ArrayLike, labels: Labels, temperatures: Floats
) -> tuple[Floats, Floats]:
    """The mean surprise `(T,)`, and the confidence `(T, N)`, with each of the temperatures."""
    given = np.asarray(logits, np.float32)
    given = np.ascontiguousarray((given - given.max(-1, keepdims=True)).T)
    of_labels = given[labels, np.arange(len(labels))]
    colder = (1 / temperatures).astype(np.float32)
    sums = np.stack([np.exp(given * one).sum(0) for one in colder])
    surprise = np.log(sums).mean(-1) - colder * of_labels.mean()
    return surprise.astype(float), (1 / sums).astype(float)


def edges_of(confidence: Floats, count: int, *, equal_mass: bool = False) -> Floats:
    """`count` bins of [0, 1], equally wide, or with equally many pictures in each.

    Where many confidences are the same there are fewer bins of equal mass.
    """
    if not equal_mass:
        return np.linspace(0, 1, count + 1)
    inner = np.quantile(confidence, np.linspace(0, 1, count + 1)[1:-1])
    inner = np.unique(inner)
    return np.concatenate([[0.0], inner[(inner > 0) & (inner < 1)], [1.0]])


def binned(given: Answers, edges: Floats) -> Bins:
    """Counts, mean confidence and accuracy in each bin; an edge belongs to the upper bin."""
    places = _places(given.confidence, edges)
    total = len(edges) - 1
    counts = np.bincount(places, minlength=total)
    sums = np.bincount(places, given.confidence, total)
    right = np.bincount(places, given.right, total)
    size = np.where(counts > 0, counts, np.nan)
    low, high = exact(right, counts)
    return Bins(edges, counts, sums / size, right / size, low, high)


def of_perfect(given: Answers, edges: Floats, draws: int = DRAWS) -> Floats:
    """The ECE that a perfectly calibrated network with these confidences would be found to have.

    Each answer is right with just its confidence, drawn anew: `(draws,)`. It is never 0 on average.
    """
    places, total = _places(given.confidence, edges), len(edges) - 1
    sure = given.confidence.astype(np.float32)
    members = np.zeros((len(places), total), np.float32)
    members[np.arange(len(places)), places] = 1
    hits = (_uniform(draws, len(places)) < sure).astype(np.float32)
    return np.asarray(np.abs(hits @ members - sure @ members).sum(1, dtype=float) / len(places))


@lru_cache(maxsize=8)
def _uniform(draws: int, count: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(SEED).random((draws, count), np.float32)
    drawn.setflags(write=False)
    return drawn


def _places(confidence: Floats, edges: Floats) -> Labels:
    return np.asarray(np.searchsorted(edges[1:-1], confidence, side="right"))


def best_temperature(logits: ArrayLike, labels: Labels) -> float:
    r"""The temperature of least mean surprise, by Brent's method where the slope changes its sign.

    With $\beta = 1/T$ it is convex, its slope $\overline{E_p[z] - z_y}$. Where every label has the
    largest logit no temperature is too low, and the least of `SPAN` is returned.
    """
    given = np.asarray(logits, float)
    given = np.ascontiguousarray((given - given.max(-1, keepdims=True)).T)
    of_labels = given[labels, np.arange(len(labels))].mean()

    def slope(cold: float) -> float:
        parts = np.exp(given * np.exp(cold))
        return float(((parts * given).sum(0) / parts.sum(0)).mean() - of_labels)

    low, high = -np.log(SPAN[::-1])
    if slope(low) >= 0:
        return SPAN[1]
    if slope(high) <= 0:
        return SPAN[0]
    return float(np.exp(-brentq(slope, low, high, xtol=CLOSE)))
