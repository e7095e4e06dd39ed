"""Who is a hit: against pycocotools, and VOC's rule against its own few lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.metrics.boxes.iou import agreement
from explainer.metrics.boxes.matching import Matcher, Matching, match
from explainer.metrics.boxes.scene import SCENES, Scene
from tests.metrics.coco import evaluated, scenes

THRESHOLDS = st.sampled_from([0.1, 1 / 3, 0.5, 0.75, 0.95, 1.0])


@given(scenes(), THRESHOLDS)
def test_the_rule_of_coco_is_that_of_pycocotools(scene: Scene, threshold: float) -> None:
    found = match(scene, threshold)
    once_and_near_enough(scene, found, threshold)
    (oracle,) = evaluated([scene], [threshold]).evalImgs
    if oracle is None:  # neither truths nor detections
        assert not len(scene.truths) + len(scene.scores)
        return
    numbers = np.array(oracle["dtMatches"][0], dtype=int) - 1
    np.testing.assert_array_equal(found.truth[found.order], numbers)


@given(scenes(), THRESHOLDS)
def test_the_rule_of_voc_asks_the_best_truth_alone(scene: Scene, threshold: float) -> None:
    overlaps, taken = agreement(scene.detections, scene.truths), set()
    wanted = {}
    for turn in sorted(range(len(scene.scores)), key=lambda turn: -scene.scores[turn]):
        wanted[turn] = -1
        if len(scene.truths):
            best = int(np.argmax(overlaps[turn]))
            if overlaps[turn, best] >= min(threshold, 1 - 1e-10) and best not in taken:
                taken.add(best)
                wanted[turn] = best
    found = match(scene, threshold, "voc")
    once_and_near_enough(scene, found, threshold)
    assert dict(enumerate(found.truth.tolist())) == wanted


def once_and_near_enough(scene: Scene, found: Matching, threshold: float) -> None:
    """Each truth is given away once, to a box that is near enough, and the best score is first."""
    given_away = found.truth[found.truth >= 0]
    assert len(set(given_away.tolist())) == len(given_away)
    overlaps = agreement(scene.detections, scene.truths)
    assert (overlaps[np.flatnonzero(found.truth >= 0), given_away] >= threshold - 1e-9).all()
    assert sorted(found.order.tolist()) == list(range(len(scene.scores)))
    assert (np.diff(found.scores[found.order]) <= 0).all()


def test_ties_keep_the_order_of_the_list() -> None:
    box = [0, 0, 10, 10]
    found = match(Scene(np.array([box]), np.array([box] * 3), np.full(3, 0.5)), 0.5)
    assert found.truth.tolist() == [0, -1, -1]


def test_a_box_without_area_touches_nothing() -> None:
    found = match(Scene(np.zeros((1, 4)), np.zeros((1, 4)), np.ones(1)), 0.5)
    assert found.truth.tolist() == [-1]
    assert found.nearest.tolist() == [-1]


def test_on_the_coffee_photo_the_rules_differ() -> None:
    matcher = Matcher(SCENES["coffee"].scene)
    assert matcher.at(0.5, "coco").truth.tolist() == [0, 2, -1, -1, -1]
    assert matcher.at(0.5, "voc").truth.tolist() == [0, -1, -1, 2, -1]
    assert matcher.at(0.5).nearest[1] == 0


def test_there_is_no_third_rule() -> None:
    with pytest.raises(ValueError, match="rule of matching"):
        match(Scene(), 0.5, "best")
