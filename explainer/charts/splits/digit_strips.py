"""Digits side by side as one picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.montage import Codes, example_picture, tiles
from explainer.charts.theme import Theme


def digit_strip(
    pictures: NDArray[np.float32], theme: Theme, *, columns: int, gap: int = 0
) -> Codes:
    """Pictures `(N, 28, 28)` in [0, 1] in rows of `columns`, grey."""
    shown = [example_picture(one[:, :, None]) for one in pictures]
    return tiles(shown, theme, columns=columns, gap=gap)
