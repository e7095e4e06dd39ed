"""Filled contours: bands between edges, each in one colour, with a line where one ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import colour_table, rgb
from explainer.charts.theme import Theme

Codes = NDArray[np.uint8]
LINE_STRENGTH = 0.45


def band_colours(theme: Theme, bands: int) -> tuple[str, ...]:
    """`bands` colours as `#rrggbb`, evenly from the theme's sequential scale."""
    table = colour_table(theme.sequential)[:, 0]
    places = np.linspace(0, len(table) - 1, bands).round().astype(int)
    return tuple("#{:02x}{:02x}{:02x}".format(*table[place]) for place in places)


def band_picture(
    values: NDArray[np.float32], edges: Sequence[float], colours: Sequence[str], theme: Theme
) -> Codes:
    """Values `(H, W)` as RGB `(H, W, 3)`.

    `edges` rise; there is one colour more, below the first and from the last on. A line goes where
    two neighbouring pixels lie in different bands.
    """
    index = np.digitize(values, edges).astype(np.uint8)
    picture = np.array([rgb(one) for one in colours], np.uint8)[index]
    lines = np.zeros(index.shape, bool)
    lines[:, 1:] |= index[:, 1:] != index[:, :-1]
    lines[1:] |= index[1:] != index[:-1]
    ink = LINE_STRENGTH * np.array(rgb(theme.text))
    picture[lines] = ((1 - LINE_STRENGTH) * picture[lines] + ink).astype(np.uint8)
    return picture
