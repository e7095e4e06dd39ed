"""The home page's picture of the clinic: three runs, of which one alone is well."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, EDGE = 420, 26
STEPS, BATCH, EXAMPLES, FEATURES = 75, 20, 300, 20
Floats = NDArray[np.float64]


def three_runs(theme: Theme) -> NDArray[np.uint8]:
    """The loss of each batch of a logistic regression: shuffled, sorted by class, far too fast.

    One below the other, `(420, 420, 3)`.
    """
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    x = EDGE + np.linspace(0, SIDE - 2 * EDGE, STEPS)
    height = (SIDE - EDGE) // 3
    for place, (sort, rate) in enumerate(((False, 0.3), (True, 0.3), (False, 12.0))):
        ground = EDGE // 2 + (place + 1) * height
        cv2.line(canvas, (EDGE, ground), (SIDE - EDGE, ground), rgb(theme.grid), 2)
        losses = _losses(sort=sort, rate=rate)
        down = ground - 4 - losses / losses.max() * (height - EDGE)
        line = np.stack([x, down], -1).round().astype(np.int32)
        colour = rgb(theme.categorical[place])
        cv2.polylines(canvas, [line[:, None]], False, colour, 4, cv2.LINE_AA)
    return canvas


def _losses(*, sort: bool, rate: float) -> Floats:
    """The loss of each batch before its step."""
    generator = np.random.default_rng(0)
    labels = np.arange(EXAMPLES) * 3 // EXAMPLES == 1
    inputs = generator.normal(0.3 * np.where(labels, 1, -1)[:, None], 1, (EXAMPLES, FEATURES))
    weights, bias, found = np.zeros(FEATURES), 0.0, []
    order = np.arange(EXAMPLES)
    for step in range(STEPS):
        at = step * BATCH % EXAMPLES
        if at == 0 and not sort:
            order = generator.permutation(EXAMPLES)
        x, y = inputs[order[at : at + BATCH]], labels[order[at : at + BATCH]]
        logits = x @ weights + bias
        found.append(np.logaddexp(0, np.where(y, -logits, logits)).mean())
        error = np.exp(-np.logaddexp(0, -logits)) - y
        weights -= rate * x.T @ error / BATCH
        bias -= rate * error.mean()
    return np.array(found)
