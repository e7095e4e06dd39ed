"""The Ladder (Blum and Hardt 2015): what a leaderboard tells whoever submits.

$R_t = [s_t]_\\eta$ where $s_t > R_{t-1} + \\eta$, else $R_t = R_{t-1}$; the first score is always
told. Here scores are shares of right answers, larger is better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 20
"""Steps from 0 to 1: η is a twentieth, 5 points."""


def told(right: Sequence[int], size: int, steps: int = STEPS) -> NDArray[np.float64]:
    """The best so far as it stands on the board after each submission, `(K,)`.

    `right` are the answers out of `size` that each has right. Rounded is half up, in whole numbers.
    """
    shown, found = None, []
    for one in right:
        if shown is None or one * steps > (shown + 1) * size:
            shown = (2 * one * steps + size) // (2 * size)
        found.append(shown)
    return np.array(found, float) / steps


def news(board: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which submissions moved the board `(K,)`; the first one did."""
    return np.diff(board, prepend=-1.0) > 0
