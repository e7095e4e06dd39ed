r"""Real scores and labels: how strongly networks hold each picture for one of its classes.

The score for a class is its log-odds, $\log \frac{p}{1-p}$. The sources are shipped networks and a
linear model of 100 digits, each asked MNIST's own test digits, which none of them learned from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from explainer.likelihood.calibrated import test_digits
from explainer.likelihood.examples import logits
from explainer.networks.digits.field import PUBLISHED
from explainer.networks.digits.networks import CLASSES
from explainer.registry import Registry
from explainer.training.data.registry import load
from explainer.words import N_

LEARNED, SEED = 100, 0
"""How many digits the linear model learns from, and by which seed they are drawn."""
KEPT_SMALL, CLOSE, MOST_STEPS = 0.1, 1e-6, 1000
"""Scikit-learn's C, `tol` and `max_iter`: the weights are held near 0, as 100 digits need."""
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Scored:
    """What a network says of N pictures of K classes: `logits` `(N, K)` and `labels` `(N,)`.

    `pictures` are float32 `(N, H, W, C)` in [0, 1], C 1 or 3; `classes` are K names.
    """

    logits: Floats
    labels: Labels
    pictures: NDArray[np.float32]
    classes: tuple[str, ...] = CLASSES

    def scores(self, place: int) -> Floats:
        """The log-odds of the class of that place against all others, `(N,)`."""
        return log_odds(self.logits, place)

    def truths(self, place: int) -> Truths:
        """Which pictures are of the class of that place, `(N,)`."""
        return np.asarray(self.labels == place)


def log_odds(logits: ArrayLike, place: int) -> Floats:
    r"""$z_k - \log \sum_{j \neq k} e^{z_j}$ of logits `(N, K)`, K ≥ 2, for the class k of a place.

    It is $\log \frac{p_k}{1-p_k}$ without the rounding of $1 - p_k$: finite wherever logits are.
    """
    given = np.asarray(logits, float)
    return np.asarray(given[:, place] - logsumexp(np.delete(given, place, 1), axis=1))


@dataclass(frozen=True)
class Source:
    """Where scores come from: `ask` gives what it says of the 1,000 test digits."""

    slug: str
    title: str
    ask: Callable[[], Scored]


def _shipped(slug: str) -> Scored:
    pictures, labels = test_digits()
    return Scored(logits(slug), labels, _shaped(pictures.numpy()))


def _linear() -> Scored:
    """The linear model on the test digits."""
    pictures, labels = test_digits()
    rows = pictures.numpy()
    return Scored(of_linear(rows), labels, _shaped(rows))


def _shaped(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows.reshape(-1, PUBLISHED, PUBLISHED, 1)


SOURCES = Registry[Source](
    N_("source of scores"),
    Source("linear", N_("linear, 100 digits"), _linear),
    Source("digit-mlp", N_("MLP, 20,000 digits"), partial(_shipped, "digit-mlp")),
    Source("digit-cnn", N_("CNN, 20,000 digits"), partial(_shipped, "digit-cnn")),
)


@cache
def scored(slug: str) -> Scored:
    """What the source of that slug says of the 1,000 test digits, 100 of each class."""
    return SOURCES[slug].ask()


@cache
def pool() -> Scored:
    """The linear model on all 5,900 shipped digits that it did not learn from."""
    examples = load("mnist-sample")
    rows = np.delete(examples.inputs.flatten(1).numpy(), learned_rows(), 0)
    labels = np.delete(examples.labels.numpy(), learned_rows())
    return Scored(of_linear(rows), labels, _shaped(rows))


@cache
def learned_rows(size: int = LEARNED, seed: int = SEED) -> Labels:
    """Which of the shipped training digits the linear model learns from, as many of each class."""
    labels = load("mnist-sample")
    given = labels.labels[: labels.test_from].numpy()
    drawn = np.random.default_rng(seed).permutation(len(given))
    each = [drawn[given[drawn] == one][: size // len(CLASSES)] for one in range(len(CLASSES))]
    return np.sort(np.concatenate(each))


def of_linear(rows: NDArray[np.float32], size: int = LEARNED, seed: int = SEED) -> Floats:
    """The logits `(N, 10)` of the linear model for pictures `(N, 784)` in [0, 1]."""
    weights, biases = linear_model(size, seed)
    return np.asarray(rows.astype(float) @ weights + biases)


@cache
def linear_model(size: int = LEARNED, seed: int = SEED) -> tuple[Floats, Floats]:
    """Weights `(784, 10)` and biases `(10,)` of softmax regression, by scikit-learn."""
    from sklearn.linear_model import LogisticRegression

    examples = load("mnist-sample")
    rows = learned_rows(size, seed)
    model = LogisticRegression(C=KEPT_SMALL, tol=CLOSE, max_iter=MOST_STEPS)
    model.fit(examples.inputs[rows].flatten(1).double().numpy(), examples.labels[rows].numpy())
    return np.asarray(model.coef_.T), np.asarray(model.intercept_)
