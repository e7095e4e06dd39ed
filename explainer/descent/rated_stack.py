"""Small networks that learn digits at once, each at a learning rate of its own.

Digits are at half their size; a network has one hidden layer of ReLU. Networks of equal seed start
from equal weights and see the same digits in the same order: only their rates differ. Their first
layers lie side by side, so that those of a seed are one product with its digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from explainer.generalisation.small_stack import CLASSES, Digits
from explainer.regularisation.dropout.data_sizes import POOLED
from explainer.training.engine.devices import cores, workers
from explainer.training.recipe.optimisers import OPTIMISERS, Slots

WIDTH, BATCH = 32, 50
INPUTS = POOLED**2

State = tuple[int, list[Tensor]]
"""The steps that were taken, and a copy of all that a stack keeps."""


class RatedStack:
    """S seeds × R networks 196 → 32 → 10 with the method `slug`.

    `parameters` are weights `(S, 196, R, 32)` and biases `(S, 1, R, 32)`, then weights
    `(S, R, 32, 10)` and biases `(S, R, 1, 10)`: to begin with uniform within 1/√inputs, biases 0.
    """

    def __init__(self, seeds: Sequence[int], networks: int, slug: str) -> None:
        workers(cores())  # for what it sets: operators as small as these run in one thread
        self._method, self._steps = OPTIMISERS[slug], 0
        randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
        first, last = (
            torch.stack([(2 * torch.rand(*shape, generator=one) - 1) / shape[0] ** 0.5
                         for one in randoms])
            for shape in ((INPUTS, WIDTH), (WIDTH, CLASSES))
        )  # fmt: skip
        count = len(seeds)
        self.parameters = [
            first[:, :, None].repeat(1, 1, networks, 1),
            torch.zeros(count, 1, networks, WIDTH),
            last[:, None].repeat(1, networks, 1, 1),
            torch.zeros(count, networks, 1, CLASSES),
        ]
        self._slots: list[Slots] = [
            {name: torch.zeros_like(one) for name in self._method.slots} for one in self.parameters
        ]

    def step(self, inputs: Tensor, labels: Tensor, rates: Tensor) -> Tensor:
        """A step on digits `(S, N, 196)` with labels `(S, N)`, at `rates` `(S, R)`.

        Returns the mean cross-entropy of those digits before it, in nats: `(S, R)`.
        """
        hidden, logits = self._forward(inputs)
        logs = logits.log_softmax(-1)
        losses = _losses(logs, labels)
        upstream = logs.exp_()
        truth = labels[:, None, :, None].expand(-1, logits.shape[1], -1, -1)
        upstream.scatter_add_(-1, truth, upstream.new_full(truth.shape, -1))
        upstream /= labels.shape[1]
        behind = (upstream @ self.parameters[2].mT).mul_(hidden > 0).transpose(1, 2)
        first = torch.bmm(inputs.mT, behind.flatten(2)).view_as(self.parameters[0])
        gradients = (first, behind.sum(1, keepdim=True),
                     hidden.mT @ upstream, upstream.sum(2, keepdim=True))  # fmt: skip
        self._steps += 1
        for place, (values, gradient) in enumerate(zip(self.parameters, gradients, strict=True)):
            rate = rates[:, None, :, None] if place < 2 else rates[:, :, None, None]
            self._method.update(values, gradient, self._slots[place], self._steps, rate, 0.0)
        return losses

    def scores(self, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy in nats and the share that is wrong: `(S, R)` each."""
        __, logits = self._forward(inputs)
        wrong = (logits.argmax(-1) != labels[:, None]) | ~logits.isfinite().all(-1)
        return _losses(logits.log_softmax(-1), labels), wrong.double().mean(-1)

    def state(self) -> State:
        """A copy of weights and of what the method remembers."""
        return self._steps, [one.clone() for one in self._kept()]

    def restore(self, state: State) -> None:
        """Be as `state` says, to the last bit."""
        self._steps = state[0]
        for one, before in zip(self._kept(), state[1], strict=True):
            one.copy_(before)

    def _kept(self) -> Iterator[Tensor]:
        yield from self.parameters
        for slots in self._slots:
            yield from slots.values()

    def _forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The hidden layer `(S, R, N, 32)` and the logits `(S, R, N, 10)`."""
        first, bias, last, last_bias = self.parameters
        hidden = torch.bmm(inputs, first.flatten(2)).view(*inputs.shape[:2], *first.shape[2:])
        hidden = hidden.add_(bias).relu_().transpose(1, 2).contiguous()
        return hidden, hidden @ last + last_bias


def batches(data: Digits, seeds: Sequence[int]) -> Iterator[tuple[Tensor, Tensor]]:
    """Digits `(S, 50, 196)` and labels `(S, 50)`, for each seed drawn anew each step, for ever."""
    randoms = [torch.Generator().manual_seed(seed) for seed in seeds]
    count, at = data.labels.shape[1], torch.arange(len(randoms))[:, None]
    while True:
        rows = torch.stack([torch.randperm(count, generator=one)[:BATCH] for one in randoms])
        yield data.inputs[at, rows], data.labels[at, rows]


def _losses(logs: Tensor, labels: Tensor) -> Tensor:
    truth = labels[:, None, :, None].expand(-1, logs.shape[1], -1, -1)
    return -logs.gather(-1, truth).squeeze(-1).mean(-1)
