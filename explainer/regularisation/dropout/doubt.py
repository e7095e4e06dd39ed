r"""Monte Carlo dropout: masks at test time too, and how far the networks they leave disagree.

After Gal and Ghahramani 2016. With T masks and probabilities $p_t$, the entropy of their mean is
the mean of their entropies (*within* each network) and the mutual information of class and mask
(*between* the networks). Entropies are in bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from explainer.regularisation.dropout.small_network import digits
from explainer.regularisation.dropout.subnetworks import softmax
from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.regularisation.proximal import Floats

WIDTHS = (784, 128, 128, 10)
KEEP = 0.5
EPOCHS, BATCH, RATE = 12, 100, 2e-3
PASSES = 100
"""The masks through which a picture goes."""
AT_ONCE = 20_000
"""The rows of one product: few enough for the memory, enough for it to be quick."""


Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Doubter:
    """784 → 128 → 128 → 10 with ReLU, trained with half of the units of both hidden layers kept.

    Weights `(outputs, inputs)`; kept activations are divided by the keep probability.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def hidden(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Both hidden layers `(N, 128)` for pictures `(N, 784)`, nothing dropped."""
        first = np.maximum(inputs @ self.weights[0].T + self.biases[0], 0)
        return first, self.second(first)

    def second(self, first: Floats) -> Floats:
        """The second hidden layer from the first, `(…, 128)` both."""
        return np.asarray(np.maximum(first @ self.weights[1].T + self.biases[1], 0))

    def logits(self, second: Floats) -> Floats:
        """`(…, 10)` from the second hidden layer."""
        return np.asarray(second @ self.weights[2].T + self.biases[2])

    def scaled(self, inputs: Floats) -> Floats:
        """The probabilities `(N, 10)` of the one weight-scaled network."""
        return softmax(self.logits(self.hidden(inputs)[1]))


def doubter(seed: int = 0, told: Callable[[float], None] = lambda share: None) -> Doubter:
    """Learn 4,000 digits in some seconds; `told` gets the share that is done."""
    data = digits()
    inputs, labels = torch.from_numpy(data.inputs), torch.from_numpy(data.labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        dense = [nn.Linear(*pair) for pair in pairwise(WIDTHS)]
        network = nn.Sequential(
            dense[0], nn.ReLU(), nn.Dropout(1 - KEEP), dense[1], nn.ReLU(), nn.Dropout(1 - KEEP),
            dense[2],
        )  # fmt: skip
        optimiser = PlainOptimiser(network.parameters(), RATE)
        for epoch in range(EPOCHS):
            for rows in torch.split(torch.randperm(len(inputs)), BATCH):
                optimiser.zero_grad()
                loss = nn.functional.cross_entropy(network(inputs[rows]), labels[rows])
                torch.autograd.backward(loss)
                optimiser.step()
            told((epoch + 1) / EPOCHS)
    return Doubter(
        tuple(one.weight.detach().numpy() for one in dense),
        tuple(one.bias.detach().numpy() for one in dense),
    )


@lru_cache(maxsize=16)
def factors(count: int, units: int, keep: float, seed: int) -> Floats:
    """Masks `(count, units)` of one layer: 1/keep where a unit is kept, else 0."""
    drawn = np.random.default_rng(seed).random((count, units), np.float32)
    found = (drawn < keep).astype(np.float32) / np.float32(keep)
    found.setflags(write=False)
    return found


def passes(network: Doubter, inputs: Floats, count: int = PASSES, seed: int = 0) -> Floats:
    """Probabilities `(count, N, 10)` of pictures `(N, 784)`: each mask is the same for all."""
    first, __ = network.hidden(inputs)
    before, after = (factors(count, WIDTHS[layer], KEEP, 2 * seed + layer) for layer in (1, 2))
    found = np.empty((count, len(inputs), WIDTHS[-1]), np.float32)
    for part in _parts(count, len(inputs)):
        second = network.second(first * before[part, None])
        found[part] = softmax(network.logits(second * after[part, None]))
    return found


def _parts(count: int, rows: int) -> Iterator[slice]:
    step = max(1, AT_ONCE // max(rows, 1))
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


@dataclass(frozen=True, eq=False)
class Doubt:
    """In bits, `(N,)`: the entropy of the mean in `all`, `within` each network, `between` them."""

    all: Floats
    within: Floats
    between: Floats


def doubt(probabilities: Floats) -> Doubt:
    """How unsure the networks are, from their probabilities `(T, N, K)`."""
    together = entropy(probabilities.mean(axis=0))
    within = entropy(probabilities).mean(axis=0)
    return Doubt(together, within, np.maximum(together - within, 0))


def entropy(probabilities: Floats) -> Floats:
    """In bits, over the last axis."""
    logs = np.log2(probabilities, where=probabilities > 0, out=np.zeros_like(probabilities))
    return np.asarray(-(probabilities * logs).sum(axis=-1))


def spread(weights: Numbers, hidden: Numbers, keep: float) -> Numbers:
    r"""The variance of linear outputs `(K,)` over all masks on `hidden` `(units,)`.

    $\mathrm{Var}\,z = \sum_i (w_i h_i)^2\,(1-q)/q$ with keep probability q in (0, 1].
    """
    return np.asarray(((weights * hidden) ** 2).sum(axis=1) * (1 - keep) / keep)


def last_layer(weights: Floats, bias: Floats, hidden: Floats, kept: Floats) -> Floats:
    """Logits `(T, K)` of `hidden` `(units,)` under masks `kept` `(T, units)` before that layer."""
    return np.asarray((kept * hidden) @ weights.T + bias)


@dataclass(frozen=True, eq=False)
class Measured:
    """Of outputs `(K,)` over T masks: mean and standard deviation, each with its standard error."""

    mean: Numbers
    mean_error: Numbers
    deviation: Numbers
    deviation_error: Numbers


def measured(outputs: Numbers) -> Measured:
    r"""From outputs `(T, K)`, T > 3.

    The sample variance $s^2$ has the standard error
    $\sqrt{(m_4 - s^4 (T-3)/(T-1)) / T}$, with the fourth central moment $m_4$; that of $s$ is
    by the delta method $1/2s$ times it.
    """
    values, count = outputs.astype(np.float64), len(outputs)
    variance = values.var(axis=0, ddof=1)
    fourth = ((values - values.mean(axis=0)) ** 4).mean(axis=0)
    error = np.sqrt(np.maximum(fourth - variance**2 * (count - 3) / (count - 1), 0) / count)
    deviation = np.sqrt(variance)
    of_deviation = np.divide(error, 2 * deviation, out=np.zeros_like(error), where=deviation > 0)
    return Measured(values.mean(axis=0), deviation / math.sqrt(count), deviation, of_deviation)
