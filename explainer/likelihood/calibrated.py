"""Networks that learn a few hundred digits far beyond their best moment, and how sure they are.

Three recipes from the same weights and the same batches, a network for each seed; what they say of
other digits is kept at many steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import one_hot

from explainer.generalisation.small_stack import BATCH, CLASSES, digits
from explainer.generalisation.stacked import Stacked
from explainer.likelihood.calibration import (
    Floats,
    Labels,
    answers,
    best_temperature,
    edges_of,
    expected_error,
    over_temperatures,
)
from explainer.registry import Registry
from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.data.registry import load
from explainer.training.engine.devices import cores, workers
from explainer.words import N_

SIZE, WIDTH, RATE = 500, 64, 5e-3
SEEDS = (0, 1, 2, 3, 4, 5)
STEPS = tuple(range(20, 401, 20))
"""The steps after which the networks are asked."""
BINS = 15
"""As many as Guo et al. (2017) took."""
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """How networks learn: with so much label smoothing, and so many of the hidden units kept."""

    slug: str
    title: str
    smoothing: float = 0.0
    keep: float = 1.0


RECIPES = Registry[Recipe](
    N_("recipe"),
    Recipe("plain", N_("plain")),
    Recipe("smoothed", N_("label smoothing"), smoothing=0.1),
    Recipe("dropout", N_("dropout"), keep=0.5),
)


@dataclass(frozen=True, eq=False)
class Asked:
    """Logits `(T, R, S, N, 10)` at each of T steps, for R recipes and S seeds.

    They are of validation pictures and of fresh ones, `labels` `(N,)` each.
    """

    steps: tuple[int, ...]
    validation: Singles
    fresh: Singles
    validation_labels: Labels
    fresh_labels: Labels


@cache
def test_digits() -> tuple[Tensor, Labels]:
    """The 1,000 shipped digits of MNIST's own test part, `(1000, 784)`, and their labels."""
    examples = load("mnist-sample")
    inputs = examples.inputs[examples.test_from :].flatten(1)
    return inputs, examples.labels[examples.test_from :].numpy()


def asked(
    seeds: Sequence[int] = SEEDS,
    *,
    steps: Sequence[int] = STEPS,
    size: int = SIZE,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[int, float, float], None] = lambda step, confidence, accuracy: None,
) -> Asked:
    """Train all the networks at once on `size` digits each; ask them after each of `steps`.

    `seen` hears the step, and how sure and how right the plain networks are of fresh digits.
    """
    workers(cores())  # for what it sets: operators as small as these run in one thread
    data = digits(size, seeds)
    inputs, fresh_labels = test_digits()
    pictures = torch.cat([data.validation_inputs[0], pooled(inputs.numpy())])
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    stack, places, found = _Stack(seeds), torch.arange(len(seeds))[:, None], []
    for step in range(1, max(steps) + 1):
        rows = torch.stack([torch.randperm(size, generator=one)[:BATCH] for one in randoms])
        noise = torch.stack([torch.rand(BATCH, WIDTH, generator=one) for one in randoms])
        stack.step(data.inputs[places, rows], data.labels[places, rows], noise)
        if step in steps:
            found.append(stack.logits(pictures).view(len(RECIPES), len(seeds), -1, CLASSES))
            plain = found[-1][0, :, -len(fresh_labels) :]
            right = plain.argmax(-1) == torch.from_numpy(fresh_labels)
            seen(step, float(plain.softmax(-1).amax(-1).mean()), float(right.double().mean()))
            told(step / max(steps))
    logits = torch.stack(found).numpy()
    count = len(logits[0, 0, 0]) - len(fresh_labels)
    return Asked(
        tuple(sorted(steps)), logits[..., :count, :], logits[..., count:, :],
        data.validation_labels[0].numpy(), fresh_labels,
    )  # fmt: skip


