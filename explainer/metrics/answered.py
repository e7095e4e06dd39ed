"""Which digit networks answer for 1,000 real test digits, and what is left as one gets rare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import leaky_relu

from explainer.generalisation.small_stack import LEAK, SmallStack, digits
from explainer.likelihood.calibrated import test_digits
from explainer.likelihood.examples import logits
from explainer.metrics.ten_classes import Counts, Floats
from explainer.regularisation.dropout.data_sizes import pooled
from explainer.training.instruments.mistakes import confusion_matrix

LEARNED, WIDTH, STEPS, SEED = 100, 32, 150, 5
CLASSES, DRAWN = 10, 0
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answered:
    """Logits `(N, K)` of the test digits, their labels, and which go last as a class gets rare.

    `rank` `(N,)` is each picture's place among those of its class: n are left, ranks 0 to n − 1.
    """

    logits: Floats
    labels: Labels
    rank: Labels

    @property
    def most(self) -> int:
        """How many pictures a class has at most."""
        return int(self.rank.max()) + 1

    def answers(self, never: int | None = None) -> Labels:
        """The class of the highest logit; `never` is a class that may not be named."""
        return np.asarray(self._given(never).argmax(1))

    def sure(self, never: int | None = None) -> Floats:
        """The highest probability of each picture's classes, among those that may be named."""
        given = self._given(never)
        far = given - given.max(1, keepdims=True)
        return np.asarray(1 / np.exp(far).sum(1))

    def _given(self, never: int | None) -> Floats:
        given = self.logits.copy()
        if never is not None:
            given[:, never] = -np.inf
        return given

    def kept(self, rare: int, count: int) -> NDArray[np.bool_]:
        """Which pictures are left where the class `rare` has `count` of them."""
        return np.asarray((self.labels != rare) | (self.rank < count))

    def matrices(self, rare: int, never: int | None = None) -> Counts:
        """Confusion matrices `(most + 1, K, K)` with 0, 1, … pictures of the class left."""
        said = self.answers(never)
        own = self.labels == rare
        rest = confusion_matrix(self.labels[~own], said[~own], CLASSES)
        found = np.repeat(rest[None], self.most + 1, 0)
        order = np.flatnonzero(own)[np.argsort(self.rank[own])]
        one_by_one = np.eye(CLASSES, dtype=int)[said[order]].cumsum(0)
        found[1 : 1 + len(order), rare] = one_by_one
        found[1 + len(order) :, rare] = one_by_one[-1] if len(order) else 0
        return found


@cache
def ranks() -> Labels:
    """Each test digit's place among those of its class, drawn once."""
    labels = test_digits()[1]
    drawn = np.random.default_rng(DRAWN).permutation(len(labels))
    found = np.empty(len(labels), int)
    for one in range(CLASSES):
        rows = drawn[labels[drawn] == one]
        found[rows] = np.arange(len(rows))
    return found


@cache
def shipped(slug: str) -> Answered:
    """What a shipped network says."""
    return Answered(logits(slug), test_digits()[1], ranks())


def learned(
    seed: int = SEED, steps: int = STEPS, told: Callable[[float], None] = lambda share: None
) -> Answered:
    """A network 196 → 32 → 10 learns 100 digits, drawn by the seed, and is asked."""
    stack = SmallStack(WIDTH, (seed,))
    for step in stack.learn(digits(LEARNED, (seed,)), steps):
        told(step / steps)
    inputs, labels = test_digits()
    first, biases, last, last_biases = (one[0] for one in stack.parameters)
    with torch.inference_mode():
        hidden = leaky_relu(pooled(inputs.numpy()) @ first + biases, LEAK)
        found = (hidden @ last + last_biases).double().numpy()
    return Answered(np.asarray(found), labels, ranks())
