"""λ too small, right, too large: two digits from few pictures, over λ and over several draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.pixel_weights import Pair, both, rows_of_pair
from explainer.regularisation.proximal import Floats, Labels, fit
from explainer.training.instruments.student import interval

LAMBDAS = tuple(10.0 ** (power / 2) for power in range(-8, 3))
"""From 10⁻⁴ to 10, two a decade."""
TRAINING, VALIDATED = 200, 400
SEEDS = (0, 1, 2, 3, 4)
STEPS = 1000
SETTLED = 1e-3
"""The λ below which L1 would find more zeros in more steps."""
NOISES = (0.0, 0.1, 0.2, 0.3)
Floats64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Strengths:
    """What came of every penalty (L1, then L2), seed and λ: `(2, S, M)` in every array.

    `loss` is the training loss without the `penalty`, in nats; `accuracy` is on validation, and
    `fit`, the accuracy on what was learned from, labels as they were given; `zeros` the share of
    weights that are exactly 0. Shares lie in [0, 1].
    """

    lambdas: tuple[float, ...]
    noise: float
    loss: Floats64
    penalty: Floats64
    fit: Floats64
    accuracy: Floats64
    zeros: Floats64


def strengths(
    pair: Pair,
    noise: float,
    seeds: tuple[int, ...] = SEEDS,
    told: Callable[[float], None] = lambda share: None,
) -> Strengths:
    """Learn two digits from 200 pictures, drawn by each seed, with every λ of L1 and of L2.

    The share `noise`, in [0, 0.5], of the training labels is wrong; those of the 400 pictures to
    validate on, the same for every seed, are right. `told` gets the share that is done.
    """
    rows = []
    for place, seed in enumerate(seeds):
        share = lambda one, place=place: told((place + one) / len(seeds))  # noqa: E731
        rows.append(_one(pair, noise, seed, share))
    arrays = np.array(rows).swapaxes(0, 1)  # (5, S, 2M)
    split = arrays.reshape(len(arrays), len(seeds), 2, -1).swapaxes(1, 2)
    return Strengths(LAMBDAS, noise, *split)


def _one(pair: Pair, noise: float, seed: int, told: Callable[[float], None]) -> Floats64:
    """Of one draw: loss, penalty, fit, accuracy and zeros, `(5, 2M)`."""
    inputs, labels, outside, truth = drawn(pair, noise, seed)
    found = fit(inputs, labels, *both(LAMBDAS), steps=STEPS, told=told)
    return np.array(
        [
            found.loss(inputs, labels), found.penalty, found.accuracy(inputs, labels),
            found.accuracy(outside, truth), found.zeros,
        ]
    )  # fmt: skip


def drawn(pair: Pair, noise: float, seed: int) -> tuple[Floats, Labels, Floats, Labels]:
    """Pictures to learn from with labels, some of them wrong, and pictures to validate on."""
    inputs, labels = rows_of_pair(pair)
    outside, rest = np.arange(VALIDATED), np.arange(VALIDATED, len(labels))
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(rest)[:TRAINING]
    given = labels[chosen].copy()
    wrong = generator.permutation(TRAINING)[: round(noise * TRAINING)]
    given[wrong] = 1 - given[wrong]
    return inputs[chosen], given, inputs[outside], labels[outside]


@dataclass(frozen=True)
class Best:
    """Where the median accuracy over the draws is best, and whether that is more than noise.

    `at` is the λ, `accuracy` its median; `smallest` and `largest` are those of the first and the
    last λ; `gain` is the mean gain on the smallest λ within a draw, between `low` and `high` in 95
    of 100 such experiments, by Student's interval.
    """

    at: float
    accuracy: float
    smallest: float
    largest: float
    gain: float
    low: float
    high: float

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval of the gain leaves 0 out."""
        return self.low > 0


def best(found: Strengths, penalty: int) -> Best:
    """The best λ of L1 (0) or of L2 (1): of several equally good ones the largest."""
    accuracy = found.accuracy[penalty]
    middle = np.median(accuracy, axis=0)
    place = int(np.flatnonzero(middle == middle.max())[-1])
    gains = accuracy[:, place] - accuracy[:, 0]
    smallest, largest = float(middle[0]), float(middle[-1])
    gain, low, high = interval(gains.tolist())
    return Best(found.lambdas[place], float(middle[place]), smallest, largest, gain, low, high)
