"""What a pixel of a map sees, on the photo: how strongly each pixel moves it, and the boxes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme
from explainer.networks.recording.receptive_field import Box

Codes = NDArray[np.uint8]
SIDE, LARGEST_FACTOR = 640, 24
STRONGEST = 0.9
PALE = 0.6


def strength_picture(
    photo: Codes, strength: NDArray[np.float32], theme: Theme, *, part: Box, boxes: tuple[Box, ...]
) -> Codes:
    """The `part` of a photo (H, W, 3), grey and pale, with `strength` (H, W) in colour over it.

    Colour goes with the square root of the strength, the strongest most. `boxes` are outlined, all
    in pixels of the photo; the result is enlarged by whole numbers.
    """
    cut = (slice(part.top, part.bottom), slice(part.left, part.right))
    grey = cv2.cvtColor(np.ascontiguousarray(photo[cut]), cv2.COLOR_RGB2GRAY)[..., None]
    page, colour = (
        np.array(rgb(one), np.float32) for one in (theme.background, theme.categorical[1])
    )
    pale = PALE * grey.astype(np.float32) + (1 - PALE) * page
    sound = np.nan_to_num(strength, nan=0.0, posinf=0.0)
    share = STRONGEST * np.sqrt(sound[cut] / (float(sound.max()) or 1.0))[..., None]
    codes = np.rint((1 - share) * pale + share * colour).astype(np.uint8)
    factor = max(1, min(LARGEST_FACTOR, SIDE // max(codes.shape[:2])))
    large = np.ascontiguousarray(codes.repeat(factor, 0).repeat(factor, 1))
    for one in boxes:
        _outline(large, one, part, factor, theme)
    return large


def _outline(codes: Codes, box: Box, part: Box, factor: int, theme: Theme) -> None:
    """Draw a box in the colour of text inside one of the page; what lies outside is cut off."""
    first = (factor * (box.left - part.left), factor * (box.top - part.top))
    last = (factor * (box.right - part.left) - 1, factor * (box.bottom - part.top) - 1)
    for colour, thickness in ((theme.background, 4), (theme.text, 2)):
        cv2.rectangle(codes, first, last, rgb(colour), thickness)
