"""The home page's picture of optimisers: three ways down one curved valley, from one start."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, STEPS, LEVELS = 420, 160, 7
START, MIDDLE, REACH = np.array([-1.7, 0.9]), np.array([0.0, 0.9]), 1.9
COLOURS = (0, 1, 3)
"""Places in the categorical colours: of gradient descent, of momentum, of Adam."""

Floats = NDArray[np.float64]


def downhill(theme: Theme) -> NDArray[np.uint8]:
    """Contours of a curved valley and three paths on it, by NumPy: no PyTorch for a menu.

    `(420, 420, 3)`.
    """
    across = np.linspace(-REACH, REACH, SIDE)
    x, y = np.meshgrid(MIDDLE[0] + across, MIDDLE[1] - across)
    height = np.log((x - 1) ** 2 + (3 * (x**2 - y)) ** 2 + 0.02)
    level = (height - height.min()) / np.ptp(height) * LEVELS
    shades = np.array([rgb(colour) for colour in theme.sequential[:LEVELS]], np.uint8)
    canvas = np.ascontiguousarray(shades[np.clip(level, 0, LEVELS - 1).astype(int)])
    for path, colour in zip(_paths(), COLOURS, strict=True):
        shown = ((path - MIDDLE) * [1, -1] + REACH) / (2 * REACH) * (SIDE - 1)
        line = shown.round().astype(np.int32)[:, None]
        shade = rgb(theme.categorical[colour])
        cv2.polylines(canvas, [line], False, rgb(theme.background), 9, cv2.LINE_AA)
        cv2.polylines(canvas, [line], False, shade, 5, cv2.LINE_AA)
        cv2.circle(canvas, line[-1, 0].tolist(), 11, shade, -1, cv2.LINE_AA)
    return canvas


def _paths() -> Iterator[Floats]:
    for rate, momentum, spread in ((0.02, 0.0, False), (0.008, 0.85, False), (0.1, 0.9, True)):
        place, mean, square = START.copy(), np.zeros(2), np.zeros(2)
        path = [place.copy()]
        for step in range(1, STEPS + 1):
            slope = _gradient(place)
            if spread:
                mean = momentum * mean + (1 - momentum) * slope
                square = 0.999 * square + 0.001 * slope**2
                size = np.sqrt(square / (1 - 0.999**step))
                place = place - rate * mean / (1 - momentum**step) / size
            else:
                mean = momentum * mean + slope
                place = place - rate * mean
            path.append(place)
        yield np.array(path)


def _gradient(place: Floats) -> Floats:
    off = 9 * (place[0] ** 2 - place[1])
    return np.array([place[0] - 1 + 2 * place[0] * off, -off])
