"""What networks answer: the confusion matrix, and on points in the plane the decision boundary."""

from __future__ import annotations

from typing import Any

import altair as alt
import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.colour import NOT_A_NUMBER, rgb
from explainer.charts.specs import bare, table_of
from explainer.charts.theme import Theme
from explainer.training.instruments.boundary import Boundary
from explainer.training.instruments.mistakes import Answers
from explainer.words import _, cached

Codes = NDArray[np.uint8]
CELL = 34
MOST_NUMBERS = 12  # of more classes than these the numbers would not be readable
PICTURE_SIDE = 256
FAINT = 0.65  # how much of the page shows through the colour of a region


def confusion_points(answers: Answers) -> pa.Table:
    """A row for each pair of classes: truth, predicted, how many, and their share of the truth."""
    totals = np.maximum(answers.confusion.sum(axis=1, keepdims=True), 1)
    shares = answers.confusion / totals
    rows = [
        (truth, guess, int(answers.confusion[i, j]), float(shares[i, j]), i == j)
        for i, truth in enumerate(answers.classes)
        for j, guess in enumerate(answers.classes)
    ]
    return table_of(
        rows, truth=pa.string(), predicted=pa.string(), count=pa.int32(), share=pa.float32(),
        right=pa.bool_(),
    )  # fmt: skip


@cached
def confusion_spec(theme: Theme, classes: int, *, tilted: bool = False) -> dict[str, Any]:
    """The specification for `confusion_points`: rows are the truth, shades their shares.

    `tilted` class names take less room below the matrix.
    """
    base = alt.Chart(alt.NamedData(name="points")).encode(
        x=alt.X(
            "predicted:N",
            title=_("predicted"),
            sort=None,
            axis=alt.Axis(labelAngle=-40 if tilted else 0),
        ),
        y=alt.Y("truth:N", title=_("truth"), sort=None),
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, 1], range=list(theme.sequential)),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("truth:N", title=_("truth")),
            alt.Tooltip("predicted:N", title=_("predicted")),
            alt.Tooltip("count:Q", title=_("count")),
            alt.Tooltip("share:Q", title=_("share"), format=".0%"),
        ],
    )
    layers = [cells]
    if classes <= MOST_NUMBERS:
        numbers = base.transform_filter("datum.count > 0").mark_text(fontSize=11)
        bright = alt.condition(
            "datum.share > 0.5", alt.value(theme.background), alt.value(theme.text)
        )
        layers.append(numbers.encode(text="count:Q", color=bright))
    return bare(alt.layer(*layers).properties(height={"step": CELL}))


def boundary_picture(found: Boundary, theme: Theme) -> Codes:
    """Every place in the colour of the class that the network sees there, and the examples on it.

    Between classes the colours mix as the probabilities do; grey is where there are none. Training
    points are discs, validation points rings.
    """
    colours = np.array([rgb(colour) for colour in theme.categorical], float)
    classes = found.probabilities.shape[2]
    page = np.array(rgb(theme.background), float)
    known = np.isfinite(found.probabilities).all(axis=2, keepdims=True)
    plane = np.where(known, found.probabilities, 0) @ colours[:classes]
    plane = np.where(known, FAINT * page + (1 - FAINT) * plane, NOT_A_NUMBER)
    size = (PICTURE_SIDE, PICTURE_SIDE)
    large = cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    canvas: Codes = np.ascontiguousarray(np.rint(large).astype(np.uint8))
    _points(canvas, found, found.validation_points, found.validation_labels, colours, filled=False)
    _points(canvas, found, found.train_points, found.train_labels, colours, filled=True)
    return np.asarray(canvas, np.uint8)


def _points(
    canvas: Codes,
    found: Boundary,
    points: NDArray[np.floating],
    labels: NDArray[np.integer],
    colours: NDArray[np.floating],
    *,
    filled: bool,
) -> None:
    (left, right), (bottom, top) = found.x, found.y
    scale = np.array([PICTURE_SIDE / (right - left), PICTURE_SIDE / (bottom - top)])
    places = ((points - np.array([left, top])) * scale).round().astype(int)
    for (x, y), label in zip(places.tolist(), labels.tolist(), strict=True):
        colour = [float(value) for value in colours[label]]
        cv2.circle(canvas, (x, y), 4 if filled else 3, colour, -1 if filled else 1, cv2.LINE_AA)
        if filled:
            cv2.circle(canvas, (x, y), 4, (255, 255, 255), 1, cv2.LINE_AA)
