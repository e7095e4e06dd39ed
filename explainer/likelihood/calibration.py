r"""Is a network as sure as it should be? Confidence against accuracy, in bins and as one number.

Of a picture, the *confidence* is the largest probability. A temperature T divides the logits before
softmax (Guo et al. 2017); no answer changes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax

from explainer.evaluation.intervals import exact

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Labels = NDArray[np.int64]
DRAWS, SEED, HALVINGS = 400, 0, 24
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
    logs = log_softmax(given / temperature, axis=-1)
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


def over_temperatures(
    logits: ArrayLike, labels: Labels, temperatures: Floats
) -> tuple[Floats, Floats]:
    """The mean surprise `(T,)`, and the confidence `(T, N)`, with each of the temperatures."""
    given = np.asarray(logits, np.float32)
    given = given - given.max(-1, keepdims=True)
    cooled = given / temperatures[:, None, None].astype(np.float32)
    sums = np.exp(cooled).sum(-1)
    surprise = np.log(sums) - cooled[:, np.arange(len(labels)), labels]
    return surprise.mean(-1).astype(float), (1 / sums).astype(float)


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
    off = (_uniform(draws, len(places)) < sure) - sure
    return np.asarray(np.abs(off @ members).sum(1, dtype=float) / len(places))


@lru_cache(maxsize=8)
def _uniform(draws: int, count: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(SEED).random((draws, count), np.float32)
    drawn.setflags(write=False)
    return drawn


def _places(confidence: Floats, edges: Floats) -> Labels:
    return np.asarray(np.searchsorted(edges[1:-1], confidence, side="right"))


def best_temperature(logits: ArrayLike, labels: Labels) -> float:
    r"""The temperature of least mean surprise, by halving where the slope changes its sign.

    With $\beta = 1/T$ it is convex, its slope $\overline{E_p[z] - z_y}$. Where every label has the
    largest logit no temperature is too low, and the least of `SPAN` is returned.
    """
    given = np.asarray(logits, float)
    given = given - given.max(-1, keepdims=True)
    of_labels = given[np.arange(len(labels)), labels].mean()

    def slope(beta: float) -> float:
        parts = np.exp(given * beta)
        means = np.einsum("nk,nk->n", parts, given) / parts.sum(-1)
        return float(means.mean() - of_labels)

    low, high = np.log(1 / np.array(SPAN[::-1]))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(float(np.exp(middle))) < 0 else (low, middle)
    return float(np.exp(-(low + high) / 2))
