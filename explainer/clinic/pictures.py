"""The pictures of a case: what is learned from, what it is validated on, and fresh ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import torch
from torch import Tensor

from explainer.clinic.case import BATCH, DEVIATION, MEAN, Case
from explainer.training.data.registry import load

VALIDATION, FRESH = 500, 1000
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Pictures:
    """Inputs `(N, 784)` as the network is given them and labels `(N,)`, of the three parts.

    Pixels p in [0, 1] come as (p − mean)/deviation. `order` is how the training part lies in its
    file: sorted by digit for a case that keeps it so.
    """

    inputs: Tensor
    labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor
    fresh_inputs: Tensor
    fresh_labels: Tensor


@cache
def digits() -> tuple[Tensor, Tensor]:
    """The 5,000 digits of the shipped sample, pixels `(5000, 784)` in [0, 1], and labels.

    MNIST's own test pictures are left alone.
    """
    examples = load("mnist-sample")
    return examples.inputs[: examples.test_from].flatten(1), examples.labels[: examples.test_from]


def pictures_of(case: Case) -> Pictures:
    """The parts of a case, drawn by its seed."""
    pixels, labels = digits()
    random = np.random.default_rng(case.seed)
    rows = random.permutation(len(labels))
    validation, fresh, rest = np.split(rows, [VALIDATION, VALIDATION + FRESH])
    leaked = validation[: round(case.leaked * VALIDATION)]
    training = np.concatenate([leaked, rest])[: case.training]
    given = labels[training].clone()
    wrong = random.permutation(len(given))[: round(case.wrong * len(given))]
    given[wrong] = (given[wrong] + torch.from_numpy(random.integers(1, CLASSES, len(wrong)))) % 10
    if case.shifted:
        given = given.roll(1)
    if case.in_order:
        order = given.argsort(stable=True)
        training, given = training[order.numpy()], given[order]
    scale, shift = case.validation_pixels
    return Pictures(
        _normal(pixels[training]), given, _normal(scale * pixels[validation] + shift),
        labels[validation], _normal(pixels[fresh]), labels[fresh],
    )  # fmt: skip


def batch_rows(case: Case, step: int) -> Tensor:
    """Which training pictures step 0, 1, … is taken with: each epoch in an order of its own."""
    size = min(BATCH, case.training)
    epoch, place = divmod(step, case.training // size)
    return _order(case.seed, epoch, case.training, case.in_order)[place * size :][:size]


@lru_cache(maxsize=256)
def _order(seed: int, epoch: int, count: int, in_order: bool) -> Tensor:
    if in_order:
        return torch.arange(count)
    return torch.from_numpy(np.random.default_rng([seed, epoch]).permutation(count))


def shown(inputs: Tensor) -> np.ndarray:
    """Inputs `(N, 784)` as pictures `(N, 28, 28)`, uint8; what is beyond white or black is cut."""
    pixels = (inputs * DEVIATION + MEAN) * 255
    return pixels.round().clamp(0, 255).byte().view(-1, 28, 28).numpy()


def _normal(pixels: Tensor) -> Tensor:
    return (pixels - MEAN) / DEVIATION
