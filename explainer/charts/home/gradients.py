"""The invitation to the gradient check: one matrix of gradients, of which few are right.

Its pictures are noise, so that the home page need not wait for a library with data sets.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import paint
from explainer.charts.theme import Theme
from explainer.gradients.check.backward import backward
from explainer.gradients.check.differences import numeric_gradient, relative_errors
from explainer.gradients.check.faults import FAULTS
from explainer.gradients.check.network import (
    CLASSES,
    PIXELS,
    TANH,
    W2,
    Problem,
    forward,
    loss,
    start,
)

CELL = 42


def transposed(theme: Theme) -> NDArray[np.uint8]:
    """The gradient of a matrix, written transposed: more colour, further from the difference."""
    noise = np.random.default_rng(0).random((CLASSES, PIXELS))
    given, theta = Problem(noise, np.eye(CLASSES), TANH, 0.01), start(0).astype(np.float64)
    wrong = backward(theta, given, forward(theta, given), FAULTS["transposed"].rules)
    places = range(W2.place.start, W2.place.stop)
    numeric = numeric_gradient(lambda moved: loss(moved, given), theta, 1e-5, places)
    errors = relative_errors(numeric, wrong[W2.place]).reshape(W2.shape)
    decades = np.log10(np.clip(errors, 1e-10, 1)).astype(np.float32)
    return paint(decades, -10, 0, theme.sequential).repeat(CELL, axis=0).repeat(CELL, axis=1)
