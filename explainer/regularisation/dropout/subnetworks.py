"""The networks that dropout leaves of a small one, each by its mask, and what their means say.

Where one layer of twelve units is dropped there are 4,096 and all are computed. Where two are
dropped there are 16,777,216: 4,096 of them are drawn. The geometric mean is exact there too,
because logits are linear in the last layer's mask: its mean is that layer with scaled weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.dropout.small_network import (
    KEEP,
    PLACES,
    UNITS,
    Place,
    SmallNetwork,
)
from explainer.regularisation.proximal import Floats, Labels

Masks = NDArray[np.bool_]
Doubles = NDArray[np.float64]

COUNT = 2**UNITS
CHUNK = 256  # networks at a time
ALL: Masks = np.asarray((np.arange(COUNT)[:, None] >> np.arange(UNITS)) & 1 == 1)
"""Every mask `(4096, 12)`: bit j of a row's number says whether unit j is kept."""
F = TypeVar("F", np.float32, np.float64)


@dataclass(frozen=True, eq=False)
class Survey:
    """What the networks say of N pictures.

    `accuracy` and `confidence` (the mean of the largest probability) of each network are
    `(4096,)`. `probabilities` and `logits` are means over the networks of each group, `(G, N, 10)`:
    those that keep equally many units, or all that were drawn.
    """

    accuracy: Floats
    confidence: Floats
    probabilities: Doubles
    logits: Doubles


@dataclass(frozen=True, eq=False)
class Subnetworks:
    """The networks that are left of `network` when units are dropped at `place`.

    A kept activation is divided by the keep probability that was trained with, one half.
    """

    network: SmallNetwork
    place: Place

    @property
    def units(self) -> int:
        """How many units may be dropped: those of the layer before come first."""
        return UNITS * (self.place.before + self.place.last)

    @property
    def exhaustive(self) -> bool:
        """Whether all networks that there are were computed."""
        return self.units == UNITS

    @cached_property
    def masks(self) -> Masks:
        """`(4096, units)`."""
        if self.exhaustive:
            return ALL
        return np.random.default_rng(0).random((COUNT, self.units)) < KEEP

    @cached_property
    def groups(self) -> NDArray[np.intp]:
        """The group of each mask, `(4096,)`: how many units are kept, or one group for all."""
        return self.masks.sum(1) if self.exhaustive else np.zeros(COUNT, np.intp)

    def shares(self, keep: float) -> NDArray[np.float64]:
        """How probable each group is when units are kept with probability `keep`, `(G,)`."""
        if not self.exhaustive:
            return np.ones(1)
        kept = np.arange(UNITS + 1)
        count = np.array([comb(UNITS, k) for k in kept])
        return np.asarray(count * keep**kept * (1 - keep) ** (UNITS - kept), np.float64)

    def last_hidden(self, inputs: Floats, masks: Masks, start: int = 0) -> Floats:
        """Activations before the last mask, for each `(M, units)` before it: `(M or 1, N, 12)`.

        `inputs` are those of layer `start`: pictures `(N, 784)`, or for 2 activations `(N, 12)`.
        """
        if not self.place.before:
            return self.network.activations(inputs, 3, start)[None]
        kept = masks[:, None, :UNITS].astype(np.float32) / np.float32(KEEP)
        return self.network.activations(
            self.network.activations(inputs, 2, start) * kept, 3, start=2
        )

    def logits(self, inputs: Floats, masks: Masks, start: int = 0) -> Floats:
        """For each mask `(M, units)`: `(M, N, 10)`."""
        hidden = self.last_hidden(inputs, masks, start)
        if self.place.last:
            hidden = hidden * (masks[:, None, -UNITS:].astype(np.float32) / np.float32(KEEP))
        return self.network.logits(hidden, start=3)

    def scaled(self, inputs: Floats, keep: float = KEEP, start: int = 0) -> Floats:
        """Logits `(N, 10)` of the one network with all units, each times the keep probability."""
        factor = np.float32(keep / KEEP)
        hidden = self.network.activations(inputs, 2, start) * (factor if self.place.before else 1)
        hidden = self.network.activations(hidden, 3, start=2) * (factor if self.place.last else 1)
        return self.network.logits(hidden, start=3)

    def surveyed(
        self, inputs: Floats, labels: Labels, told: Callable[[float], None] = lambda share: None
    ) -> Survey:
        """What every network says of pictures `(N, 784)` with labels `(N,)`.

        `told` gets the share that is done.
        """
        count = int(self.groups.max()) + 1
        members = np.eye(count, dtype=np.float32)[:, self.groups]  # (G, 4096)
        sums = np.zeros((2, count, len(inputs), 10))
        accuracy, confidence = (np.zeros(COUNT, np.float32) for __ in range(2))
        for start in range(0, COUNT, CHUNK):
            some = slice(start, start + CHUNK)
            logits = self.logits(inputs, self.masks[some])
            chances = softmax(logits)
            accuracy[some] = (logits.argmax(-1) == labels).mean(-1)
            confidence[some] = chances.max(-1).mean(-1)
            for place, values in enumerate((chances, logits)):
                sums[place] += np.tensordot(members[:, some], values, 1)
            told((start + CHUNK) / COUNT)
        sums /= np.bincount(self.groups)[:, None, None]
        mean = sums[1] if self.exhaustive else self._exact(inputs)[None]
        return Survey(accuracy, confidence, sums[0], mean)

    def _exact(self, inputs: Floats) -> Doubles:
        """The mean logits of all pairs of masks, `(N, 10)`."""
        one = Subnetworks(self.network, PLACES["before"])
        parts = [one.logits(inputs, some).sum(0) for some in np.split(ALL, COUNT // CHUNK)]
        return np.asarray(np.sum(parts, 0, np.float64) / COUNT)

    def arithmetic(self, found: Survey, keep: float = KEEP) -> Doubles:
        """The mean of the networks' probabilities, `(N, 10)`."""
        return np.tensordot(self.shares(keep), found.probabilities, 1)

    def geometric(self, found: Survey, keep: float = KEEP) -> Doubles:
        """Their normalised geometric mean, `(N, 10)`: the softmax of the mean of the logits."""
        return softmax(np.tensordot(self.shares(keep), found.logits, 1))


def mask_of(bits: int, units: int) -> Masks:
    """The mask `(1, units)` of a number from 0 to 2^units − 1."""
    return np.asarray((bits >> np.arange(units)) & 1 == 1)[None]


def bits_of(mask: Masks) -> int:
    """The number of a mask `(units,)`."""
    return int((mask * (1 << np.arange(len(mask), dtype=np.int64))).sum())


def softmax(logits: NDArray[F]) -> NDArray[F]:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True), logits.dtype)
