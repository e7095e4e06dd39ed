"""The invitation to the topic of depth: three networks' gradients, layer by layer, as bars.

Computed with NumPy on patches of a photo: the home page does without PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme
from explainer.images.gallery import gallery_picture

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
LAYERS, WIDTH, PATCH, PATCHES, SIDE = 20, 100, 8, 64, 256
PANEL, STEP, GAP = 140, 21, 5
DECADES = 13.0  # from the top of a panel to its bottom


@dataclass(frozen=True)
class _Kind:
    function: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    gain: float


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-z)))


KINDS = (
    _Kind(_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)), 1.0),
    _Kind(np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.0),
    _Kind(lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(np.float64), 2**0.5),
)


def lost_gradients(theme: Theme) -> Codes:
    """Sigmoid, tanh and ReLU, one above the other; a bar a layer, its height the logarithm."""
    panels = [
        _panel(_lengths(kind), rgb(theme.categorical[place]), theme)
        for place, kind in enumerate(KINDS)
    ]
    return np.vstack(panels)


def _lengths(kind: _Kind) -> Floats:
    """The gradient at each of twenty layers, as a share of that at the last."""
    draw = np.random.default_rng(0)
    values = _patches(draw)
    weights, sums = [], []
    for fan_in in (values.shape[1], *[WIDTH] * (LAYERS - 1)):
        weights.append(draw.normal(0, kind.gain / fan_in**0.5, (fan_in, WIDTH)))
        sums.append(values @ weights[-1])
        values = kind.function(sums[-1])
    gradient = draw.normal(size=values.shape) * kind.slope(sums[-1])
    lengths = [float(np.linalg.norm(gradient))]
    for place in reversed(range(LAYERS - 1)):
        gradient = (gradient @ weights[place + 1].T) * kind.slope(sums[place])
        lengths.append(float(np.linalg.norm(gradient)))
    return np.array(lengths[::-1]) / lengths[0]


def _patches(draw: np.random.Generator) -> Floats:
    photo = cv2.resize(gallery_picture("chelsea").codes, (SIDE, SIDE))
    places = draw.integers(0, SIDE - PATCH, (PATCHES, 2))
    patches = [photo[y : y + PATCH, x : x + PATCH].ravel() for y, x in places]
    values = np.asarray(patches, np.float64)
    return np.asarray((values - values.mean()) / values.std())


def _panel(lengths: Floats, colour: tuple[int, int, int], theme: Theme) -> Codes:
    canvas = np.full((PANEL, LAYERS * STEP, 3), rgb(theme.background), np.uint8)
    heights = (PANEL - 16) * np.clip(1 + np.log10(lengths) / DECADES, 0.02, 1.05)
    for place, height in enumerate(heights.round().astype(int)):
        left = place * STEP + GAP
        canvas[PANEL - height : PANEL, left : left + STEP - GAP] = colour
    return canvas
