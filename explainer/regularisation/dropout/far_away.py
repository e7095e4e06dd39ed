"""How good the doubt is: accuracy by tenths of doubt, and pictures that no digit is like."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch.nn import functional as F

from explainer.registry import Registry
from explainer.regularisation.dropout.doubt import Doubter, doubt, entropy, passes
from explainer.regularisation.dropout.small_network import digits
from explainer.regularisation.pixel_weights import SIDE
from explainer.regularisation.proximal import Floats, Labels
from explainer.training.data.registry import load
from explainer.words import N_

PICTURES = 200
TENTHS = 10
SURE = 0.9
"""The probability from which an answer is called sure."""


@dataclass(frozen=True)
class Kind:
    """Pictures that the network knows, or is far from: made of digits `(N, 784)` by a generator."""

    slug: str
    title: str
    make: Callable[[Floats, np.random.Generator], Floats]


@cache
def faces() -> Floats:
    """Faces of Labeled Faces in the Wild, grey, at the size of the digits: `(N, 784)`."""
    examples = load("faces")
    found = examples.inputs[: examples.test_from].float().mean(dim=1, keepdim=True)
    small = F.interpolate(found, (SIDE, SIDE), mode="bilinear", antialias=True)
    return np.asarray(small[:PICTURES].flatten(1).clamp(0, 1).numpy())


KINDS = Registry[Kind](
    N_("kind of picture"),
    Kind("digits", N_("digits, never seen"), lambda digit, _: digit),
    Kind(
        "turned", N_("digits on their side"),
        lambda digit, _: np.rot90(digit.reshape(-1, SIDE, SIDE), 1, (1, 2)).reshape(-1, SIDE**2),
    ),
    Kind("negative", N_("digits black on white"), lambda digit, _: 1 - digit),
    Kind("faces", N_("faces"), lambda _digit, _: faces()),
    Kind(
        "noise", N_("random grey"),
        lambda digit, generator: generator.random(digit.shape, np.float32),
    ),
    Kind(
        "shuffled", N_("digits, pixels shuffled"),
        lambda digit, generator: digit[:, generator.permutation(SIDE**2)],
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Far:
    """Of the pictures of a kind: medians, the share of sure answers, and how well doubt tells them.

    `confidence` is the largest probability; `(mean of masks, weight-scaled network)` in each pair.
    `told` is the probability that such a picture has more doubt than a digit: by the mutual
    information, and by the entropy of the weight-scaled network; 0.5 is a guess.
    """

    slug: str
    confidence: tuple[float, float]
    sure: tuple[float, float]
    between: float
    told: tuple[float, float]


def far_away(network: Doubter, seed: int = 0) -> tuple[Far, ...]:
    """Every kind of `KINDS`, digits first, by `PICTURES` of each, of faces as many as there are."""
    generator = np.random.default_rng(seed)
    inputs = digits().validation_inputs[:PICTURES]
    usual = _scores(network, inputs)
    return tuple(_far(network, one, one.make(inputs, generator), usual) for one in KINDS)


@dataclass(frozen=True, eq=False)
class _Scores:
    """Largest probabilities of both, and the two measures of doubt, `(N,)` each."""

    confidence: tuple[Floats, Floats]
    doubt: tuple[Floats, Floats]


def _scores(network: Doubter, inputs: Floats) -> _Scores:
    found, one = passes(network, np.ascontiguousarray(inputs)), network.scaled(inputs)
    confidence = found.mean(axis=0).max(axis=1), one.max(axis=1)
    return _Scores(confidence, (doubt(found).between, entropy(one)))


def _far(network: Doubter, kind: Kind, inputs: Floats, usual: _Scores) -> Far:
    found = _scores(network, inputs)
    mean, alone = found.confidence
    told = [more(one, digit) for one, digit in zip(found.doubt, usual.doubt, strict=True)]
    return Far(
        kind.slug,
        (float(np.median(mean)), float(np.median(alone))),
        (float((mean >= SURE).mean()), float((alone >= SURE).mean())),
        float(np.median(found.doubt[0])),
        (told[0], told[1]),
    )


def more(one: Floats, other: Floats) -> float:
    """The probability that a value of `one` is larger than one of `other`, ties by half.

    That is the area under the curve of hits against false alarms (Mann and Whitney 1947).
    """
    ranks = rankdata(np.concatenate([one, other]))[: len(one)]
    return float((ranks.sum() - len(one) * (len(one) + 1) / 2) / (len(one) * len(other)))


@dataclass(frozen=True, eq=False)
class Tenths:
    """Pictures by doubt, the least first: the accuracy of each tenth, `(10,)`, by two measures.

    `masks`: the mean of 100 masks answers, ordered by its entropy. `scaled`: the weight-scaled
    network answers, ordered by its own.
    """

    masks: NDArray[np.float64]
    scaled: NDArray[np.float64]
    pictures: int

    @property
    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both, the masks first."""
        return self.masks, self.scaled


def tenths(network: Doubter) -> Tenths:
    """By the 1,000 digits that the network never saw."""
    data = digits()
    found, one = passes(network, data.validation_inputs), network.scaled(data.validation_inputs)
    mean, labels = found.mean(axis=0), data.validation_labels
    return Tenths(_by_tenth(mean, labels), _by_tenth(one, labels), len(labels))


def _by_tenth(probabilities: Floats, labels: Labels) -> NDArray[np.float64]:
    right = probabilities.argmax(axis=1) == labels
    order = np.argsort(entropy(probabilities), kind="stable")
    return np.array([right[part].mean() for part in np.array_split(order, TENTHS)])


def accuracy_error(share: float, count: int) -> float:
    """The standard error of a share of `count`: √(p(1 − p)/n)."""
    return math.sqrt(share * (1 - share) / count)
