"""The home page's picture of metrics: the scores of faces and of no faces, and a threshold."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.colour import rgb
from explainer.charts.theme import Theme

SIDE, EDGE, RADIUS = 420, 30, 7
RIDGE = 3.0
FACES, ALL = 100, 200


def two_clouds(theme: Theme) -> NDArray[np.uint8]:
    """A dot for each small picture that a linear model did not learn from, left to right by score.

    Faces stand above, pieces of background below. `(420, 420, 3)`.
    """
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    scores, faces = _scores()
    across = EDGE + (scores - scores.min()) / np.ptp(scores) * (SIDE - 2 * EDGE)
    for colour, chosen, ground, up in (
        (theme.categorical[1], faces, SIDE // 2 - 14, -1),
        (theme.categorical[0], ~faces, SIDE // 2 + 14, 1),
    ):
        heights = np.zeros(SIDE // (2 * RADIUS) + 1, int)
        for x in np.sort(across[chosen]):
            column = int(x // (2 * RADIUS))
            place = (round(x), ground + up * (RADIUS + 2 * RADIUS * int(heights[column])))
            heights[column] += 1
            cv2.circle(canvas, place, RADIUS - 1, rgb(colour), -1, cv2.LINE_AA)
    middle = round(float(across[faces].mean() + across[~faces].mean()) / 2)
    cv2.line(canvas, (middle, EDGE), (middle, SIDE - EDGE), rgb(theme.text), 4, cv2.LINE_AA)
    return canvas


def _scores() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of every second picture the score of a ridge regression on the others, and what it is."""
    import skimage.data

    patches: object = skimage.data.lfw_subset()  # type: ignore[no-untyped-call]
    inputs = np.asarray(patches, float).reshape(ALL, -1)
    inputs = inputs - inputs.mean(1, keepdims=True)
    faces = np.arange(ALL) < FACES
    learn = np.arange(ALL) % 2 == 0
    kernel = inputs[learn] @ inputs[learn].T + RIDGE * np.eye(int(learn.sum()))
    weights = inputs[learn].T @ np.linalg.solve(kernel, np.where(faces[learn], 1.0, -1.0))
    return inputs[~learn] @ weights, faces[~learn]
