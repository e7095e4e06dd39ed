"""Each step another network: masks on units or on connections, and what they make of one digit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.regularisation.dropout.small_network import UNITS, SmallNetwork, leaky
from explainer.regularisation.dropout.subnetworks import softmax
from explainer.regularisation.proximal import Floats
from explainer.words import N_

CLASSES = 10
MOST = 4000
"""The masks that are drawn at most with one seed."""
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Scheme:
    """What a mask takes away: `sizes` are how many there are of it in each of the two layers."""

    slug: str
    title: str
    sizes: tuple[int, int]


SCHEMES = Registry[Scheme](
    N_("kind of mask"),
    Scheme("dropout", N_("Dropout"), (UNITS, UNITS)),
    Scheme("dropconnect", N_("DropConnect"), (UNITS * UNITS, CLASSES * UNITS)),
)
DROPOUT, DROPCONNECT = SCHEMES


@dataclass(frozen=True, eq=False)
class Head:
    """The last part of a network for one digit: 12 activations that go in, 12 units, 10 logits.

    `first` is `(12, 12)` and `last` `(10, 12)`, a row for each unit that they lead to.
    """

    inputs: Floats
    first: Floats
    first_bias: Floats
    last: Floats
    last_bias: Floats


def head(network: SmallNetwork, picture: Floats) -> Head:
    """What is left of `network` for a picture `(784,)` after its second hidden layer."""
    inputs = network.activations(picture[None], 2)[0]
    return Head(
        inputs, network.weights[2], network.biases[2], network.weights[3], network.biases[3]
    )


@lru_cache(maxsize=8)
def _drawn(scheme: Scheme, seed: int) -> Floats:
    generator = np.random.default_rng([seed, SCHEMES.slugs.index(scheme.slug)])
    found = generator.random((MOST, sum(scheme.sizes)), np.float32)
    found.setflags(write=False)
    return found


def masks(scheme: Scheme, seed: int, count: int, keeps: tuple[float, float]) -> tuple[Bools, Bools]:
    """Which are kept by the first `count` masks, for each layer: `(count, size)` both.

    Each is kept with the layer's keep probability, by a number in [0, 1) that `seed` alone decides:
    with a larger probability the same are kept, and others too.
    """
    drawn, size = _drawn(scheme, seed)[:count], scheme.sizes[0]
    return drawn[:, :size] < keeps[0], drawn[:, size:] < keeps[1]


@dataclass(frozen=True, eq=False)
class Passed:
    """What came of the digit under each mask: `hidden` `(T, 12)` before its mask, `(T, 10)` logits.

    With dropout what is kept is divided by its keep probability, with DropConnect each weight.
    """

    hidden: Floats
    logits: Floats

    @property
    def probabilities(self) -> Floats:
        """Of the classes, `(T, 10)`; rows sum to 1."""
        return softmax(self.logits)


def passed(
    one: Head, scheme: Scheme, kept: tuple[Bools, Bools], keeps: tuple[float, float]
) -> Passed:
    """The digit through each of the networks that the masks leave; biases are never dropped."""
    first, last = (
        mask.astype(np.float32) / np.float32(keep) for mask, keep in zip(kept, keeps, strict=True)
    )
    if scheme == DROPOUT:
        hidden = leaky((one.inputs * first) @ one.first.T + one.first_bias)
        return Passed(hidden, (hidden * last) @ one.last.T + one.last_bias)
    weights = one.first * first.reshape(-1, UNITS, UNITS)
    hidden = leaky(weights @ one.inputs + one.first_bias)
    outputs = one.last * last.reshape(-1, CLASSES, UNITS)
    return Passed(hidden, np.einsum("tki,ti->tk", outputs, hidden) + one.last_bias)


def scaled(one: Head) -> Passed:
    """The weight-scaled network: everything is kept, and nothing divided; one row each."""
    everything = (np.ones((1, UNITS), bool), np.ones((1, UNITS), bool))
    return passed(one, DROPOUT, everything, (1.0, 1.0))


def different(scheme: Scheme, keeps: tuple[float, float]) -> int:
    """The exponent n of the number of different masks 2ⁿ: what is always kept does not count."""
    return sum(size for size, keep in zip(scheme.sizes, keeps, strict=True) if keep < 1)


def repeated(kept: tuple[Bools, Bools]) -> int:
    """How many of the masks had been drawn before."""
    packed = np.ascontiguousarray(np.packbits(np.hstack(kept), axis=1))
    rows = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    return len(rows) - len(set(rows.tolist()))
