"""Average precision: one number for a list of detections, computed in five ways.

All begin with the same points, one for each detection in the order of the scores: precision, the
share of hits among those so far, over recall, the share of the truths found so far. Detections are
hits or false alarms (`Matching`); nobody can count the places that are rightly empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.metrics.boxes.matching import Matcher, Matching
from explainer.registry import Registry
from explainer.words import N_

Array = NDArray[np.float64]

RANGE = np.linspace(0.5, 0.95, 10).round(2)
"""COCO's thresholds: .5, .55, …, .95."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Precision and recall after each detection (D,), the scores falling; of at least one truth.

    `hits` (D,) says which are hits, `truths` how many truths there are, and `ceiling` (D,) is the
    largest precision at this recall or more.
    """

    hits: NDArray[np.bool_]
    scores: Array
    truths: int
    precision: Array
    recall: Array
    ceiling: Array

    @staticmethod
    def of(hits: NDArray[np.bool_], scores: Array, truths: int) -> Curve:
        """The curve of detections, scores falling. Raises `ValueError` without truths."""
        if truths < 1:
            raise ValueError("without a truth there is no recall")
        found = np.cumsum(hits)
        precision = found / np.arange(1, len(hits) + 1)
        ceiling = np.maximum.accumulate(precision[::-1])[::-1]
        return Curve(hits, scores, truths, precision, found / truths, ceiling)

    @property
    def groups(self) -> tuple[Array, Array]:
        """Recall and precision (G,) after all detections of each score: ties are one threshold."""
        last = np.append(np.diff(self.scores) != 0, True)[: len(self.scores)]
        return self.recall[last], self.precision[last]


def curve_of(matching: Matching) -> Curve | None:
    """The curve of a matching; None where there is no truth, and so no recall."""
    if not matching.truths:
        return None
    return Curve.of(matching.hits, matching.scores[matching.order], matching.truths)


def pooled(matchings: Sequence[Matching]) -> Curve | None:
    """The curve of several pictures: matched alone, then all detections in one order of scores.

    None where no picture has a truth. Ties come in the order of the pictures.
    """
    scores = np.concatenate([each.scores[each.order] for each in matchings])
    hits = np.concatenate([each.hits for each in matchings])
    order = np.argsort(-scores, kind="stable")
    truths = sum(each.truths for each in matchings)
    return Curve.of(hits[order], scores[order], truths) if truths else None


def _read(curve: Curve, wanted: Array) -> Array:
    """The ceiling at each recall that is `wanted`: 0 beyond what was found."""
    place = np.searchsorted(curve.recall, wanted, side="left")
    return np.append(curve.ceiling, 0.0)[place]


def _bars(edges: Array, heights: Array) -> Array:
    """The corners (2 B + 2, 2) of B bars from the axis up, side by side between B + 1 edges."""
    across = np.concatenate([edges[:1], np.repeat(edges, 2)[1:-1], edges[-1:]])
    up = np.concatenate([[0.0], np.repeat(heights, 2), [0.0]])
    return np.column_stack([across, up]) if len(heights) else np.zeros((0, 2))


def _sampled(wanted: Array) -> Callable[[Curve], Array]:
    edges = np.linspace(0, 1, len(wanted) + 1)
    return lambda curve: _bars(edges, _read(curve, wanted))


def _all_points(curve: Curve) -> Array:
    return _bars(np.append(0.0, curve.recall), curve.ceiling)


def _step(curve: Curve) -> Array:
    recall, precision = curve.groups
    return _bars(np.append(0.0, recall), precision)


def _trapezoid(curve: Curve) -> Array:
    recall, precision = curve.groups
    if not len(recall):
        return np.zeros((0, 2))
    across = np.concatenate([[0, 0], recall, recall[-1:]])
    return np.column_stack([across, np.concatenate([[0, 1], precision, [0]])])


def below(corners: Array) -> float:
    """The area between corners (K, 2), from left to right, and the axis."""
    across, up = corners[:, 0], corners[:, 1]
    return float((np.diff(across) * (up[1:] + up[:-1])).sum() / 2)


@dataclass(frozen=True)
class Definition:
    """A way to make a number of a curve: `area` gives the corners of what it sums, on the axis."""

    slug: str
    title: str
    source: str
    why: str
    area: Callable[[Curve], Array]

    def __call__(self, curve: Curve) -> float:
        """The average precision of that curve, in [0, 1]."""
        return below(self.area(curve))


ELEVEN = np.arange(11) / 10
HUNDRED = np.linspace(0, 1, 101)

DEFINITIONS = Registry(
    N_("definition of average precision"),
    Definition(
        "voc07", N_("11 points"), N_("PASCAL VOC 2007"),
        N_("Eleven recalls, 0 to 1; at each the best precision from there on."), _sampled(ELEVEN),
    ),
    Definition(
        "coco", N_("101 points"), N_("COCO, pycocotools"),
        N_("The same at 101 recalls: thinner bars, nearer to the area."), _sampled(HUNDRED),
    ),
    Definition(
        "all", N_("All points"), N_("PASCAL VOC from 2010"),
        N_("The exact area below the ceiling: dips are filled."), _all_points,
    ),
    Definition(
        "step", N_("Step"), N_("scikit-learn"),
        N_("The exact area of steps below the points: no dip is filled."), _step,
    ),
    Definition(
        "trapezoid", N_("Trapezoid"), N_("straight lines"),
        N_("Straight lines between points, which no threshold can reach."), _trapezoid,
    ),
)  # fmt: skip


def averages(curve: Curve | None) -> dict[str, float | None]:
    """The average precision under each definition, by its slug; None without a truth."""
    return {each.slug: None if curve is None else each(curve) for each in DEFINITIONS}


def over_thresholds(matcher: Matcher, rule: str = "coco", definition: str = "coco") -> Array | None:
    """The average precision at each threshold of `RANGE` (10,); None without a truth.

    Their mean is what COCO calls AP and others mAP@[.5:.95] (one class here).
    """
    curves = [curve_of(matcher.at(threshold, rule)) for threshold in RANGE.tolist()]
    average = DEFINITIONS[definition]
    found = [average(curve) for curve in curves if curve is not None]
    return np.array(found) if found else None
