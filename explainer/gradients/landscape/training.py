"""Training one network on the digits, with its path of weights kept: a checkpoint every few steps.

Everything random follows from the seed of the setup. The digits are divided alike for all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.landscape.networks import Network, initialise
from explainer.gradients.landscape.rescaling import rescale
from explainer.gradients.landscape.setup import MOMENTUM, Setup
from explainer.gradients.landscape.weights import load, statistics_of, vector_of
from explainer.training.data.registry import load as load_data
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.seeds import generator
from explainer.words import later

INTERVALS = 30
DATA, SPLIT = "digits", Split()


@cache
def digits() -> Prepared:
    """The digits, divided and normalised; the same for every network."""
    return prepare(load_data(DATA), SPLIT)


@dataclass(frozen=True, eq=False)
class Trained:
    """A network at the end of its training, and the path that led there.

    `path` are the weights `(T, P)` at `steps`, the first before training and the last at its end,
    and `statistics` `(T, B)` the running means and variances there. `batch_losses` has the loss of
    every batch.
    """

    setup: Setup
    network: Network
    path: Tensor
    statistics: Tensor
    steps: tuple[int, ...]
    batch_losses: tuple[float, ...]

    @property
    def end(self) -> Tensor:
        """The weights at the end, `(P,)`."""
        return self.path[-1]

    @property
    def nbytes(self) -> int:
        """The bytes held."""
        return 4 * (self.path.numel() + self.statistics.numel())


class Diverged(ArithmeticError):  # noqa: N818, what became of a training and no mistake
    """The training left the finite numbers; the message is one sentence with the step."""


@dataclass
class PathTraining:
    """A training under way: `run` yields the steps done; `trained` is there at its end."""

    setup: Setup
    step: int = 0
    losses: list[float] = field(default_factory=list)
    trained: Trained | None = None

    def run(self) -> Iterator[int]:
        """Train to the end, a step at a time. Raises :class:`Diverged`."""
        setup, data = self.setup, digits()
        network = fresh(setup)
        optimiser = torch.optim.SGD(
            network.parameters(), lr=setup.learning_rate, momentum=MOMENTUM, foreach=True
        )
        order = generator(setup.seed, "batches")
        every = interval(setup.steps)
        kept = [(0, vector_of(network), statistics_of(network))]
        rows = torch.zeros(0, dtype=torch.int64)
        while self.step < setup.steps:
            if len(rows) < setup.batch:
                rows = torch.cat([rows, torch.randperm(len(data.train_labels), generator=order)])
            batch, rows = rows[: setup.batch], rows[setup.batch :]
            loss = F.cross_entropy(network(data.train_inputs[batch]), data.train_labels[batch])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            self._note(loss.item())
            if self.step % every == 0 or self.step == setup.steps:
                kept.append((self.step, vector_of(network), statistics_of(network)))
            yield self.step
        self.trained = self._finished(network, kept)

    def _note(self, loss: float) -> None:
        self.step += 1
        self.losses.append(loss)
        if not math.isfinite(loss):
            raise Diverged(
                later(
                    "The loss left the finite numbers at step {step}: with a learning rate of"
                    " {rate} this network does not learn. Choose a smaller one.",
                    step=self.step, rate=f"{self.setup.learning_rate:g}",
                )
            )  # fmt: skip

    def _finished(self, network: Network, kept: list[tuple[int, Tensor, Tensor]]) -> Trained:
        steps, path, statistics = zip(*kept, strict=True)
        if self.setup.rescale != 1:
            path, statistics = self._rescaled(network, path, statistics)
        network.eval().requires_grad_(False)
        return Trained(
            self.setup,
            network,
            torch.stack(path),
            torch.stack(statistics),
            steps,
            tuple(self.losses),
        )

    def _rescaled(
        self, network: Network, path: tuple[Tensor, ...], statistics: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Every checkpoint rescaled; `network` is left with the last."""
        changed, running = [], []
        for vector, measured in zip(path, statistics, strict=True):
            load(network, vector, measured)
            rescale(network, self.setup.rescale)
            changed.append(vector_of(network))
            running.append(statistics_of(network))
        return tuple(changed), tuple(running)


def interval(steps: int) -> int:
    """The steps from one checkpoint to the next, so that there are about thirty."""
    return math.ceil(steps / INTERVALS)


def fresh(setup: Setup) -> Network:
    """The network of `setup` before its first step."""
    network = setup.build()
    entry = ACTIVATIONS[setup.activation]
    initialise(network, entry.gain, generator(setup.seed, "initial"))
    return network.train()


def train(setup: Setup) -> Trained:
    """Train a network at once. Raises :class:`Diverged`."""
    training = PathTraining(setup)
    for _ in training.run():
        pass
    if training.trained is None:
        raise AssertionError("a training that ends has a result")
    return training.trained
