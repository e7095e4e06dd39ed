"""Loss curves that do not fall evenly: one network learns without dropout, its twin with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.regularisation.pixel_weights import of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.engine.devices import cores, workers

DROPPED = 0.5
TRAINING, UNITS, STEPS, RATE = 1000, 64, 150, 0.1
BATCHES = (1000, 50)
"""How many of the 1,000 pictures a step sees: all of them, or a twentieth."""
CHECKED, CHECK_STEPS = 20, 100
Floats64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Uneven:
    """Losses in nats before each step, `(steps,)`.

    `without` is the network without dropout on the pictures of that step; `dropout` the twin as it
    learns, `off` the twin on the same pictures with dropout off; `validation` the twin, off, on
    other pictures.
    """

    without: Floats64
    dropout: Floats64
    off: Floats64
    validation: Floats64


@dataclass(frozen=True)
class Check:
    """One batch learned by heart: the loss in nats after so many steps, dropout off and on."""

    off: float
    on: float


def rising(losses: Floats64) -> float:
    """The share of steps after which the loss is larger than before."""
    return float((np.diff(losses) > 0).mean())


def uneven(
    batch: int,
    seed: int = 0,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Uneven:
    """Learn 1,000 digits twice by plain gradient descent, `batch` of them a step, for a second."""
    workers(cores())  # for what it sets: operators as small as these run in one thread
    data = of_ten(TRAINING, seed)
    inputs, labels = pooled(data.inputs), torch.from_numpy(data.labels)
    outside = pooled(data.validation_inputs), torch.from_numpy(data.validation_labels)
    order = torch.Generator().manual_seed(seed)
    twins = [_network(seed, dropped) for dropped in (0.0, DROPPED)]
    optimisers = [PlainOptimiser(one.parameters(), RATE, "sgd") for one in twins]
    rows = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for step in range(steps):
            chosen = torch.randperm(TRAINING, generator=order)[:batch]
            pictures, truth = inputs[chosen], labels[chosen]
            quiet = [_whole(twins[1], *one) for one in ((pictures, truth), outside)]
            losses = []
            for network, optimiser in zip(twins, optimisers, strict=True):
                optimiser.zero_grad()
                loss = cross_entropy(network(pictures), truth)
                torch.autograd.backward(loss)
                optimiser.step()
                losses.append(float(loss.detach()))
            rows.append((*losses, *quiet))
            told((step + 1) / steps)
    return Uneven(*np.array(rows).T)


def check(seed: int = 0) -> Check:
    """The first check of new code: 20 digits, again and again, with Adam; then dropout's loss."""
    data = of_ten(CHECKED, seed)
    inputs, labels = pooled(data.inputs), torch.from_numpy(data.labels)
    found = []
    for dropped in (0.0, DROPPED):
        network = _network(seed, dropped)
        optimiser = PlainOptimiser(network.parameters(), 3e-3)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for _ in range(CHECK_STEPS):
                optimiser.zero_grad()
                loss = cross_entropy(network(inputs), labels)
                torch.autograd.backward(loss)
                optimiser.step()
        found.append(float(loss.detach()))
    return Check(*found)


def _network(seed: int, dropped: float) -> nn.Sequential:
    """196 → 64 → 64 → 10 with dropout after each hidden layer; equal seeds start alike."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Linear(POOLED**2, UNITS), nn.ReLU(), nn.Dropout(dropped),
            nn.Linear(UNITS, UNITS), nn.ReLU(), nn.Dropout(dropped),
            nn.Linear(UNITS, 10),
        )  # fmt: skip


@torch.no_grad()
def _whole(network: nn.Sequential, inputs: torch.Tensor, labels: torch.Tensor) -> float:
    """The loss with dropout off; the network goes on learning as it was."""
    network.eval()
    loss = float(cross_entropy(network(inputs), labels))
    network.train()
    return loss
