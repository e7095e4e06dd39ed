"""What batch norm does once it has been trained: batch by batch, with wrong statistics, shifted.

All of it is measured on the validation part, with the networks of a study.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.gradients.depth.norm_training import Moment, NormRun, NormStudy, Sums
from explainer.gradients.depth.running_statistics import (
    ByBatch,
    accuracy,
    in_train_mode,
    refusal,
)

Floats = NDArray[np.float64]
SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
MOMENTA = (1.0, 0.1, 0.01, 0.001)
SHIFTS = tuple(np.linspace(0, 1, 11).round(1).tolist())
SURE = 0.9
SMALLEST_SPREAD = 1e-12


@dataclass(frozen=True)
class ByMomentum:
    """Accuracy in evaluation after each of `steps`, with the running statistics of `momentum`."""

    momentum: float
    steps: tuple[int, ...]
    accuracies: tuple[float, ...]


@dataclass(frozen=True)
class Shifted:
    """Accuracy on digits whose pixels are moved by `shift` of the way to white.

    `running` is of batch norm in evaluation, `own` normalises with the statistics of the moved
    pictures themselves, `plain` is the network without batch norm.
    """

    shift: float
    running: float
    own: float
    plain: float


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything measured: by size of the batch, by momentum, by shift, and PyTorch's refusal."""

    evaluation: float
    plain: float
    by_batch: tuple[ByBatch, ...]
    by_momentum: tuple[ByMomentum, ...]
    shifted: tuple[Shifted, ...]
    refusal: str
    picture: int


def findings(study: NormStudy) -> Findings:
    """Measure both networks of `study` in train mode and evaluation; about a second."""
    data, normed = study.data, study.normed
    inputs, labels = data.validation_inputs, data.validation_labels
    evaluated = normed.evaluating()
    picture = _a_sure_one(evaluated, inputs, labels)
    return Findings(
        evaluation=accuracy(evaluated, inputs, labels),
        plain=accuracy(study.plain.evaluating(), inputs, labels),
        by_batch=tuple(
            in_train_mode(normed.model, inputs, labels, size, picture=picture) for size in SIZES
        ),
        by_momentum=tuple(_by_momentum(study, momentum) for momentum in MOMENTA),
        shifted=tuple(_shifted(study, shift) for shift in SHIFTS),
        refusal=refusal(normed.model, inputs),
        picture=picture,
    )


Drift = Callable[[Sums, Sums, int], Floats]


def mean_drift(first: Sums, second: Sums, layer: int) -> Floats:
    """How far the mean of each unit's sums has moved, in units of its spread before, `(W,)`."""
    spread = np.maximum(first.spreads[layer], SMALLEST_SPREAD)
    moved: Floats = np.abs(second.means[layer] - first.means[layer]) / spread
    return moved


def spread_drift(first: Sums, second: Sums, layer: int) -> Floats:
    """By which share the spread of each unit's sums has changed, `(W,)`."""
    spread = np.maximum(first.spreads[layer], SMALLEST_SPREAD)
    changed: Floats = np.abs(second.spreads[layer] / spread - 1)
    return changed


def drift(run: NormRun, layer: int, measure: Drift, *, after: bool) -> Floats:
    """How far the sums of a layer moved since the last record: the median over its units.

    One number for each record but the first, NaN where there is none; before batch norm, or `after`
    it.
    """
    sums = [one.after if after else one.before for one in run.moments]
    with np.errstate(invalid="ignore"):  # of a network that diverged, from infinity to infinity
        return np.array([float(np.median(measure(a, b, layer))) for a, b in pairwise(sums)])


def drift_steps(moments: list[Moment]) -> Floats:
    """The steps `(n − 1,)` at which :func:`drift` was measured, for `n` records."""
    return np.array([one.step for one in moments[1:]], np.float64)


def _by_momentum(study: NormStudy, momentum: float) -> ByMomentum:
    data = study.data
    steps = tuple(step for step in sorted(study.normed.snapshots) if step)
    found = [
        accuracy(
            study.normed.evaluating(momentum, step), data.validation_inputs, data.validation_labels
        )
        for step in steps
    ]
    return ByMomentum(momentum, steps, tuple(found))


def _shifted(study: NormStudy, shift: float) -> Shifted:
    data = study.data
    pixels = data.normaliser.invert(data.validation_inputs)
    moved = data.normaliser.apply(pixels + shift * (1 - pixels))
    normed = study.normed
    training = normed.evaluating().train()
    return Shifted(
        shift,
        accuracy(normed.evaluating(), moved, data.validation_labels),
        accuracy(training, moved, data.validation_labels),
        accuracy(study.plain.evaluating(), moved, data.validation_labels),
    )


@torch.no_grad()
def _a_sure_one(model: nn.Module, inputs: Tensor, labels: Tensor) -> int:
    """The first picture of whose right answer the network is fairly sure, in evaluation."""
    own = model(inputs).softmax(1)[torch.arange(len(labels)), labels]
    sure = torch.nonzero(own >= SURE)
    return int(sure[0]) if len(sure) else int(own.argmax())
