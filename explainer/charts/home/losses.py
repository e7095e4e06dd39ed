"""The home page's picture of losses: two kinds of noise, and below them the losses they make."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, REACH, EDGE = 420, 3.2, 26


def noise_and_loss(theme: Theme) -> NDArray[np.uint8]:
    """A Gaussian's and a Laplace's density, and below each colour its −log. `(420, 420, 3)`."""
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    x = np.linspace(-REACH, REACH, SIDE - 2 * EDGE)
    shapes = (np.square(x) / 2, np.sqrt(2) * np.abs(x))
    half = SIDE // 2
    cv2.line(canvas, (EDGE, half), (SIDE - EDGE, half), rgb(theme.grid), 2)
    cv2.line(canvas, (EDGE, SIDE - EDGE), (SIDE - EDGE, SIDE - EDGE), rgb(theme.grid), 2)
    for colour, loss in enumerate(shapes):
        density = np.exp(-loss)
        density /= density.sum() * (x[1] - x[0])
        for values, ground, most in ((density, half, 0.75), (loss, SIDE - EDGE, 5.2)):
            down = ground - values / most * (half - EDGE)
            line = np.stack([EDGE + np.arange(len(x)), down], -1).round().astype(np.int32)
            shade = rgb(theme.categorical[colour])
            cv2.polylines(canvas, [line[:, None]], False, shade, 5, cv2.LINE_AA)
    return canvas
