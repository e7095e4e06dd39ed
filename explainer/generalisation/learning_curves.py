"""Error against the number of digits that were learned from, for networks of one width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.generalisation.small_stack import Floats64, SmallStack, digits
from explainer.training.engine.devices import cores, workers
from explainer.training.instruments.student import interval
from explainer.words import N_

SIZES = (20, 50, 100, 200, 500, 1000, 2000, 4000)
SEEDS = (0, 1, 2, 3)
STEPS = 500


@dataclass(frozen=True)
class Width:
    """How many hidden units, and what a network with so many is called."""

    width: int
    title: str

    @property
    def slug(self) -> str:
        """The number."""
        return str(self.width)


WIDTHS = (
    Width(3, N_("3 hidden units")),
    Width(128, N_("128 hidden units")),
    Width(0, N_("no hidden layer")),
    Width(16, N_("16 hidden units")),
)
Interval = tuple[float, float, float]
"""A mean, and between what it lies in 95 of 100 such experiments."""


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """The share that is wrong, by number of pictures and seed, `(sizes, S)` each."""

    width: int
    sizes: tuple[int, ...]
    training: Floats64
    validation: Floats64

    @property
    def gap(self) -> Interval:
        """Validation error less training error at the largest size."""
        return interval((self.validation[-1] - self.training[-1]).tolist())

    @property
    def gain(self) -> Interval:
        """What four times as many pictures took off the validation error, of the last sizes."""
        before = self.sizes.index(self.sizes[-1] // 4)
        return interval((self.validation[before] - self.validation[-1]).tolist())

    @property
    def gap_share(self) -> float:
        """The gap over validation error: of that, no more can be taken off by more pictures."""
        inside, outside = self.limit
        return (outside - inside) / outside if outside else 0.0

    @property
    def limit(self) -> tuple[float, float]:
        """Between what both curves meet: the mean training and validation error at the largest.

        On average a network that fits its sample best does better on it than any of its kind can
        on all pictures, and worse on all pictures than the best of its kind.
        """
        return float(self.training[-1].mean()), float(self.validation[-1].mean())


def learning_curve(
    width: int,
    sizes: tuple[int, ...] = SIZES,
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
    seen: Callable[[LearningCurve], None] = lambda found: None,
) -> LearningCurve:
    """Train a network for each size and seed, the sizes side by side; 0 units: softmax alone.

    `seen` gets what there is after each size, `told` the share that is done.
    """
    rows: list[tuple[Floats64, Floats64]] = []
    digits(sizes[0], seeds)  # the pictures are read once, before any thread wants them
    working = [workers(cores()).submit(_one_size, width, size, seeds, steps) for size in sizes]
    try:
        for place, one in enumerate(working, 1):
            rows.append(one.result())
            training, validation = (np.array(part) for part in zip(*rows, strict=True))
            found = LearningCurve(width, sizes[:place], training, validation)
            told(place / len(sizes))
            seen(found)
    finally:
        for one in working:
            one.cancel()
    return found


def _one_size(
    width: int, size: int, seeds: tuple[int, ...], steps: int
) -> tuple[Floats64, Floats64]:
    """Training and validation error, `(S,)` each."""
    data = digits(size, seeds)
    stack = SmallStack(width, seeds)
    for _ in stack.learn(data, steps):
        pass
    __, training = stack.scores(data.inputs, data.labels)
    __, validation = stack.scores(data.validation_inputs, data.validation_labels)
    return training, validation
