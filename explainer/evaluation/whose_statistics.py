"""Networks whose test pictures are normalised: by whose mean and whose deviation?

All learn digits normalised by the training part. For the test the same numbers are used, or those
of the part that is tested together, of any size down to one picture alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.evaluation.cameras import Pictures, seen, veiled
from explainer.generalisation.small_stack import LEAK, Digits, SmallStack
from explainer.registry import Registry
from explainer.regularisation.pixel_weights import SIDE
from explainer.training.data.registry import load
from explainer.training.instruments.student import interval
from explainer.words import N_

TRAINING, TESTED, WIDTH, STEPS, SEEDS = 1000, 256, 32, 300, (0, 1, 2, 3)
SIZES = tuple(2**power for power in range(9))
"""How many pictures are tested together, of `TESTED` in all."""
CROWD, USUAL = 1, 0.1
"""The digit of which there may be more, and its share in the training part."""
LEAST = 0.1
"""A deviation below this counts as this: a pixel that is nearly always black is not blown up."""
Floats64 = NDArray[np.float64]
Labels = NDArray[np.int64]
Numbers = tuple[Pictures, Pictures]
"""Means and deviations that can be taken off parts `(S, parts, pictures, pixels)`."""


@dataclass(frozen=True)
class Kind:
    """Whether a mean and a deviation are taken of each pixel, or of all pixels together."""

    slug: str
    title: str
    each_pixel: bool


KINDS = Registry[Kind](
    N_("statistic"),
    Kind("pixel", N_("a mean per pixel"), each_pixel=True),
    Kind("one", N_("one mean for all"), each_pixel=False),
)


@dataclass(frozen=True, eq=False)
class Trained:
    """S networks and what they are tested on.

    `weights` are those of two layers, each before its biases, `(S, …)`; `mean` and `deviation` of
    the training parts, `(S, 1, 1, 1 or 196)`. `crowd` and `others` `(S, 256, 196)` are test
    pictures, the others with `labels`; `order` `(S, 256)` says which place the crowd takes first.
    """

    kind: Kind
    weights: tuple[Pictures, ...]
    mean: Pictures
    deviation: Pictures
    crowd: Pictures
    others: Pictures
    labels: Labels
    order: Labels

    def tested(self, share: float, haze: float) -> tuple[Pictures, Labels]:
        """Test pictures `(S, 256, 196)` and labels: that share of one digit, behind that haze."""
        crowded = (self.order < round(share * TESTED))[..., None]
        pictures = np.where(crowded, self.crowd, self.others)
        labels = np.where(crowded[..., 0], CROWD, self.labels)
        return veiled(pictures, haze), labels

    def by_training(self, pictures: Pictures) -> Labels:
        """What is said of `(S, N, 196)` normalised with the training part's numbers, `(S, N)`."""
        return self._said((pictures[:, None] - self.mean) / self.deviation)

    def by_own(self, pictures: Pictures, numbers: Numbers) -> Labels:
        """What is said of them where each part is normalised with its own `numbers`."""
        count, pixels = pictures.shape[0], pictures.shape[-1]
        mean, deviation = numbers
        parts = pictures.reshape(count, mean.shape[1], -1, pixels)
        return self._said((parts - mean) / deviation)

    def _said(self, normal: Pictures) -> Labels:
        first, bias, last, last_bias = self.weights
        hidden = normal.reshape(len(first), -1, first.shape[1]) @ first + bias
        hidden = np.maximum(hidden, LEAK * hidden)
        return np.asarray((hidden @ last + last_bias).argmax(-1))


def own_numbers(pictures: Pictures, kind: Kind) -> Iterator[Numbers]:
    """Mean and deviation of each part of `(S, N, pixels)`, for one of `SIZES` after another."""
    mean, square = pictures[:, :, None], np.square(pictures)[:, :, None]
    if not kind.each_pixel:
        mean, square = mean.mean(-1, keepdims=True), square.mean(-1, keepdims=True)
    for size in SIZES:
        if size > 1:  # a part is two of half the size
            mean, square = halved(mean), halved(square)
        spread = np.sqrt(np.maximum(square - np.square(mean), 0))
        yield mean, np.maximum(spread, np.float32(LEAST))


