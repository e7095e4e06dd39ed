"""Weights as a picture on the digits that they tell apart; what is exactly 0 lets them through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import Codes, paint, rgb, usual_reach
from explainer.charts.theme import Theme, centred

GHOST = 0.3
LARGEST = np.finfo(np.float32).max / 4


def weight_picture(
    weights: NDArray[np.floating], mean: NDArray[np.floating], theme: Theme
) -> Codes:
    """Weights `(H, W)` in diverging colours, on a scale of their own, RGB `(H, W, 3)`.

    Where a weight is exactly 0 the page is seen, and on it, faintly, the `mean` of the pictures
    `(H, W)` in [0, 1].
    """
    reach = min(usual_reach(weights), float(LARGEST))
    shown = np.clip(weights, -LARGEST, LARGEST).astype(np.float32)
    painted = paint(np.ascontiguousarray(shown), -reach, reach, centred(theme))
    page, ink = (np.array(rgb(one), float) for one in (theme.background, theme.text))
    share = GHOST * np.clip(np.nan_to_num(mean), 0, 1)[..., None]
    ghost = ((1 - share) * page + share * ink).round().astype(np.uint8)
    return np.where((weights == 0)[..., None], ghost, painted)
