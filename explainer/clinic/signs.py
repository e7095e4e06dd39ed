"""What a reader would read off the instruments: a few numbers of a record, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from explainer.clinic.pictures import digits
from explainer.clinic.record import Floats, Looks, Record

CHANCE = math.log(10)
"""The loss of whoever gives each of ten digits the same probability."""
LAST = 6
"""So many measurements at the end are taken together, since batches make curves ragged."""
SIDE = 28
EARLY = 20
"""The measurement at step 100."""


@dataclass(frozen=True, eq=False)
class Signs:
    """The numbers by which the rules go; of a record with one measurement at least."""

    record: Record

    @property
    def looks(self) -> Looks:
        """The last look through the instruments."""
        assert self.record.looks is not None
        return self.record.looks

    # The curves.

    @cached_property
    def train_accuracy(self) -> float:
        """At the end, a share."""
        return _end(self.record.train_accuracy)

    @cached_property
    def accuracy(self) -> float:
        """In validation at the end, a share."""
        return _end(self.record.validation_accuracy)

    @cached_property
    def train_loss(self) -> float:
        """At the end, in nats; infinite where it overflowed."""
        return _end(self.record.train_loss)

    @cached_property
    def loss(self) -> float:
        """In validation at the end, in nats."""
        return _end(self.record.validation_loss)

    @cached_property
    def start(self) -> float:
        """The validation loss before the first step."""
        return float(self.record.validation_loss[0])

    @cached_property
    def lowest(self) -> float:
        """The lowest validation loss."""
        return _of(np.min, self.record.validation_loss)

    @cached_property
    def climbs(self) -> float:
        """In what share of its changes the validation loss rose, until it overflowed, if it did."""
        losses = self.record.validation_loss
        moved = np.diff(losses[np.isfinite(losses)])
        return float((moved > 0).mean()) if len(moved) else 0.0

    @cached_property
    def early_accuracy(self) -> float:
        """In training, about step 100."""
        return _of(np.mean, self.record.train_accuracy[EARLY - 2 : EARLY + 3])

    @cached_property
    def jumps(self) -> float:
        """The median change of the validation accuracy from one measurement to the next."""
        moved = np.abs(np.diff(self.record.validation_accuracy))
        return float(np.median(moved)) if len(moved) else 0.0

    @cached_property
    def peak(self) -> float:
        """The highest validation loss within the first 25 steps over that before the first."""
        first = self.record.validation_loss[1:6]
        return (
            math.inf
            if not np.isfinite(first).all() or not len(first)
            else float(first.max() - self.start)
        )

    # What is opened.

    @cached_property
    def input_gap(self) -> tuple[float, float]:
        """How far the validation inputs lie from the training ones: in mean, and in deviation."""
        (mean, deviation), (other, others) = self.looks.training_input, self.looks.validation_input
        return other - mean, others / deviation

    @cached_property
    def first_step(self) -> float:
        """The longest first step of a layer, over its weights."""
        return _of(np.max, self.record.step_ratios[0])

    @cached_property
    def still(self) -> int | None:
        """The number of a layer that no step moved though its gradient was there, from 1."""
        moved = np.nan_to_num(self.record.step_ratios, nan=1).max(0)
        pulled = np.nan_to_num(self.record.gradient_norms, nan=1).max(0)
        found = np.flatnonzero((moved == 0) & (pulled > 0))
        return int(found[0]) + 1 if len(found) else None

    @cached_property
    def reach(self) -> float:
        """The gradient of the first layer over that of the last, the median over the run."""
        first, last = self.record.gradient_norms[:, [0, -1]].T
        return _of(np.median, first / np.where(last > 0, last, np.nan)) if last.any() else 1.0

    @cached_property
    def growth(self) -> float:
        """How many times its first norm the whole gradient is at step 10, or the last before."""
        norms = np.sqrt((self.record.gradient_norms**2).sum(1))
        at = min(2, len(norms) - 1)
        return float(norms[at] / norms[0]) if norms[0] > 0 else 1.0

    @cached_property
    def dead(self) -> float:
        """The share of dead units in the layer with the most, before the first step."""
        return _most(self.record.dead[0])

    @cached_property
    def flat(self) -> float:
        """The same of answers at the flat ends: the least of all hidden layers."""
        found = self.record.saturated[0, :-1]
        return float(np.nanmin(found)) if np.isfinite(found).any() else 0.0

    @cached_property
    def twins(self) -> float:
        """The share of units with a twin, in the layer with the most, before the first step."""
        return _most(self.record.alike[0])

    @cached_property
    def fewest(self) -> int:
        """The units of the narrowest hidden layer."""
        return min(self.record.units[:-1])

    @cached_property
    def digits(self) -> int:
        """How many different labels the pictures of the last batch have."""
        return len(np.unique(self.looks.batch_labels))

    @cached_property
    def fitting(self) -> float:
        """The share of the last batch whose label is that of the mean digit nearest to it.

        So much of a reader's eye the rules have: of right labels, about four in five fit.
        """
        pictures = self.looks.batch_pictures.reshape(-1, 1, SIDE**2) / 255
        nearest = ((pictures - mean_digits()) ** 2).sum(-1).argmin(-1)
        return float((nearest == self.looks.batch_labels).mean())

    @cached_property
    def costliest(self) -> float:
        """The loss of the worst training picture."""
        return float(self.looks.worst_losses[0])


@cache
def mean_digits() -> Floats:
    """The mean picture of each digit, pixels `(10, 784)` in [0, 1]."""
    pixels, labels = digits()
    return np.stack([pixels[labels == one].double().mean(0).numpy() for one in range(10)])


def _of(what: Callable[[Floats], np.floating], values: Floats) -> float:
    """That of the values which are numbers; NaN where none is."""
    sound = values[~np.isnan(values)]
    return float(what(sound)) if len(sound) else math.nan


def _end(values: Floats) -> float:
    """The median of the last measurements; infinite where half of them overflowed."""
    return float(np.median(np.nan_to_num(values[-LAST:], nan=math.inf)))


def _most(shares: Floats) -> float:
    return float(np.nanmax(shares)) if np.isfinite(shares).any() else 0.0
