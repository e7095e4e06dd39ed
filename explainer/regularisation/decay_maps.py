r"""L2 in the loss or decoupled decay, under Adam: accuracy over the learning rate and λ.

L2 in the loss adds $\lambda w$ to the gradient, which Adam then divides by its usual size; AdamW
takes $(1 - \eta\lambda) w$ before the step, as in PyTorch (Loshchilov and Hutter 2019, whose λ is
our $\eta\lambda$). All networks of a seed have the same pictures, some with wrong labels, the same
start, and the same batches in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.regularisation.stacked_networks import Sizes
from explainer.training.data.registry import load
from explainer.training.instruments.student import interval

RATES = (1e-3, 3e-3, 1e-2, 3e-2)
LAMBDAS = tuple(10.0 ** (power / 2) for power in range(-8, 2))
"""From 10⁻⁴ to 3, two a decade."""
SEEDS = (0, 1, 2)
TRAINING, VALIDATED, NOISE = 300, 600, 0.2
STEPS, BATCH, HIDDEN = 150, 50, 32
TELL_EVERY = 15
FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-8  # Adam's, as Kingma and Ba (2015) have them
COUNT = 2 * len(RATES) * len(LAMBDAS) * len(SEEDS)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DecayMaps:
    """Validation accuracy after so many `steps`: `(2, rates, lambdas, seeds)`, L2's first."""

    steps: int
    accuracy: Floats

    @property
    def mean(self) -> Floats:
        """Over the seeds: `(2, rates, lambdas)`."""
        return np.asarray(self.accuracy.mean(-1))

    def best(self, method: int) -> tuple[int, int]:
        """The places of the rate and of the λ that are best for L2 in the loss (0) or AdamW (1)."""
        rate, strength = np.unravel_index(self.mean[method].argmax(), self.mean[method].shape)
        return int(rate), int(strength)

    def at_rate(self, method: int, rate: int) -> tuple[float, float, float]:
        """The best λ at the rate of that place, and the least and largest λ about as good.

        That is, whose mean accuracy is less than one point of a hundred below.
        """
        row = self.mean[method, rate]
        close = np.flatnonzero(row > row.max() - 0.01)
        return LAMBDAS[int(row.argmax())], LAMBDAS[int(close[0])], LAMBDAS[int(close[-1])]

    def between(self) -> tuple[float, float, float]:
        """AdamW's best less L2's best within a seed: the mean, and Student's interval of 95 %."""
        theirs, ours = (self.accuracy[(method, *self.best(method))] for method in (0, 1))
        return interval((ours - theirs).tolist())


def decay_maps(
    seeds: tuple[int, ...] = SEEDS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[DecayMaps], None] = lambda maps: None,
) -> DecayMaps:
    """Train a network for each method, rate, λ and seed at once.

    `told` gets the share that is done, `seen` how the networks stand.
    """
    data = [_drawn(seed) for seed in seeds]
    inputs, labels, outside, truth = (torch.stack(part) for part in zip(*data, strict=True))
    sizes = Sizes(inputs.shape[-1], HIDDEN, 10)
    method, rate, strength = (
        one.reshape(1, -1, 1).repeat(len(seeds), 1, 1).reshape(-1, 1)
        for one in torch.meshgrid(
            torch.tensor([0.0, 1.0]), torch.tensor(RATES), torch.tensor(LAMBDAS), indexing="ij"
        )
    )
    each = len(method) // len(seeds)
    coupled, kept = strength * (1 - method) * sizes.weights, 1 - rate * strength * method
    rows = torch.cat([sizes.start(seed).expand(each, -1) for seed in seeds]).clone()
    mean, square = torch.zeros_like(rows), torch.zeros_like(rows)
    orders = [torch.Generator().manual_seed(seed) for seed in seeds]

    def standing(steps: int) -> DecayMaps:
        found = sizes.accuracy(rows, *_for_each(each, outside, truth))
        shape = (len(seeds), 2, len(RATES), len(LAMBDAS))
        return DecayMaps(steps, np.moveaxis(found.double().view(shape).numpy(), 0, -1))

    for step in range(1, STEPS + 1):
        batches = torch.stack([torch.randperm(TRAINING, generator=one)[:BATCH] for one in orders])
        places = torch.arange(len(seeds))[:, None]
        given = _for_each(each, inputs[places, batches], labels[places, batches])
        slope = sizes.gradient(rows, *given).addcmul_(coupled, rows)
        mean.lerp_(slope, 1 - FIRST)
        square.mul_(SECOND).addcmul_(slope, slope, value=1 - SECOND)
        size = (square / (1 - SECOND**step)).sqrt_().add_(EPSILON)
        rows.mul_(torch.where(sizes.weights > 0, kept, 1.0))
        rows.sub_(rate / (1 - FIRST**step) * mean / size)
        if step % TELL_EVERY == 0 and step < STEPS:
            told(step / STEPS)
            seen(standing(step))
    return standing(STEPS)


def _for_each(each: int, *parts: Tensor) -> list[Tensor]:
    """Parts `(S, …)` of the seeds as those of their networks, `(S · each, …)`."""
    return [part.repeat_interleave(each, dim=0) for part in parts]


@cache
def pictures() -> tuple[Tensor, Tensor]:
    """The digits of 8 × 8 pixels: `(N, 64)` in [0, 1], and what they are `(N,)`."""
    examples = load("digits")
    return examples.inputs[: examples.test_from].flatten(1), examples.labels[: examples.test_from]


def _drawn(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pictures and labels of a seed to learn from, and others to validate on."""
    inputs, labels = pictures()
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    learned, outside = order[:TRAINING], order[TRAINING : TRAINING + VALIDATED]
    given = labels[learned].clone()
    wrong = round(NOISE * TRAINING)
    turned = torch.randint(1, 10, (wrong,), generator=generator)
    given[:wrong] = (given[:wrong] + turned) % 10
    return inputs[learned], given, inputs[outside], labels[outside]