def halved(numbers: Pictures) -> Pictures:
    """The means of each two neighbours of `(S, parts, …)`."""
    return np.asarray((numbers[:, ::2] + numbers[:, 1::2]) / 2)


def trained(kind: Kind, seeds: Sequence[int] = SEEDS, steps: int = STEPS) -> Trained:
    """Train a network for each seed on digits of its own, normalised by themselves."""
    drawn = [_drawn(seed) for seed in seeds]
    learned, labels = (np.stack(part) for part in zip(*(one[0] for one in drawn), strict=True))
    parts, axes = learned[:, None], (2,) if kind.each_pixel else (2, 3)
    mean = parts.mean(axes, keepdims=True)
    deviation = np.maximum(parts.std(axes, keepdims=True), np.float32(LEAST))
    inputs = torch.from_numpy(((parts - mean) / deviation)[:, 0])
    truth = torch.from_numpy(labels)
    stack = SmallStack(WIDTH, seeds)
    for _ in stack.learn(Digits(inputs, truth, inputs, truth), steps):
        pass
    weights = tuple(one.detach().numpy().copy() for one in stack.parameters)
    crowd, others, of_others, order = (
        np.stack(part) for part in zip(*(one[1] for one in drawn), strict=True)
    )
    return Trained(kind, weights, mean, deviation, crowd, others, of_others, order)


def _drawn(
    seed: int,
) -> tuple[tuple[Pictures, Labels], tuple[Pictures, Pictures, Labels, Labels]]:
    """Pictures to learn from with labels; the crowd, the others with theirs, and an order."""
    examples = load("mnist-sample")
    assert examples.test_from is not None
    generator = np.random.default_rng(seed)
    rows = generator.permutation(examples.test_from)
    labels = examples.labels.numpy()
    learned, rest = rows[:TRAINING], rows[TRAINING:]
    crowd = rest[labels[rest] == CROWD][:TESTED]
    others = rest[labels[rest] != CROWD][:TESTED]
    pictures = examples.inputs[:, 0].numpy().reshape(-1, SIDE, SIDE)
    tested = (seen(pictures[crowd]), seen(pictures[others]), labels[others])
    order = generator.permutation(TESTED)
    return (seen(pictures[learned]), labels[learned]), (*tested, order)


@dataclass(frozen=True, eq=False)
class Compared:
    """Accuracy `(S,)` with the training part's numbers, and with their own by size `(sizes, S)`.

    `pictures` `(S, N, 196)` are those that were tested, `answers` `(sizes, S, N)` with their own.
    """

    training: Floats64
    own: Floats64
    pictures: Pictures
    answers: Labels

    def ahead(self, place: int) -> tuple[float, float, float]:
        """By how much the own numbers of the size at `place` are better: mean, low and high.

        Shares differ by 1 at most, so the interval ends there.
        """
        mean, low, high = interval((self.own[place] - self.training).tolist())
        return mean, max(low, -1.0), min(high, 1.0)


def compared(networks: Trained, share: float, haze: float) -> Compared:
    """Every size on the same pictures."""
    pictures, labels = networks.tested(share, haze)
    numbers = own_numbers(pictures, networks.kind)
    answers = np.stack([networks.by_own(pictures, one) for one in numbers])
    training = (networks.by_training(pictures) == labels).mean(1)
    return Compared(training, (answers == labels).mean(2), pictures, answers)


def swayed(networks: Trained, found: Compared, place: int) -> float:
    """The share of pictures with another answer in other company, of the size at `place`."""
    turned = np.random.default_rng(0).permutation(TESTED)
    pictures = found.pictures[:, turned]
    numbers = next(islice(own_numbers(pictures, networks.kind), place, None))
    again = networks.by_own(pictures, numbers)
    return float((found.answers[place][:, turned] != again).mean())
