"""What a filter made of a picture: its values with their statistics, and as a small picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import View, colour_result
from explainer.charts.theme import Theme
from explainer.convolution.view import Scale, Statistics, statistics
from explainer.images.thumbnails import fit

SHOWN_SIDE = 640


@dataclass(frozen=True)
class FilterOutput:
    """What a filter made of a picture: values `(H', W', C')`, statistics, and how it is seen."""

    values: NDArray[np.float32]
    statistics: Statistics
    view: View
    scale: Scale


def filter_output(values: NDArray[np.float32], view: View) -> FilterOutput:
    """Values `(H', W', C')` with their statistics and the scale on which `view` shows them."""
    numbers = statistics(values)
    return FilterOutput(values, numbers, view, view.scale(values, numbers))


def small_picture(found: FilterOutput, theme: Theme) -> NDArray[np.uint8]:
    """The output in colours, at most `SHOWN_SIDE` pixels a side, RGB `(h, w, 3)`.

    The scale is the whole output's, so a thin line keeps its colour as the picture gets smaller.
    """
    values = found.view.prepare(found.values)
    stops = found.view.stops(theme)
    if values.shape[2] > 1:  # as light: what is shrunk is what the eye would see
        return fit(colour_result(values, found.scale, stops), SHOWN_SIDE, SHOWN_SIDE)
    return colour_result(_shrunk(values), found.scale, stops)


def _shrunk(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map `(H, W, 1)` by means over areas, at most `SHOWN_SIDE` a side."""
    height, width, __ = values.shape
    shrink = SHOWN_SIDE / max(height, width)
    if shrink >= 1:
        return values
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
