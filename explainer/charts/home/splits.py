"""The home page's picture of splits: digits to learn from, to choose by, and to judge with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme
from explainer.training.data.shipped import MNIST_SAMPLE, SIDE, tiles_of

ACROSS, EDGE, SEED = 8, 3, 3
PARTS = (36, 14, 14)
COLOURS = (0, 1, 6)
"""Places in the categorical colours, one for each part."""


def parted(theme: Theme) -> NDArray[np.uint8]:
    """64 digits in three colours: to learn from, to choose by, to judge with.

    `(408, 408, 3)`.
    """
    tiles = tiles_of(MNIST_SAMPLE / "test.png")
    chosen = tiles[np.random.default_rng(SEED).permutation(len(tiles))[: ACROSS**2]]
    ground = np.array(rgb(theme.background), np.float64)
    step = SIDE + 2 * EDGE
    canvas = np.full((ACROSS * step, ACROSS * step, 3), ground.astype(np.uint8), np.uint8)
    parts = np.repeat(np.arange(len(PARTS)), PARTS)
    for place, (digit, part) in enumerate(zip(chosen, parts, strict=True)):
        ink = np.array(rgb(theme.categorical[COLOURS[part]]), np.float64)
        share = digit[..., None] / 255.0
        down, right = (step * number + EDGE for number in divmod(place, ACROSS))
        canvas[down : down + SIDE, right : right + SIDE] = ground + share * (ink - ground)
    return np.asarray(cv2.resize(canvas, (408, 408), interpolation=cv2.INTER_AREA), np.uint8)