class _Stack:
    """Networks 196 → 64 → 10 for R recipes × S seeds; one start a seed, the same for all."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._networks = Stacked(
            POOLED**2,
            WIDTH,
            [torch.Generator().manual_seed(one) for __ in RECIPES for one in seeds],
        )
        each = torch.arange(len(RECIPES)).repeat_interleave(len(seeds))[:, None, None]
        self._keep = torch.tensor([one.keep for one in RECIPES])[each]
        self._smoothing = torch.tensor([one.smoothing for one in RECIPES])[each]
        self._optimiser = PlainOptimiser(self._networks.parameters, RATE)

    @torch.no_grad()
    def step(self, inputs: Tensor, labels: Tensor, noise: Tensor) -> None:
        """A step of Adam: `(S, N, 196)`, `(S, N)`, and uniform numbers `(S, N, 64)`."""
        inputs, noise = inputs.repeat(len(RECIPES), 1, 1), noise.repeat(len(RECIPES), 1, 1)
        first, bias, last, last_bias = self._networks.parameters
        slope = (noise < self._keep) / self._keep
        hidden = torch.relu(torch.baddbmm(bias, inputs, first))
        slope = slope * (hidden > 0)
        hidden = hidden * slope
        truth = one_hot(labels, CLASSES).repeat(len(RECIPES), 1, 1)
        target = truth * (1 - self._smoothing) + self._smoothing / CLASSES
        logits = torch.baddbmm(last_bias, hidden, last)
        upstream = (logits.softmax(-1) - target) / labels.shape[1]
        behind = torch.bmm(upstream, last.mT) * slope
        for place, given, back in ((0, inputs, behind), (2, hidden, upstream)):
            weights, biases = self._networks.parameters[place : place + 2]
            assert weights.grad is not None
            assert biases.grad is not None
            torch.bmm(given.mT, back, out=weights.grad)
            torch.sum(back, 1, keepdim=True, out=biases.grad)
        self._optimiser.step()

    @torch.no_grad()
    def logits(self, pictures: Tensor) -> Tensor:
        """Of pictures `(N, 196)`, nothing dropped, `(RS, N, 10)`."""
        return self._networks(pictures.expand(len(self._keep), -1, -1))


@dataclass(frozen=True, eq=False)
class Scores:
    """What fresh digits say of each network: `(T, R, S)` each, but for the last two.

    `gap` is the mean confidence less the accuracy, `error` the ECE in `BINS` equal bins, `wrong` a
    share, `surprise` in nats, `validation` that of the other digits. `temperatures` `(R, S)` are
    the best on validation after the last step, `cooled` the ECE `(R, S)` with them.
    """

    gap: Floats
    error: Floats
    surprise: Floats
    wrong: Floats
    validation: Floats
    temperatures: Floats
    cooled: Floats


def scores(found: Asked) -> Scores:
    """Of all networks at all steps."""
    shape = found.fresh.shape[:3]
    edges = edges_of(np.empty(0), BINS)
    rows = []
    for logits in found.fresh.reshape(-1, *found.fresh.shape[3:]):
        given = answers(logits, found.fresh_labels)
        rows.append(
            (given.confidence.mean() - given.right.mean(),
             expected_error(given.confidence, given.right, edges), given.surprise.mean(),
             1 - given.right.mean())
        )  # fmt: skip
    gap, error, surprise, wrong = np.array(rows).T.reshape(4, *shape)
    validation = np.array([
        over_temperatures(one, found.validation_labels, np.ones(1))[0][0]
        for one in found.validation.reshape(-1, *found.validation.shape[3:])
    ]).reshape(shape)  # fmt: skip
    temperatures, cooled = np.empty(shape[1:]), np.empty(shape[1:])
    for place in np.ndindex(*shape[1:]):
        best = best_temperature(found.validation[-1][place], found.validation_labels)
        given = answers(found.fresh[-1][place], found.fresh_labels, best)
        temperatures[place] = best
        cooled[place] = expected_error(given.confidence, given.right, edges)
    return Scores(gap, error, surprise, wrong, validation, temperatures, cooled)
