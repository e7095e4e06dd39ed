"""Means as a line with its band: Student's interval of 95 %, or all there are."""

from __future__ import annotations

import numpy as np

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.digit_pool import Floats
from explainer.training.instruments.student import intervals
from explainer.ui.overfitting.capacity import Series


def banded(title: str, place: int, values: Floats, colours: Theme) -> Series:
    """A line of `values` `(draws, N)`, shares that are shown in percent."""
    return Series(title, stroke(place, colours), 100 * bands(values))


def bands(values: Floats) -> Floats:
    """Low, mean and high `(3, N)` of two draws or more `(draws, N)`, as `intervals` has them."""
    return np.asarray(intervals(values)[:, [1, 0, 2]].T)


def ranges(values: Floats) -> Floats:
    """The lowest, the mean and the highest `(3, N)` of `(N, S)`."""
    return np.stack([values.min(1), values.mean(1), values.max(1)])
