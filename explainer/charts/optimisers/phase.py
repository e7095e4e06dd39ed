"""The plane of αλ and β: what a step of heavy ball leaves, as a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import colour_table, rgb
from explainer.charts.theme import Theme

LEVELS = 20
"""Steps of colour from 0 to 1: their edges are lines of one rate."""


def rate_picture(rates: NDArray[np.float64], colours: Theme) -> NDArray[np.uint8]:
    """Colours `(H, W, 3)` of rates `(H, W)`, the first row above; from 1 on the colour of grids.

    What is no number diverges.
    """
    near = rates < 1
    steps = np.floor(np.where(near, rates, 0).clip(0, 1) * LEVELS) / (LEVELS - 1)
    codes = (255 * steps.clip(0, 1)).round().astype(np.uint8)
    painted = colour_table(colours.sequential)[codes, 0]
    return np.where(near[..., None], painted, np.array(rgb(colours.grid), np.uint8))
