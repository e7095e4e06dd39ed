"""A race of learning rates: too small, right, too large, and which of them is which by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.descent.rated_stack import RatedStack, batches
from explainer.generalisation.small_stack import CLASSES, Digits, digits
from explainer.registry import Registry
from explainer.words import N_

SEEDS = (0, 1, 2, 3, 4, 5, 6, 7)
SIZE, STEPS, EVERY = 2000, 300, 10
MEASURED = 250
"""So many of the digits that a network learns from have its training loss measured."""
PER_DECADE = 4
GOOD, NOTHING = 0.95, 0.05
"""Shares of the best rate's fall: who reaches the first is good, who misses the second learns
nothing."""
LARGEST = 1e3
"""A loss that is no finite number counts as this."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """An optimiser of the race by slug; its rates go from 10 to the power `low` to `high`."""

    slug: str
    title: str
    low: float
    high: float

    @property
    def rates(self) -> Floats:
        """Four a decade."""
        return rates_between(self.low, self.high)


METHODS = Registry[Method](
    N_("method"),
    Method("sgd", N_("SGD"), -2, 1),
    Method("adam", N_("Adam"), -3.5, -0.5),
)


@dataclass(frozen=True)
class Look:
    """What a curve looks like: a name, and the rule for it in words."""

    slug: str
    title: str


LOW, FINE, HIGH, VERY_HIGH = LOOKS = (
    Look("low", N_("low")),
    Look("good", N_("good")),
    Look("high", N_("high")),
    Look("very-high", N_("very high")),
)


@dataclass(frozen=True, eq=False)
class Race:
    """The losses of all rates on the way and at the end, in nats.

    `losses` on digits that were learned from, `(M, S, R)` at `steps` `(M,)`; at the last of these
    `validation`, the loss on 1,000 others, and `wrong`, their share: `(S, R)`.
    """

    method: Method
    rates: Floats
    steps: NDArray[np.int64]
    losses: Floats
    validation: Floats
    wrong: Floats

    @cached_property
    def means(self) -> Floats:
        """Mean losses over the seeds, `(M, R)`."""
        return np.asarray(self.losses.mean(1))

    @cached_property
    def best(self) -> int:
        """The place of the rate with the least mean loss at the end."""
        return int(self.means[-1].argmin())

    def falls(self) -> Floats:
        """How far each rate's mean loss fell, as a share of the best rate's fall: `(R,)`."""
        start, end = self.means[0], self.means[-1]
        return np.asarray((start - end) / (start - end)[self.best])

    def looks(self) -> list[Look]:
        """What each rate's curve looks like."""
        best = self.best
        return [_look(fall, place > best) for place, fall in enumerate(self.falls())]

    def half(self) -> Floats:
        """The share of each rate's fall that is done at half the steps: a line has ½; `(R,)`."""
        middle = len(self.steps) // 2
        start, end = self.means[0], self.means[-1]
        fall = np.where(start == end, np.nan, start - end)
        return np.asarray((start - self.means[middle]) / fall)

    def early(self, place: int) -> int:
        """The first measured step by which half of the best rate's fall is done; −1 for never."""
        goal = (self.means[0] + self.means[-1])[self.best] / 2
        there = np.flatnonzero(self.means[:, place] <= goal)
        return int(self.steps[there[0]]) if len(there) else -1


def lost(less: Sequence[float], least: float) -> int:
    """How many seeds are lost by one of two: so much `less` loss has the other, in nats, per seed.

    It is more than a quarter of the best fall, from chance, ln 10, to the `least` mean loss.
    """
    return int((np.abs(less) > (np.log(CLASSES) - least) / 4).sum())


def _look(fall: float, above: bool) -> Look:
    if fall >= GOOD:
        return FINE
    if not above:
        return LOW
    return HIGH if fall >= NOTHING else VERY_HIGH


def rates_between(low: float, high: float) -> Floats:
    """Rates from 10^low to 10^high, four a decade."""
    return np.asarray(10 ** np.linspace(low, high, round(PER_DECADE * (high - low)) + 1))


@torch.no_grad()
def race(
    method: Method,
    seeds: Sequence[int] = SEEDS,
    rates: Floats | None = None,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[Race], None] = lambda so_far: None,
) -> Race:
    """All rates and seeds at once; `seen` gets what there is early on and at a third of the way."""
    rates = method.rates if rates is None else rates
    data = digits(SIZE, seeds)
    stack = RatedStack(seeds, len(rates), method.slug)
    given = torch.tensor(rates, dtype=torch.float32).expand(len(seeds), -1)
    drawn, losses = batches(data, seeds), []
    shown = {EVERY, steps // 10, steps // 3 // EVERY * EVERY}
    for step in range(steps + 1):
        if step % EVERY == 0:
            losses.append(training_loss(stack, data))
            if step in shown or step == steps:
                found = Race(method, rates, EVERY * np.arange(len(losses)), np.array(losses),
                             *(np.full(given.shape, np.nan) for __ in range(2)))  # fmt: skip
                if step < steps:
                    seen(found)
        if step < steps:
            stack.step(*next(drawn), given)
        told(step / steps)
    scores = stack.scores(data.validation_inputs, data.validation_labels)
    validation, wrong = (as_floats(one) for one in scores)
    return replace(found, validation=validation, wrong=wrong)


def training_loss(stack: RatedStack, data: Digits) -> Floats:
    """The loss on the first digits that were learned from, `(S, R)`."""
    return as_floats(stack.scores(data.inputs[:, :MEASURED], data.labels[:, :MEASURED])[0])


def as_floats(values: Tensor) -> Floats:
    """A tensor's losses or shares as float64, at most `LARGEST`: no number counts as that."""
    found = np.nan_to_num(values.double().numpy(), nan=LARGEST, posinf=LARGEST)
    return np.asarray(found.clip(max=LARGEST))
