"""Many small pictures as one: tiles side by side, signed weights on one diverging scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import paint, rgb, to_codes, usual_reach
from explainer.charts.theme import Theme, centred

Codes = NDArray[np.uint8]
OUTLYING = 10.0


def tiles(pictures: Sequence[Codes], theme: Theme, *, columns: int, gap: int = 1) -> Codes:
    """Pictures `(H, W, 3)` of one size in rows of `columns`, on the colour of the page."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    page = rgb(theme.background)
    canvas = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), page)
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        canvas[top : top + height, left : left + width] = picture
    return canvas.astype(np.uint8)


def reach_of(weights: Sequence[NDArray[np.floating]]) -> float:
    """How far from zero one scale for all of `weights` should go; 1 where all are zero.

    The widest of their usual reaches, leaving out those ten times as wide as the middle one, and
    what is no finite number: a network that blew up would leave the others without any colour.
    """
    reaches = [usual_reach(one) for one in weights if np.any(one[np.isfinite(one)])]
    if not reaches:
        return 1.0
    middle = float(np.median(reaches))
    return max(one for one in reaches if one <= OUTLYING * middle)


def kernel_picture(kernel: NDArray[np.floating], reach: float, theme: Theme) -> Codes:
    """Weights `(H, W, C)` from −reach to reach: one channel diverging, three as light, RGB.

    With three channels grey is zero, and red is a kernel that likes red. Of any other number of
    channels the mean is shown.
    """
    values = np.ascontiguousarray(kernel, np.float32)
    if values.shape[2] == 3:
        return to_codes(values, -reach, reach)
    return paint(values.mean(axis=2), -reach, reach, centred(theme))


def example_picture(picture: NDArray[np.floating]) -> Codes:
    """A picture `(H, W, C)` in [0, 1] with one or three channels as RGB codes."""
    colours = np.broadcast_to(np.clip(np.nan_to_num(picture), 0, 1), (*picture.shape[:2], 3))
    return np.ascontiguousarray((colours * 255).round().astype(np.uint8))
