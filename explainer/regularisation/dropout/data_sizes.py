"""How much to drop, and from how many pictures: a network for each rate, size and seed.

After Srivastava et al. (2014), sections 7.3 and 7.4, which ask one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy

from explainer.regularisation.pixel_weights import SIDE, of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.engine.devices import cores, workers
from explainer.training.instruments.student import interval

SIZES = (100, 250, 500, 1000, 2000, 4000)
RATES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Drop probabilities of the hidden layer."""
SEEDS = (0, 1, 2, 3)
POOLED = SIDE // 2
UNITS, STEPS, BATCH, LEARNING_RATE = 128, 250, 50, 3e-3
Floats64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DataSizes:
    """On validation, by number of pictures, drop probability and seed: `(sizes, R, S)`.

    `error` is the share that is wrong, `loss` the cross-entropy in nats.
    """

    sizes: tuple[int, ...]
    rates: tuple[float, ...]
    error: Floats64
    loss: Floats64

    def best(self, size: int, measure: str) -> Best:
        """The rate with the least mean of `error` or `loss`, at the size of that place."""
        values: Floats64 = getattr(self, measure)[size]
        place = int(values.mean(axis=1).argmin())
        gain, low, high = interval((values[0] - values[place]).tolist())
        return Best(self.sizes[size], self.rates[place], gain, low, high)


@dataclass(frozen=True)
class Best:
    """The best drop probability `rate` of `size` pictures, and its gain on dropping nothing.

    The gain is the mean over seeds; between `low` and `high` in 95 of 100 such experiments.
    """

    size: int
    rate: float
    gain: float
    low: float
    high: float


def data_sizes(
    sizes: tuple[int, ...] = SIZES,
    rates: tuple[float, ...] = RATES,
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[DataSizes], None] = lambda found: None,
) -> DataSizes:
    """Every size in turn, all its rates and seeds at once; `seen` gets what there is after each.

    Networks of equal seed have the same pictures, start, batches and random numbers of dropout.
    """
    workers(cores())  # for what it sets: operators as small as these run in one thread
    rows: list[tuple[Floats64, Floats64]] = []
    for place, size in enumerate(sizes):
        share = lambda one, place=place: told((place + one) / len(sizes))  # noqa: E731
        rows.append(_one_size(size, rates, seeds, steps, share))
        error, loss = (np.array(one) for one in zip(*rows, strict=True))
        found = DataSizes(sizes[: place + 1], rates, error, loss)
        seen(found)
    return found


def _one_size(
    size: int,
    rates: tuple[float, ...],
    seeds: tuple[int, ...],
    steps: int,
    told: Callable[[float], None],
) -> tuple[Floats64, Floats64]:
    """Error and loss `(R, S)`."""
    data = [of_ten(size, seed) for seed in seeds]
    inputs = [pooled(one.inputs) for one in data]
    labels = [torch.from_numpy(one.labels) for one in data]
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    stack = Stack.started(rates, randoms)
    for step in range(steps):
        rows = [torch.randperm(size, generator=one)[:BATCH] for one in randoms]
        chosen = torch.stack([one[at] for one, at in zip(inputs, rows, strict=True)])
        truth = torch.stack([one[at] for one, at in zip(labels, rows, strict=True)])
        noise = torch.stack([torch.rand(len(rows[0]), UNITS, generator=one) for one in randoms])
        stack.step(chosen, truth, noise)
        told((step + 1) / steps)
    logits = stack.logits(pooled(data[0].validation_inputs).expand(len(seeds), -1, -1))
    truth = torch.from_numpy(data[0].validation_labels)
    wrong = (logits.argmax(-1) != truth).double().mean(-1)
    losses = cross_entropy(
        logits.flatten(0, 1), truth.repeat(len(logits)), reduction="none"
    ).reshape(len(logits), -1)
    shape = (len(rates), len(seeds))
    return wrong.reshape(shape).numpy(), losses.double().mean(-1).reshape(shape).numpy()


def pooled(inputs: NDArray[np.float32]) -> Tensor:
    """Pictures `(N, 784)` at half their size: the means of 2 × 2 pixels, `(N, 196)`."""
    pictures = torch.from_numpy(inputs).reshape(-1, 1, SIDE, SIDE)
    return avg_pool2d(pictures, 2).flatten(1)


class Stack:
    """Networks 196 → 128 → 10 with dropout between, R rates × S seeds, as batched products.

    `parameters` are two weights `(RS, inputs, outputs)`, each followed by its bias.
    """

    def __init__(self, parameters: list[Tensor], rates: tuple[float, ...]) -> None:
        self.parameters = [nn.Parameter(one.repeat(len(rates), 1, 1)) for one in parameters]
        self._times = len(rates)
        seeds = len(parameters[0])
        self._keep = 1 - torch.tensor(rates).repeat_interleave(seeds)[:, None, None]
        self._optimiser = PlainOptimiser(self.parameters, LEARNING_RATE)

    @classmethod
    def started(cls, rates: tuple[float, ...], randoms: list[torch.Generator]) -> Stack:
        """One start a seed, the same for all rates: PyTorch's usual spread of weights, biases 0."""
        parameters = []
        for inputs, outputs in ((POOLED**2, UNITS), (UNITS, 10)):
            drawn = [torch.rand(inputs, outputs, generator=one) for one in randoms]
            parameters.append((2 * torch.stack(drawn) - 1) / inputs**0.5)
            parameters.append(torch.zeros(len(randoms), 1, outputs))
        return cls(parameters, rates)

    def step(self, inputs: Tensor, labels: Tensor, noise: Tensor) -> None:
        """A step of Adam: `(S, N, 196)`, `(S, N)`, and uniform numbers `(S, N, 128)`."""
        kept = (noise.repeat(self._times, 1, 1) < self._keep) / self._keep
        self._optimiser.zero_grad()
        truth = labels.repeat(self._times, 1).flatten()
        loss = cross_entropy(self._forward(inputs, kept).flatten(0, 1), truth, reduction="sum")
        torch.autograd.backward(loss / labels.shape[1])
        self._optimiser.step()

    @torch.no_grad()
    def logits(self, inputs: Tensor) -> Tensor:
        """Of pictures `(S, N, 196)`, without dropout, `(RS, N, 10)`."""
        return self._forward(inputs)

    def _forward(self, inputs: Tensor, kept: Tensor | None = None) -> Tensor:
        first, bias, last, last_bias = self.parameters
        hidden = torch.relu(torch.baddbmm(bias, inputs.repeat(self._times, 1, 1), first))
        return torch.baddbmm(last_bias, hidden if kept is None else hidden * kept, last)
