"""The home page's picture of L1: the ellipses of a loss, and the diamond that they meet."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme
from explainer.regularisation.shapes import PENALTIES
from explainer.regularisation.two_weights import TwoWeights, ball, minima

SIDE = 420


def diamond(theme: Theme) -> NDArray[np.uint8]:
    """The contours of a loss of two weights, and L1's diamond at the corner that they touch.

    `(420, 420, 3)`.
    """
    problem, shape = TwoWeights(0.4, (0.49, 0.25), 0.0), PENALTIES["l1"].shape
    found = minima(problem, shape, np.array(0.4), np.array(problem.optimum))
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    zoom, middle = SIDE / 1.5, SIDE * np.array([0.4, 0.62])

    def on_canvas(places: NDArray[np.float64]) -> NDArray[np.int32]:
        return np.asarray(np.round(middle + zoom * places * [1, -1]), np.int32)

    ball_at = on_canvas(ball(shape, float(shape.values(found))))
    cv2.fillPoly(canvas, [ball_at], rgb(theme.sequential[3]))
    for end in ([1.5, 0], [0, 1.5]):
        start, stop = on_canvas(np.array([end, [-end[0], -end[1]]])).tolist()
        cv2.line(canvas, start, stop, rgb(theme.grid), 2, cv2.LINE_AA)
    for height in (0.01, 0.035, float(problem.loss(found)), 0.16, 0.28):
        axes = [int(zoom * one) for one in problem.half_axes(height)]
        centre = on_canvas(np.array(problem.optimum)).tolist()
        cv2.ellipse(canvas, centre, axes, -45, 0, 360, rgb(theme.categorical[7]), 3, cv2.LINE_AA)
    cv2.circle(canvas, on_canvas(found).tolist(), 11, rgb(theme.categorical[0]), -1, cv2.LINE_AA)
    return canvas
