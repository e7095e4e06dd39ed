"""What average precision lets pass: three tasks on a scene, solved by its boxes alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainer.metrics.boxes.average_precision import DEFINITIONS, Curve, curve_of
from explainer.metrics.boxes.iou import agreement
from explainer.metrics.boxes.matching import Matcher
from explainer.metrics.boxes.scene import Scene

Averages = dict[str, float | None]

CROWD = 50
"""Boxes of nothing that a puzzle adds."""
TRIED = 400
LOOSE, TIGHT = 0.5, 0.75
ALIKE = 1e-12
USUAL = "coco"


@dataclass(frozen=True)
class State:
    """How far a puzzle is: None where it cannot be asked here, and numbers to say so."""

    solved: bool | None
    values: dict[str, float | int | None]


def crowded(scene: Scene, score: float) -> Scene:
    """The scene with `CROWD` detections more, all of that score, that lie on no truth.

    They come last in its list. Of `TRIED` small boxes drawn at a fixed seed over the extent of the
    scene's boxes those are taken that overlap truths least.
    """
    boxes = np.concatenate([scene.truths, scene.detections])
    low = boxes[:, :2].min(axis=0) if len(boxes) else np.zeros(2)
    high = boxes[:, 2:].max(axis=0) if len(boxes) else np.full(2, 100.0)
    draws = np.random.default_rng(0).random((TRIED, 4))
    sizes = (0.03 + 0.05 * draws[:, 2:]) * (high - low).max()
    corners = low + draws[:, :2] * np.maximum(high - low - sizes, 0)
    found = np.concatenate([corners, corners + sizes], axis=1)
    if len(scene.truths):
        best = np.nan_to_num(agreement(found, scene.truths)).max(axis=1)
        found = found[np.argsort(best, kind="stable")]
    return Scene(
        scene.truths,
        np.concatenate([scene.detections, found[:CROWD]]),
        np.concatenate([scene.scores, np.full(CROWD, score)]),
    )


def average(matcher: Matcher, threshold: float, rule: str) -> float | None:
    """The average precision of COCO at a threshold; None without a truth."""
    return _usual(curve_of(matcher.at(threshold, rule)))


def loose_and_tight(matcher: Matcher, rule: str) -> State:
    """AP 1 at an IoU of .5, and 0 at .75: every truth is found, and none of them well."""
    loose, tight = (average(matcher, threshold, rule) for threshold in (LOOSE, TIGHT))
    if loose is None or tight is None:
        return State(None, {"loose": None, "tight": None})
    return State(loose > 1 - ALIKE and tight < ALIKE, {"loose": loose, "tight": tight})


def unharmed(before: Averages, after: Averages | None) -> State:
    """Fifty false alarms more, and COCO's average is what it was, and was not 0."""
    old = before[USUAL]
    if not old:
        return State(None, dict(before))
    if after is None:
        return State(False, dict(before))
    fell = {slug: (after[slug] or 0) - (before[slug] or 0) for slug in DEFINITIONS.slugs}
    changes = {slug: change if abs(change) > ALIKE else 0.0 for slug, change in fell.items()}
    return State(changes[USUAL] >= 0, dict(changes))


def fewer_right(matcher: Matcher, start: Matcher, threshold: float, rule: str) -> State:
    """A higher average than at the `start`, with fewer hits, on the same truths.

    It cannot be asked where one hit fewer gives less even in the best order.
    """
    now, first = (each.at(threshold, rule) for each in (matcher, start))
    average, least = (_usual(curve_of(each)) for each in (now, first))
    hits, had = int(now.hits.sum()), int(first.hits.sum())
    values = {"average": average, "least": least, "hits": hits, "had": had}
    known = np.array_equal(matcher.scene.truths, start.scene.truths)
    if average is None or least is None or not known:
        return State(None, values)
    best = DEFINITIONS[USUAL](_without_alarms(had - 1, first.truths)) if had else None
    if best is None or best <= least + ALIKE:
        return State(None, {**values, "best": best})
    return State(average > least + ALIKE and hits < had, values)


def can_be_fewer(start: Matcher, threshold: float, rule: str) -> bool:
    """Whether fewer hits than at the `start` can give a higher average there."""
    return fewer_right(start, start, threshold, rule).solved is not None


def _usual(curve: Curve | None) -> float | None:
    return None if curve is None else DEFINITIONS[USUAL](curve)


def _without_alarms(hits: int, truths: int) -> Curve:
    return Curve.of(np.ones(hits, dtype=bool), -np.arange(hits, dtype=np.float64), truths)
