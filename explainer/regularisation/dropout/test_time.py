"""Test time: by what the activations are multiplied, and what a bend does to a mean over masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.dropout.small_network import (
    KEEP,
    PLACES,
    UNITS,
    SmallNetwork,
    digits,
    leaky,
    trained,
)
from explainer.regularisation.dropout.subnetworks import ALL, COUNT, Subnetworks, softmax
from explainer.regularisation.proximal import Floats, Labels

FACTORS = np.linspace(0, 1.2, 49)
"""What activations are multiplied by at test time, where training divided nothing."""
KEEPS = (0.9, 0.7, 0.5)
SEEDS = (5, 6, 7)
SMALLEST = 1e-9
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Factors:
    """Accuracy in [0, 1] and mean loss in nats on 1,000 digits: `(S, F)`, a row for each seed."""

    keep: float
    accuracy: NDArray[np.float64]
    loss: NDArray[np.float64]

    def at(self, factor: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Accuracy and loss of each seed, `(S,)`, with the factor that is nearest."""
        place = int(np.abs(FACTORS - factor).argmin())
        return self.accuracy[:, place], self.loss[:, place]


def factors(
    keep: float,
    told: Callable[[float], None] = lambda share: None,
    seeds: tuple[int, ...] = SEEDS,
) -> Factors:
    """Train networks with dropout in both layers, and try each of `FACTORS` at test time.

    `told` gets the share that is done.
    """
    data = digits()
    rows = []
    for place, seed in enumerate(seeds):
        share = lambda one, place=place: told((place + one) / len(seeds))  # noqa: E731
        networks = Subnetworks(trained(PLACES["both"], seed, share, keep=keep), PLACES["both"])
        rows.append(
            [
                judged(
                    # as if nothing had been divided: the weights were trained with activations / q
                    networks.scaled(data.validation_inputs, KEEP * float(factor) / keep),
                    data.validation_labels,
                )
                for factor in FACTORS
            ]
        )
    found = np.array(rows)  # (S, F, 2)
    return Factors(keep, found[..., 0], found[..., 1])


def judged(logits: Floats, labels: Labels) -> tuple[float, float]:
    """Accuracy and mean cross-entropy of logits `(N, 10)`."""
    right = softmax(logits)[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(right, SMALLEST)).mean()
    return float((logits.argmax(-1) == labels).mean()), float(loss)


@dataclass(frozen=True, eq=False)
class Bend:
    """The third layer's units of a network while the second layer's twelve are dropped.

    `inputs` are the second layer's activations of N pictures, `(N, 12)`.
    """

    network: SmallNetwork
    inputs: Floats

    def sums(self, picture: int, unit: int) -> NDArray[np.float64]:
        """A unit's sum z for every mask, `(4096,)`; kept inputs are divided by ½."""
        weights = self.network.weights[2][unit].astype(np.float64)
        shares = ALL * (self.inputs[picture] * weights) / KEEP
        return np.asarray(shares.sum(1) + self.network.biases[2][unit])

    def scaled(self, keep: float) -> NDArray[np.float64]:
        """z with all inputs times the keep probability, `(N, 12)`."""
        inputs = self.inputs.astype(np.float64) * keep / KEEP
        return np.asarray(inputs @ self.network.weights[2].T + self.network.biases[2])

    @cached_property
    def _by_count(self) -> NDArray[np.float64]:
        """Means of z and of leaky ReLU of z over masks that keep equally many, `(2, 13, N, 12)`."""
        kept = ALL.sum(1)
        members = np.eye(UNITS + 1)[:, kept]
        found = np.zeros((2, UNITS + 1, len(self.inputs), UNITS))
        for start in range(0, COUNT, CHUNK):
            some = slice(start, start + CHUNK)
            inputs = self.inputs * ALL[some, None].astype(np.float32) / np.float32(KEEP)
            sums = inputs @ self.network.weights[2].T + self.network.biases[2]  # (M, N, 12)
            for place, values in enumerate((sums, leaky(sums))):
                found[place] += np.tensordot(members[:, some], values, 1)
        return np.asarray(found / np.bincount(kept)[:, None, None])

    def means(self, keep: float) -> NDArray[np.float64]:
        """Means over all masks of z and of leaky ReLU of z, `(2, N, 12)`."""
        shares = Subnetworks(self.network, PLACES["before"]).shares(keep)
        return np.asarray(np.tensordot(shares, self._by_count, (0, 1)))


def mask_chances(keep: float) -> NDArray[np.float64]:
    """The probability of each mask of twelve units, `(4096,)`."""
    kept = ALL.sum(1)
    return np.asarray(keep**kept * (1 - keep) ** (UNITS - kept), np.float64)
