"""Dropout and batch norm together: five recipes on few digits, and the shift of the variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout

from explainer.registry import Registry
from explainer.regularisation.dropout.data_sizes import POOLED, pooled
from explainer.regularisation.pixel_weights import of_ten
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.engine.devices import cores, workers
from explainer.training.instruments.student import interval
from explainer.words import N_

DROPPED = 0.5
TRAINING, UNITS, EPOCHS, BATCH, RATE = 500, 128, 20, 50, 2e-3
SEEDS = (0, 1, 2, 3, 4, 5)
Floats64 = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """What stands after each hidden dense layer, in order: `norm`, `relu`, `drop`."""

    slug: str
    title: str
    layers: tuple[str, ...]


MIXTURES = Registry[Mixture](
    N_("mixture"),
    Mixture("plain", N_("plain"), ("relu",)),
    Mixture("dropout", N_("dropout"), ("relu", "drop")),
    Mixture("norm", N_("batch norm"), ("norm", "relu")),
    Mixture("norm-dropout", N_("batch norm, then dropout"), ("norm", "relu", "drop")),
    Mixture("dropout-norm", N_("dropout, then batch norm"), ("relu", "drop", "norm")),
)
LAYERS: dict[str, Callable[[], nn.Module]] = {
    "norm": lambda: nn.BatchNorm1d(UNITS),
    "relu": nn.ReLU,
    "drop": lambda: nn.Dropout(DROPPED),
}


@dataclass(frozen=True, eq=False)
class Race:
    """Accuracy and loss (nats) on validation, `(mixtures, S)`, and where variances went."""

    accuracy: Floats64
    loss: Floats64
    shift: Shift | None = None

    def gain(self, place: int, measure: str, on: int = 0) -> tuple[float, float, float]:
        """Mean gain on mixture `on`, the plain one, of each seed, and Student's interval of 95 %.

        Positive is better: more accuracy, or less loss.
        """
        values: Floats64 = getattr(self, measure)
        gains = (values[place] - values[on]) * (1 if measure == "accuracy" else -1)
        return interval(gains.tolist())


@dataclass(frozen=True, eq=False)
class Shift:
    """The variance of a hidden unit at test over that in training, for each unit `(U,)`.

    `closed` by the formula, `measured` with torch's dropout on the same activations, and
    `running` by what batch norm, standing after dropout, keeps of training.
    """

    closed: Floats64
    measured: Floats64
    running: Floats64


def variance_ratio(mean: Floats64, variance: Floats64, keep: float) -> Floats64:
    r"""Test over training, for inverted dropout: $v / ((v + m^2)/q - m^2)$ with $q$ = `keep`.

    The mean stays; the square of what is kept is $1/q^2$ as large, and it is kept with $q$ (Li et
    al. 2019). For mean 0 the ratio is $q$, else less.
    """
    return variance / ((variance + mean**2) / keep - mean**2)


def built(mixture: Mixture, seed: int) -> nn.Sequential:
    """196 → 128 → 128 → 10; dense layers of equal seed start alike in all mixtures."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        dense = nn.Linear(POOLED**2, UNITS), nn.Linear(UNITS, UNITS), nn.Linear(UNITS, 10)
    first, second, last = dense
    between = [[LAYERS[name]() for name in mixture.layers] for _ in range(2)]
    return nn.Sequential(first, *between[0], second, *between[1], last)


def learned(
    mixture: Mixture, seed: int, training: int = TRAINING, epochs: int = EPOCHS
) -> nn.Sequential:
    """That network, trained with Adam on digits drawn by the seed; dropout off."""
    data, network = of_ten(training, seed), built(mixture, seed)
    inputs, labels = pooled(data.inputs), torch.from_numpy(data.labels)
    order = torch.Generator().manual_seed(seed)
    optimiser = PlainOptimiser(network.parameters(), RATE)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(epochs):
            for rows in torch.split(torch.randperm(training, generator=order), BATCH):
                optimiser.zero_grad()
                torch.autograd.backward(cross_entropy(network(inputs[rows]), labels[rows]))
                optimiser.step()
    return network.eval()


def race(
    seeds: tuple[int, ...] = SEEDS,
    *,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Race], None] = lambda found: None,
) -> Race:
    """All mixtures with each seed in turn; `seen` gets what there is after each seed."""
    workers(cores())  # for what it sets: operators as small as these run in one thread
    rows: list[list[tuple[float, float]]] = []
    for number, seed in enumerate(seeds):
        row = []
        for place, mixture in enumerate(MIXTURES):
            network = learned(mixture, seed)
            row.append(judged(network, seed))
            told((number + (place + 1) / len(MIXTURES)) / len(seeds))
        rows.append(row)
        accuracy, loss = np.array(rows).transpose(2, 1, 0)
        seen(Race(accuracy, loss))
    return Race(accuracy, loss, shift_of(network, seed))


@torch.no_grad()
def judged(network: nn.Sequential, seed: int) -> tuple[float, float]:
    """Accuracy and loss on the 1,000 digits that no seed learns from."""
    data = of_ten(TRAINING, seed)
    logits = network(pooled(data.validation_inputs))
    truth = torch.from_numpy(data.validation_labels)
    right = (logits.argmax(1) == truth).double().mean()
    return float(right), float(cross_entropy(logits, truth))


@torch.no_grad()
def shift_of(network: nn.Sequential, seed: int, times: int = 40) -> Shift:
    """Of the first hidden layer of a network with dropout before batch norm, on its pictures.

    Units that never speak there are left out.
    """
    inputs = pooled(of_ten(TRAINING, seed).inputs)
    norm = next(one for one in network if isinstance(one, nn.BatchNorm1d))
    hidden = torch.relu(network[0](inputs)).double()
    hidden, running = _speaking(hidden, norm)
    mean, variance = hidden.mean(0), hidden.var(0, correction=0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        dropped = dropout(hidden.repeat(times, 1), DROPPED)
    return Shift(
        variance_ratio(mean.numpy(), variance.numpy(), 1 - DROPPED),
        (variance / dropped.var(0, correction=0)).numpy(),
        (variance / running).numpy(),
    )


def _speaking(hidden: Tensor, norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    found = hidden.amax(0) > 0
    assert norm.running_var is not None
    return hidden[:, found], norm.running_var[found].double()
