"""Double descent in networks that learn: a hidden layer of each width, a fifth of the labels wrong.

All weights learn the squared error of one-hot labels by gradient descent (Adam, every picture in
every step), with and without L2. As in Belkin et al. (2019) there are about as many parameters as
numbers to fit, ten a picture, where the error may be largest; Nakkiran et al. (2020) look along
width and along steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d, one_hot

from explainer.generalisation.at_once import results
from explainer.generalisation.stacked import Stacked, trained
from explainer.regularisation.pixel_weights import SIDE, of_ten
from explainer.training.data.stratify import with_noise
from explainer.training.instruments.student import interval

TRAINING, SEEDS, WRONG, CLASSES = 150, (0, 1, 2, 3), 0.2, 10
WIDTHS = (2, 4, 8, 12, 16, 24, 32, 64, 128, 256)
BEFORE = 4
SMALL = SIDE // 4
STEPS, RATE = 800, 0.01
DECAYS = (0.0, 3e-3)
"""λ of L2, which counts λ · ‖w‖²."""
MOMENTS = tuple(sorted({round(STEPS ** (one / 30)) for one in range(31)}))
"""After which steps the test digits are read."""
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Networks:
    """`(L2, widths, moments, seeds)`: mean squared error and share wrong on test digits, and
    the squared error of the labels that are learned.
    """

    widths: tuple[int, ...]
    moments: tuple[int, ...]
    error: Values
    wrong: Values
    training: Values


def parameters(width: int) -> int:
    """How many weights and biases such a network has."""
    return (SMALL**2 + 1) * width + (width + 1) * CLASSES


def threshold(count: int = TRAINING) -> float:
    """The width at which there are as many parameters as numbers to fit."""
    return (count - 1) * CLASSES / (SMALL**2 + 1 + CLASSES)


def networks(
    widths: tuple[int, ...] = WIDTHS,
    seeds: tuple[int, ...] = SEEDS,
    moments: tuple[int, ...] = MOMENTS,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Networks], None] = lambda found: None,
) -> Networks:
    """Train them, the narrowest first; `seen` gets what there is after each width."""
    data = [_digits(seed) for seed in seeds]
    jobs = [partial(_learned, data, width, seeds, moments, decay) for width in widths
            for decay in DECAYS]  # fmt: skip
    found: list[Values] = []
    for one in results(jobs):
        found.append(one)
        if len(found) % len(DECAYS) == 0:
            told(len(found) / len(jobs))
            seen(_together(widths, moments, found))
    return _together(widths, moments, found)


@dataclass(frozen=True)
class Change:
    """By how much an error changes from one width or step to another: mean and 95 % interval."""

    start: int
    end: int
    mean: float
    low: float
    high: float


def by_width(found: Networks, measure: str, decay: int, moment: int) -> tuple[Change, Change]:
    """From `BEFORE` units to about as many weights as outputs, and from there to the widest.

    The widths are chosen before anything is measured: the largest of several errors would look
    like a peak in noise, too.
    """
    values = getattr(found, measure)[decay, :, moment]
    at = int(np.abs(np.array(found.widths) - threshold()).argmin())
    places = (found.widths.index(BEFORE), at, len(found.widths) - 1)
    up, down = (
        Change(
            found.widths[start],
            found.widths[end],
            *interval((values[end] - values[start]).tolist()),
        )
        for start, end in pairwise(places)
    )
    return up, down


def by_step(found: Networks, measure: str, decay: int, width: int) -> Change:
    """Of the width at that place: from the step with the least mean error to the last."""
    values = getattr(found, measure)[decay, width]
    start = int(values.mean(-1).argmin())
    return Change(
        found.moments[start], found.moments[-1], *interval((values[-1] - values[start]).tolist())
    )


def _together(widths: tuple[int, ...], moments: tuple[int, ...], found: list[Values]) -> Networks:
    """Of what was learned by width and then by L2, each `(3, moments, seeds)`."""
    apart = np.array(found).reshape(-1, len(DECAYS), *found[0].shape)
    error, wrong, training = apart.transpose(2, 1, 0, 3, 4)
    return Networks(widths[: len(apart)], moments, error, wrong, training)


@dataclass(frozen=True, eq=False)
class Digits:
    """Pictures of 7 × 7 `(N, 49)` around the mean, with labels; 1,000 to test."""

    inputs: Tensor
    labels: Tensor
    test_inputs: Tensor
    test_labels: Tensor


def _digits(seed: int) -> Digits:
    data = of_ten(TRAINING, seed)
    inputs, test = (
        avg_pool2d(torch.from_numpy(one).reshape(-1, 1, SIDE, SIDE), SIDE // SMALL).flatten(1)
        for one in (data.inputs, data.validation_inputs)
    )
    generator = torch.Generator().manual_seed(seed)
    labels = with_noise(torch.from_numpy(data.labels), CLASSES, WRONG, generator=generator)
    mean = inputs.mean(0)
    return Digits(inputs - mean, labels, test - mean, torch.from_numpy(data.validation_labels))


def _learned(
    data: list[Digits], width: int, seeds: tuple[int, ...], moments: tuple[int, ...], decay: float
) -> Values:
    """Test error, share wrong and training error of a width, `(3, moments, seeds)`."""
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    stacked = Stacked(SMALL**2, width, randoms)
    inputs = torch.stack([one.inputs for one in data])
    labels = torch.stack([one.labels for one in data])
    test_inputs = torch.stack([one.test_inputs for one in data])
    truth = data[0].test_labels
    rows: list[Values] = []

    @torch.no_grad()
    def seen(step: int) -> None:
        if step in moments:
            outputs, learned = stacked(test_inputs), stacked(inputs)
            wrong = (outputs.argmax(-1) != truth).double().mean(-1)
            errors = [_missed(outputs, truth), wrong, _missed(learned, labels)]
            rows.append(torch.stack(errors).numpy())

    trained(stacked, inputs, labels, _loss, steps=max(moments), rate=RATE, decay=decay, seen=seen)
    return np.stack(rows, axis=1)


def _loss(outputs: Tensor, labels: Tensor) -> Tensor:
    return (outputs - one_hot(labels, CLASSES)).square().sum()


def _missed(outputs: Tensor, labels: Tensor) -> Tensor:
    """The mean squared error of each network, `(S,)`, summed over its outputs."""
    return (outputs - one_hot(labels, CLASSES)).double().square().sum(-1).mean(-1)
