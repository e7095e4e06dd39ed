"""The home page's picture of dropout: a network of which some units are left out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, RADIUS = 420, 22
LAYERS = (4, 6, 6, 3)
KEEP, SEED = 0.5, 3


def thinned(theme: Theme) -> NDArray[np.uint8]:
    """Lines between the units that are kept; those that are dropped are rings. `(420, 420, 3)`."""
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    chance = np.random.default_rng(SEED)
    kept = [
        np.ones(count, bool) if end else chance.permutation(count) < KEEP * count
        for count, end in zip(LAYERS, (True, False, False, True), strict=True)
    ]
    across = np.linspace(0.12, 0.88, len(LAYERS)) * SIDE
    down = [(np.arange(count) + 0.5 - count / 2) * SIDE / 6.6 + SIDE / 2 for count in LAYERS]
    for layer, from_here in enumerate(kept[:-1]):
        for first in np.flatnonzero(from_here):
            for second in np.flatnonzero(kept[layer + 1]):
                start = round(across[layer]), round(down[layer][first])
                end = round(across[layer + 1]), round(down[layer + 1][second])
                cv2.line(canvas, start, end, rgb(theme.sequential[4]), 3, cv2.LINE_AA)
    for layer, units in enumerate(kept):
        for unit, there in enumerate(units):
            place = round(across[layer]), round(down[layer][unit])
            cv2.circle(canvas, place, RADIUS, rgb(theme.background), -1, cv2.LINE_AA)
            colour = rgb(theme.categorical[0] if there else theme.grid)
            cv2.circle(canvas, place, RADIUS, colour, -1 if there else 4, cv2.LINE_AA)
    return canvas
