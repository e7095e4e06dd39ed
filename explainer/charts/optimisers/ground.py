"""The landscape under the marbles: bands of equal loss, the lower the quieter."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.bands import LINE_STRENGTH
from explainer.charts.colour import colour_table, rgb
from explainer.charts.theme import Theme

BANDS, STOPS = 20, 4
DEPTH = 3e-4
"""The lowest edge, as a share of the highest loss in view."""
COLUMNS, ROWS = 108, 72
PICTURE, ROUGH = (720, 480), (360, 240)
SHADES = 8
WAYS = ((1, 0), (0, 1))
CUBIC = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2

Codes = NDArray[np.uint8]


def places(across: tuple[float, float], up: tuple[float, float]) -> NDArray[np.float64]:
    """The middles of 72 × 108 cells of a picture, `(72, 108, 2)`, from its upper left corner."""
    columns, rows = ((np.arange(count) + 0.5) / count for count in (COLUMNS, ROWS))
    x, y = np.meshgrid(
        across[0] + columns * (across[1] - across[0]), up[1] - rows * (up[1] - up[0])
    )
    return np.stack([x, y], -1)


def ground(losses: NDArray[np.float64], theme: Theme, size: tuple[int, int] = PICTURE) -> Codes:
    """Losses `(72, 108)`, 0 or more, as RGB `(480, 720, 3)`; edges go by equal factors.

    `size`: its width and height in pixels.

    What lies between the places is drawn by a cubic of the logarithm. The lines are smooth: how far
    a pixel is from an edge is its height above it over the slope.
    """
    known = np.log(np.clip(np.nan_to_num(losses, nan=0.0), 1e-300, 1e300))
    logs = np.maximum(known - known.max(), np.log(DEPTH / 10)) / -np.log(DEPTH) + 1
    across, down = _between(COLUMNS, size[0]), _between(ROWS, size[1])
    height = down @ ((BANDS - 1) * logs).astype(np.float32) @ across.T
    edge = np.clip(np.rint(height), 0, BANDS - 2)
    slope = cv2.magnitude(*(cv2.Sobel(height, cv2.CV_32F, *way, scale=1 / 8) for way in WAYS))
    nearness = np.clip(1.2 - np.abs(height - edge) / np.maximum(slope, 1e-6), 0, 1)
    band = np.clip(np.ceil(height), 0, BANDS - 1)
    codes = (band * SHADES + nearness * (SHADES - 1) + 0.5).astype(np.uint8)
    found: Codes = np.take(_shades(theme), codes, axis=0)
    return found


@lru_cache
def _between(known: int, wanted: int) -> NDArray[np.float32]:
    """From `known` values in the middles of cells to `wanted` between them, `(wanted, known)`.

    Cubics after Catmull and Rom: they keep every quadratic, as OpenCV's do not, whose flat ellipses
    are wavy.
    """
    place = (np.arange(wanted) + 0.5) / wanted * known - 0.5
    first = np.floor(place).astype(int)
    part = (place - first)[:, None]
    powers = np.concatenate([np.ones_like(part), part, part**2, part**3], 1)
    shares = powers @ CUBIC
    found = np.zeros((wanted, known + 4))
    for offset in range(4):
        np.add.at(found, (np.arange(wanted), first + offset + 1), shares[:, offset])
    edges = np.zeros((known + 4, known))  # beyond the first and the last they go on straight
    edges[2:-2] = np.eye(known)
    for out, (near, far) in ((1, (2, 3)), (0, (2, 3)), (-2, (-3, -4)), (-1, (-3, -4))):
        steps = abs(out - near)
        edges[out] = (1 + steps) * edges[near] - steps * edges[far]
    return (found @ edges).astype(np.float32)


@lru_cache
def _shades(theme: Theme) -> Codes:
    """The colour `(BANDS · SHADES, 3)` of each band, and its way to that of a line."""
    table = colour_table(theme.sequential[:STOPS])[:, 0]
    bands = table[np.linspace(0, 255, BANDS).round().astype(int)][:, None].astype(float)
    strength = LINE_STRENGTH * np.linspace(0, 1, SHADES)[:, None]
    mixed = bands + strength * (np.array(rgb(theme.text)) - bands)
    found: Codes = mixed.round().astype(np.uint8).reshape(-1, 3)
    return found
