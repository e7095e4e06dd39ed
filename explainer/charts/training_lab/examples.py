"""What the examples of a data set look like: a row of small pictures for each class, or points."""

from __future__ import annotations

import altair as alt
import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explainer.charts.colour import rgb
from explainer.charts.specs import finite, numbered
from explainer.charts.theme import Theme
from explainer.words import _

TILE = 56
GAP = 3
MOST_CLASSES = 10
MOST_POINTS = 600


def first_of_each_class(labels: Tensor, classes: int, count: int) -> list[list[int]]:
    """For each of the first classes, the places of its first `count` examples in `labels`."""
    return [
        (labels == label).nonzero()[:count, 0].tolist()
        for label in range(min(classes, MOST_CLASSES))
    ]


def class_montage(pictures: Tensor, rows: list[list[int]], theme: Theme) -> NDArray[np.uint8]:
    """Pictures `(N, C, H, W)` in [0, 1] in rows, each tile enlarged with hard edges, RGB."""
    columns = max(len(row) for row in rows)
    page = rgb(theme.background)
    side = TILE + GAP
    canvas = np.full((len(rows) * side, columns * side, 3), page, np.uint8)
    for top, row in enumerate(rows):
        for left, place in enumerate(row):
            canvas[top * side : top * side + TILE, left * side : left * side + TILE] = _tile(
                pictures[place]
            )
    return canvas


def _tile(picture: Tensor) -> NDArray[np.uint8]:
    colours = picture.expand(3, -1, -1).permute(1, 2, 0).nan_to_num().clamp(0, 1).numpy()
    codes = np.ascontiguousarray((colours * 255).round().astype(np.uint8))
    smaller = max(codes.shape[:2]) > TILE
    how = cv2.INTER_AREA if smaller else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(codes, (TILE, TILE), interpolation=how), np.uint8)


def points_chart(
    points: Tensor, labels: Tensor, classes: tuple[str, ...], theme: Theme
) -> alt.Chart:
    """Points `(N, 2)` in the plane, coloured by class; at most `MOST_POINTS` of them."""
    rows = [
        {"x": finite(float(x)), "y": finite(float(y)), "class": classes[int(label)]}
        for (x, y), label in zip(points[:MOST_POINTS], labels[:MOST_POINTS], strict=True)
    ]
    colours = alt.Scale(domain=list(classes), range=list(theme.classes[: len(classes)]))
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, opacity=0.8, size=36)
        .encode(
            x=alt.X("x:Q", title=None),
            y=alt.Y("y:Q", title=None),
            color=alt.Color("class:N", title=_("class"), scale=colours),
            shape=alt.Shape("class:N", title=_("class")),
        )
        .properties(height=340)
    )
    return numbered(chart)
