"""Small networks of one hidden layer that learn digits at once, one for each seed.

Digits are at half their size. The hidden layer is leaky ReLU; with 0 units there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, leaky_relu

from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.regularisation.pixel_weights import of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.engine.devices import cores, workers

CLASSES = 10
BATCH, LEARNING_RATE, LEAK = 50, 1e-2, 0.1
Floats64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Digits:
    """For each of S seeds N pictures `(S, N, 196)` with labels `(S, N)`, and M to validate on."""

    inputs: Tensor
    labels: Tensor
    validation_inputs: Tensor
    validation_labels: Tensor


def digits(size: int, seeds: Sequence[int], wrong: float = 0.0) -> Digits:
    """`size` ≤ 4,000 digits for each seed, and the same 1,000 for all to validate on.

    The share `wrong` of all labels is another digit's, drawn by the seed: of both parts.
    """
    drawn = [of_ten(size, seed) for seed in seeds]
    validation = pooled(drawn[0].validation_inputs)
    labels = [_with_wrong(one.labels, wrong, seed) for one, seed in zip(drawn, seeds, strict=True)]
    outside = [_with_wrong(drawn[0].validation_labels, wrong, ~seed & 0xFFFF) for seed in seeds]
    return Digits(
        torch.stack([pooled(one.inputs) for one in drawn]),
        torch.from_numpy(np.stack(labels)),
        validation.expand(len(drawn), -1, -1),
        torch.from_numpy(np.stack(outside)),
    )


def _with_wrong(labels: NDArray[np.int64], share: float, seed: int) -> NDArray[np.int64]:
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(labels))[: round(share * len(labels))]
    given = labels.copy()
    given[rows] = (given[rows] + generator.integers(1, CLASSES, len(rows))) % CLASSES
    return given


class SmallStack:
    """S networks 196 → width → 10 as batched products, each with its own data, by Adam.

    The loss has `l2`/2 times the squares of all weights, biases aside.
    """

    def __init__(self, width: int, seeds: Sequence[int], *, l2: float = 0.0) -> None:
        workers(cores())  # for what it sets: operators as small as these run in one thread
        self._l2 = l2
        self._randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        shapes = ((POOLED**2, width), (width, CLASSES)) if width else ((POOLED**2, CLASSES),)
        self.parameters: list[nn.Parameter] = []
        for inputs, outputs in shapes:
            drawn = [torch.rand(inputs, outputs, generator=one) for one in self._randoms]
            weights = (2 * torch.stack(drawn) - 1) / inputs**0.5
            biases = torch.zeros(len(seeds), 1, outputs)
            self.parameters += [nn.Parameter(weights), nn.Parameter(biases)]
        self._optimiser = PlainOptimiser(self.parameters, LEARNING_RATE)

    def learn(self, data: Digits, steps: int) -> Iterator[int]:
        """Take `steps` steps on batches of 50 drawn anew; gives the number of each that is done."""
        count = data.labels.shape[1]
        for step in range(1, steps + 1):
            rows = torch.stack(
                [torch.randperm(count, generator=one)[:BATCH] for one in self._randoms]
            )
            at = torch.arange(len(rows))[:, None]
            self.step(data.inputs[at, rows], data.labels[at, rows])
            yield step

    @torch.no_grad()
    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """A step of Adam on pictures `(S, N, 196)` with labels `(S, N)`."""
        hidden, logits = self._forward(inputs)
        upstream = logits.softmax(-1)
        upstream.scatter_add_(-1, labels[..., None], upstream.new_full((*labels.shape, 1), -1))
        upstream /= labels.shape[1]
        if hidden is not inputs:
            slope = torch.where(hidden > 0, 1.0, LEAK)
            behind = torch.bmm(upstream, self.parameters[2].mT) * slope
            self._put(0, inputs, behind)
        self._put(-2, hidden, upstream)
        self._optimiser.step()

    def _put(self, place: int, inputs: Tensor, upstream: Tensor) -> None:
        """Backpropagation into one layer: the gradients of its weights and its biases."""
        weights, biases = self.parameters[place], self.parameters[place + 1]
        assert weights.grad is not None
        assert biases.grad is not None
        torch.baddbmm(weights, inputs.mT, upstream, beta=self._l2, out=weights.grad)
        torch.sum(upstream, 1, keepdim=True, out=biases.grad)

    @torch.no_grad()
    def scores(self, inputs: Tensor, labels: Tensor) -> tuple[Floats64, Floats64]:
        """Mean cross-entropy in nats and the share that is wrong, `(S,)` each."""
        __, logits = self._forward(inputs)
        losses = cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
        wrong = (logits.argmax(-1) != labels).double().mean(1)
        return losses.view(labels.shape).double().mean(1).numpy(), wrong.numpy()

    def _forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The hidden layer, or the inputs where there is none, and the logits."""
        first, biases, *__ = self.parameters
        hidden = inputs
        if len(self.parameters) > 2:
            hidden = leaky_relu(torch.baddbmm(biases, inputs, first), LEAK)
        return hidden, torch.baddbmm(self.parameters[-1], hidden, self.parameters[-2])
