"""A weight a pixel: two digits told apart by one linear output, for every λ of L1 and of L2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.regularisation.proximal import Floats, Labels, fit
from explainer.training.data.registry import load
from explainer.words import N_

SIDE = 28
LAMBDAS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
TRAINING = 600
STEPS = 1500


@dataclass(frozen=True)
class Pair:
    """Two digits, the first of them class 0."""

    slug: str
    title: str
    digits: tuple[int, int]


PAIRS = Registry[Pair](
    N_("pair of digits"),
    Pair("3-8", N_("3 or 8"), (3, 8)),
    Pair("4-9", N_("4 or 9"), (4, 9)),
    Pair("1-7", N_("1 or 7"), (1, 7)),
    Pair("0-1", N_("0 or 1"), (0, 1)),
)


@dataclass(frozen=True, eq=False)
class Divided:
    """Pictures `(N, 784)` in [0, 1] and labels `(N,)`, to learn from and to validate on."""

    inputs: Floats
    labels: Labels
    validation_inputs: Floats
    validation_labels: Labels


@cache
def of_pair(pair: Pair) -> Divided:
    """The 1,000 pictures of two digits: `TRAINING` to learn from, 400 to validate on."""
    inputs, labels = rows_of_pair(pair)
    return Divided(inputs[:TRAINING], labels[:TRAINING], inputs[TRAINING:], labels[TRAINING:])


@cache
def rows_of_pair(pair: Pair) -> tuple[Floats, Labels]:
    """The 1,000 pictures of two digits `(1000, 784)` in random order, and which of the two each is.

    MNIST's own test pictures are left alone.
    """
    inputs, labels = _pictures()
    rows = np.random.default_rng(0).permutation(np.flatnonzero(np.isin(labels, pair.digits)))
    return inputs[rows], (labels[rows] == pair.digits[1]).astype(np.int64)


@cache
def of_ten(training: int, seed: int = 0) -> Divided:
    """All ten digits: so many to learn from, drawn by `seed`, and always the same 1,000 beside."""
    inputs, labels = _pictures()
    rows = np.random.default_rng(0).permutation(len(labels))
    validated, rest = rows[:1000], rows[1000:]
    learned = np.random.default_rng(seed).permutation(rest)[:training]
    return Divided(inputs[learned], labels[learned], inputs[validated], labels[validated])


def _pictures() -> tuple[Floats, Labels]:
    examples = load("mnist-sample")
    count = examples.test_from
    return examples.inputs[:count].flatten(1).numpy(), examples.labels[:count].numpy()


@dataclass(frozen=True, eq=False)
class PixelWeights:
    """For each λ `(M,)` and for L1, then L2, in the first place of every array.

    `weights` `(2, M, 784)`; `zeros`, the share that is exactly 0, `accuracy` on validation and
    `loss` on what was learned from, without the penalty: `(2, M)`. `inkless` is the share of pixels
    that are the same in all pictures that were learned from.
    """

    lambdas: tuple[float, ...]
    weights: Floats
    zeros: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    loss: NDArray[np.float64]
    inkless: float


def pixel_weights(pair: Pair, told: Callable[[float], None] = lambda share: None) -> PixelWeights:
    """Learn two digits with every λ at once; `told` gets the share that is done."""
    data = of_pair(pair)
    found = fit(data.inputs, data.labels, *both(LAMBDAS), steps=STEPS, told=told)
    count = len(LAMBDAS)
    varying = data.inputs.min(axis=0) < data.inputs.max(axis=0)
    return PixelWeights(
        LAMBDAS,
        found.weights.reshape(2, count, -1),
        found.zeros.reshape(2, count),
        found.accuracy(data.validation_inputs, data.validation_labels).reshape(2, count),
        found.loss(data.inputs, data.labels).reshape(2, count),
        float(1 - varying.mean()),
    )


def both(lambdas: tuple[float, ...]) -> tuple[Floats, Floats]:
    """λ₁ and λ₂ of classifiers for L1 with every λ, and then for L2 with every λ: `(2M,)` each."""
    given, none = np.array(lambdas, np.float32), np.zeros(len(lambdas), np.float32)
    return np.concatenate([given, none]), np.concatenate([none, given])
