"""Regression under outliers: the engine's losses on real numbers, a share of which is spoiled.

The progress of diabetes in 442 patients (Efron et al. 2004) by ten measurements, all standardised
by what is learned from. What is tested on is never spoiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.generalisation.at_once import results
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.task import TASKS, Regression

SEEDS = tuple(range(10))
SHARES = tuple(round(0.05 * place, 3) for place in range(9))
"""From 0 to 40 %."""
LEARNED, STEPS, RATE = 300, 200, 0.1
HEIGHT = 5.0
"""How far up a spoiled number is moved, in standard deviations of the clean ones."""
LOSSES = tuple(one for one in TASKS if isinstance(one, Regression))
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Errors:
    """On clean patients, in standard deviations: arrays `(L, K, S)` of losses, shares and seeds."""

    absolute: Floats
    squared: Floats

    def measured(self, slug: str) -> Floats:
        """The mean absolute error, or the root of the mean squared one."""
        return self.absolute if slug == "absolute" else self.squared


@cache
def patients() -> tuple[Floats, Floats]:
    """Ten measurements of each patient `(442, 10)`, and the progress of the disease `(442,)`."""
    from sklearn.datasets import load_diabetes

    found = load_diabetes()
    return np.asarray(found.data, np.float64), np.asarray(found.target, np.float64)


@dataclass(frozen=True, eq=False)
class Split:
    """One division: inputs with a column of ones, targets, all standardised, and an order."""

    inputs: Floats
    targets: Floats
    test_inputs: Floats
    test_targets: Floats
    order: NDArray[np.int64]

    def spoiled(self, share: float) -> Floats:
        """The targets to learn from, the first of the order moved up by `HEIGHT`."""
        found = self.targets.copy()
        found[self.order[: round(share * len(found))]] += HEIGHT
        return found


def split(seed: int) -> Split:
    """300 patients to learn from and 142 to test on, drawn by `seed`."""
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(patients()[1]))
    inputs, targets = (one[rows] for one in patients())
    inputs = (inputs - inputs[:LEARNED].mean(0)) / inputs[:LEARNED].std(0)
    targets = (targets - targets[:LEARNED].mean()) / targets[:LEARNED].std()
    inputs = np.column_stack([inputs, np.ones(len(inputs))])
    return Split(
        inputs[:LEARNED], targets[:LEARNED], inputs[LEARNED:], targets[LEARNED:],
        generator.permutation(LEARNED),
    )  # fmt: skip


def fitted(inputs: Tensor, targets: Tensor, loss: Regression, steps: int = STEPS) -> Tensor:
    """Weights `(M, P)` of M linear models of inputs `(M, N, P)` and targets `(M, N, 1)`, by Adam.

    The rate falls along half a cosine to 0, so that steps do not go to and fro about a kink.
    """
    weights = torch.zeros(len(inputs), inputs.shape[2], 1, requires_grad=True)
    optimiser = PlainOptimiser([weights], RATE)
    for step in range(steps):
        optimiser.rate = RATE * (1 + np.cos(np.pi * step / steps)) / 2
        optimiser.zero_grad()
        each = loss.losses(torch.bmm(inputs, weights), list(targets), None)
        torch.autograd.backward(each.sum())
        optimiser.step()
    return weights.detach()[..., 0]


def errors(
    seeds: Sequence[int] = SEEDS,
    shares: Sequence[float] = SHARES,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Errors:
    """Every loss with every share on every division; `told` gets the share that is done."""
    splits = [split(seed) for seed in seeds]
    inputs = np.stack([one.inputs for _ in shares for one in splits])
    targets = np.stack([one.spoiled(share) for share in shares for one in splits])
    given = [torch.from_numpy(one).float() for one in (inputs, targets[..., None])]
    absolute, squared = [], []
    jobs = [partial(fitted, given[0], given[1], loss, steps) for loss in LOSSES]
    for place, found in enumerate(results(jobs)):
        weights = found.numpy().reshape(len(shares), len(seeds), -1)
        missed = np.stack(
            [[one.test_inputs @ row - one.test_targets
              for one, row in zip(splits, rows, strict=True)] for rows in weights]
        )  # fmt: skip
        absolute.append(np.abs(missed).mean(-1))
        squared.append(np.sqrt(np.square(missed).mean(-1)))
        told((place + 1) / len(LOSSES))
    return Errors(np.stack(absolute), np.stack(squared))
