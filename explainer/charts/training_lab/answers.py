"""What networks answer: the confusion matrix, and on points in the plane what they see where."""

from __future__ import annotations

from typing import Any

import altair as alt
import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.colour import NOT_A_NUMBER, paint, rgb, usual_reach
from explainer.charts.specs import AXIS_ROOM, bare, rows_high, table_of
from explainer.charts.theme import Theme, centred
from explainer.training.instruments.boundary import Boundary, Labels
from explainer.training.instruments.mistakes import Answers
from explainer.words import _, cached

Codes = NDArray[np.uint8]
Colour = tuple[float, ...]
CELL, TILTED_ROOM = 34, 110
MOST_NUMBERS = 12  # of more classes than these the numbers would not be readable
PICTURE_SIDE = 256
DISC, RING = 4, 3
WHITE = (255, 255, 255)
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
    return bare(
        alt.layer(*layers).properties(
            height=rows_high(classes, CELL, room=TILTED_ROOM if tilted else AXIS_ROOM)
        )
    )


def boundary_picture(
    found: Boundary, theme: Theme, *, flat: bool = False, test: bool = False
) -> Codes:
    """Every place in the colour of what the network answers there, and the examples on it.

    Between classes the colours mix as the probabilities do; numbers, of answers and of examples,
    are on one diverging scale that ends at :func:`target_reach`. Grey is where there are none. With
    `flat` each place has the colour of its likeliest class. Training points are discs, validation
    points rings or, of numbers, squares, and those of the `test` part, on request, diamonds.
    """
    if found.numbers:
        plane = _enlarged(_numbers_plane(found, theme))
    elif flat:
        plane = _classes_plane(_likeliest(_enlarged(found.answers)), theme)
    else:
        plane = _enlarged(_classes_plane(found.answers, theme))
    canvas: Codes = np.ascontiguousarray(plane)
    rim = rgb(theme.text) if found.numbers else WHITE
    held, learned = (
        _colours(found, labels, theme) for labels in (found.validation_labels, found.train_labels)
    )
    if test:
        tested = _colours(found, found.test_labels, theme)
        for place, colour in zip(_places(found, found.test_points), tested, strict=True):
            _diamond(canvas, place, colour, rim)
    for place, colour in zip(_places(found, found.validation_points), held, strict=True):
        _square(canvas, place, colour, rim) if found.numbers else _ring(canvas, place, colour)
    for place, colour in zip(_places(found, found.train_points), learned, strict=True):
        _disc(canvas, place, colour, rim)
    return np.asarray(canvas, np.uint8)


def target_reach(found: Boundary) -> float:
    """Where the colours of numbers end: nearly at the largest target, whatever the answers are."""
    return usual_reach(np.concatenate([found.train_labels, found.validation_labels]))


def _enlarged(plane: NDArray[Any]) -> NDArray[Any]:
    size = (PICTURE_SIDE, PICTURE_SIDE)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR))


def _likeliest(answers: NDArray[np.floating]) -> NDArray[np.floating]:
    """1 for the likeliest class of each place and 0 for the others; NaN where one is NaN."""
    known = np.isfinite(answers).all(axis=2, keepdims=True)
    return np.where(known, np.eye(answers.shape[2])[answers.argmax(axis=2)], np.nan)


def _classes_plane(answers: NDArray[np.floating], theme: Theme) -> Codes:
    colours = _class_colours(theme)[: answers.shape[2]]
    page = np.array(rgb(theme.background), float)
    known = np.isfinite(answers).all(axis=2, keepdims=True)
    plane = np.where(known, answers, 0) @ colours
    plane = np.where(known, FAINT * page + (1 - FAINT) * plane, NOT_A_NUMBER)
    return np.rint(plane).astype(np.uint8)


def _numbers_plane(found: Boundary, theme: Theme) -> Codes:
    reach = target_reach(found)
    return paint(found.answers[:, :, 0], -reach, reach, centred(theme))


def _class_colours(theme: Theme) -> NDArray[np.float64]:
    return np.array([rgb(colour) for colour in theme.classes], float)


def _colours(found: Boundary, labels: Labels, theme: Theme) -> list[Colour]:
    """The colour of each example."""
    if not found.numbers:
        return [tuple(one) for one in _class_colours(theme)[labels].tolist()]
    reach = target_reach(found)
    painted = paint(np.asarray(labels[:, :1], np.float32), -reach, reach, centred(theme))
    return [tuple(one) for one in painted[:, 0].tolist()]


def _places(found: Boundary, points: NDArray[np.floating]) -> list[tuple[int, int]]:
    """Where points lie in the picture."""
    (left, right), (bottom, top) = found.x, found.y
    scale = np.array([PICTURE_SIDE / (right - left), PICTURE_SIDE / (bottom - top)])
    places = ((points - np.array([left, top])) * scale).round().astype(int)
    return [(x, y) for x, y in places.tolist()]


def _disc(canvas: Codes, place: tuple[int, int], colour: Colour, rim: Colour) -> None:
    cv2.circle(canvas, place, DISC, colour, -1, cv2.LINE_AA)
    cv2.circle(canvas, place, DISC, rim, 1, cv2.LINE_AA)


def _square(canvas: Codes, place: tuple[int, int], colour: Colour, rim: Colour) -> None:
    (x, y), half = place, RING
    ends = (x - half, y - half), (x + half, y + half)
    cv2.rectangle(canvas, *ends, colour, -1)
    cv2.rectangle(canvas, *ends, rim, 1)


def _diamond(canvas: Codes, place: tuple[int, int], colour: Colour, rim: Colour) -> None:
    x, y = place
    corners = np.array([(x, y - DISC), (x + DISC, y), (x, y + DISC), (x - DISC, y)], np.int32)
    cv2.fillConvexPoly(canvas, corners, colour, cv2.LINE_AA)
    cv2.polylines(canvas, [corners], isClosed=True, color=rim, thickness=1, lineType=cv2.LINE_AA)


def _ring(canvas: Codes, place: tuple[int, int], colour: Colour) -> None:
    cv2.circle(canvas, place, RING, colour, 1, cv2.LINE_AA)
