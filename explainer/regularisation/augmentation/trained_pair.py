"""Small networks that learned digits with a change and without it: what does each layer forgive?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from explainer.regularisation.augmentation.gains import Gain, gain_of
from explainer.regularisation.augmentation.invariance import SMALLEST, distances
from explainer.regularisation.augmentation.robustness import SIZE, TESTS
from explainer.regularisation.augmentation.small_networks import (
    STEPS,
    Change,
    Floats64,
    Stack,
    as_they_come,
    divided,
    learned,
)

SEEDS, COMPARED = (0, 1, 2, 3), 100
LAYERS = 6
"""Pixels, each convolution and each pooling with ReLU, logits."""


@dataclass(frozen=True, eq=False)
class TrainedPair:
    """Distance to the changed digit over that to another: `(2, 2, strengths, layers, S)`.

    First without and with the change in training, then by cosine and relative L2; medians over
    digits that no network learned from.
    """

    share: Floats64

    def gain(self, measure: int, strength: int, layer: int) -> Gain:
        """By how much that share is smaller with the change in training, paired by seed."""
        without, with_it = self.share[:, measure, strength, layer]
        return gain_of(without, with_it)


def trained_pair(
    slug: str,
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> TrainedPair:
    """Train without and with the change of `TESTS` that `slug` names; compare all its strengths."""
    jobs = [partial(_shares, slug, change, seeds, steps) for change in (None, TESTS[slug].change)]
    found = dict(as_they_come(jobs, told))
    return TrainedPair(np.stack([found[0], found[1]]))


def _shares(slug: str, change: Change | None, seeds: tuple[int, ...], steps: int) -> Floats64:
    data, test = divided("digits"), TESTS[slug]
    stack = learned(data, SIZE, seeds, change, steps=steps)
    pictures = data.validation_inputs[:COMPARED]
    originals = _layers(stack, pictures)
    others = [one.roll(1, dims=1) for one in originals]
    yard = _medians(originals, others)
    rows = [
        _medians(originals, _layers(stack, test.apply(pictures, strength))) / yard
        for strength in test.strengths
    ]
    return np.stack(rows, axis=1)


@torch.no_grad()
def _layers(stack: Stack, pictures: Tensor) -> list[Tensor]:
    """The pixels and each layer, for every network: `(S, N, ...)`."""
    inputs = pictures.expand(stack.count, *pictures.shape)
    return [inputs, *stack.layers(inputs)]


def _medians(originals: list[Tensor], others: list[Tensor]) -> Floats64:
    """Median distances over the pictures: `(2, layers, S)`."""
    found = [
        [np.median(distances(a, b), axis=1) for a, b in zip(one, other, strict=True)]
        for one, other in zip(originals, others, strict=True)
    ]
    return np.asarray(np.array(found).transpose(2, 0, 1)).clip(min=SMALLEST)
