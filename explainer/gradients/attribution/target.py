"""What an attribution asks about: the logit of a class, of a rank, or the difference of two.

A target is what a person asks ("the runner-up"); :func:`resolve` turns it, once, on the logits of
the untouched picture, into a :class:`Score` of fixed classes. So a method that changes the picture
goes on asking about the same class when another one overtakes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ClassLogit:
    """The logit of the class at `index`."""

    index: int


@dataclass(frozen=True)
class Ranked:
    """The logit of the class that the network puts at place `rank`, 1 being its prediction."""

    rank: int


@dataclass(frozen=True)
class Difference:
    """By how much the logit of `first` is above that of `second`: why this and not that."""

    first: ClassLogit | Ranked
    second: ClassLogit | Ranked


Target = ClassLogit | Ranked | Difference
PREDICTED = Ranked(1)
RUNNER_UP = Ranked(2)


@dataclass(frozen=True)
class Score:
    """The logit of class `index`, less that of class `against` where there is one."""

    index: int
    against: int | None = None

    def of(self, logits: Tensor) -> Tensor:
        """The score `(N,)` of logits `(N, classes)`."""
        own = logits[:, self.index]
        return own if self.against is None else own - logits[:, self.against]

    def probability(self, logits: Tensor) -> Tensor:
        """The class's probability `(N,)`; of a difference, as if the two classes were all."""
        if self.against is None:
            return logits.softmax(dim=1)[:, self.index]
        return self.of(logits).sigmoid()

    def target(self) -> Target:
        """The target that resolves to this score whatever the network says."""
        own = ClassLogit(self.index)
        return own if self.against is None else Difference(own, ClassLogit(self.against))


def resolve(target: Target, logits: Tensor) -> Score:
    """The score that `target` means where the network gives `logits` `(1, classes)`.

    Raises `ValueError` for a class or rank that is not there and for two equal classes.
    """
    if not isinstance(target, Difference):
        return Score(_class(target, logits))
    first, second = _class(target.first, logits), _class(target.second, logits)
    if first == second:
        raise ValueError(f"both classes of the difference are {first}: it is zero everywhere")
    return Score(first, second)


def _class(target: ClassLogit | Ranked, logits: Tensor) -> int:
    classes = logits.shape[1]
    if isinstance(target, ClassLogit):
        if not 0 <= target.index < classes:
            raise ValueError(f"class {target.index} is not among the {classes} classes from 0")
        return target.index
    if not 1 <= target.rank <= classes:
        raise ValueError(f"rank {target.rank} is not from 1 to {classes}")
    order = torch.argsort(logits[0], descending=True, stable=True)
    return int(order[target.rank - 1])
