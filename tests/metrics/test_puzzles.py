"""The puzzles are solved by boxes: for each a scene that solves it, and some that do not."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.metrics.boxes.average_precision import DEFINITIONS, averages, curve_of
from explainer.metrics.boxes.iou import agreement
from explainer.metrics.boxes.matching import Matcher, match
from explainer.metrics.boxes.puzzles import CROWD, crowded, fewer_right, loose_and_tight, unharmed
from explainer.metrics.boxes.scene import COINS, SCENES, Scene

LARGE = SCENES["large"].scene


def keep(scene: Scene, places: list[int]) -> Scene:
    return Scene(scene.truths, scene.detections[places], scene.scores[places])


@pytest.mark.parametrize(
    ("part", "solved"), [(0.0, False), (0.3, False), (0.45, True), (0.7, True), (1.2, False)]
)
def test_boxes_too_wide_are_right_and_loose(part: float, solved: bool) -> None:
    """Wider by a part, they have an IoU of 1 ÷ (1 + part), which is to be from .5 to .75."""
    width = (COINS[:, 2] - COINS[:, 0]) * part
    wider = COINS + np.stack([0 * width, 0 * width, width, 0 * width], axis=1)
    found = loose_and_tight(Matcher(Scene(COINS, wider, np.ones(24))), "coco")
    assert found.solved is solved


def test_at_the_start_no_puzzle_is_solved() -> None:
    for example in SCENES:
        matcher = Matcher(example.scene)
        before = averages(curve_of(matcher.at(0.5)))
        assert loose_and_tight(matcher, "coco").solved is False
        assert unharmed(before, None).solved is False
        assert not fewer_right(matcher, matcher, 0.5, "coco").solved


@pytest.mark.parametrize("slug", SCENES.slugs)
def test_fifty_boxes_below_all_hits_change_no_definition(slug: str) -> None:
    scene = SCENES[slug].scene
    found = match(scene, 0.5)
    before = averages(curve_of(found))
    last = float(scene.scores[found.truth >= 0].min())
    for score, solved in ((last - 0.01, True), (1.0, False)):
        more = crowded(scene, score)
        assert len(more.scores) == len(scene.scores) + CROWD
        assert agreement(more.detections[-CROWD:], scene.truths).max() < 0.3
        after = averages(curve_of(match(more, 0.5)))
        state = unharmed(before, after)
        assert state.solved is solved
        changes = [state.values[each] for each in DEFINITIONS.slugs]
        assert (
            changes == [0.0] * 5 if solved else all(one < 0 for one in changes if one is not None)
        )


def test_a_higher_average_may_have_fewer_hits() -> None:
    """Of H F H H F F H F F H the false alarms and the last hit are taken away."""
    start = Matcher(LARGE)
    assert fewer_right(Matcher(keep(LARGE, [0, 2, 3, 6])), start, 0.5, "coco").solved is True
    assert fewer_right(Matcher(keep(LARGE, [0, 2, 3, 6, 9])), start, 0.5, "coco").solved is False
    assert fewer_right(Matcher(keep(LARGE, [0, 2, 3])), start, 0.5, "coco").solved is False


def test_it_cannot_be_asked_of_other_truths_or_where_it_cannot_be_solved() -> None:
    start = Matcher(LARGE)
    easier = Scene(LARGE.truths[:4], LARGE.detections, LARGE.scores)
    assert fewer_right(Matcher(easier), start, 0.5, "coco").solved is None
    moved = Scene(LARGE.truths + 1, LARGE.detections, LARGE.scores)
    assert fewer_right(Matcher(moved), start, 0.5, "coco").solved is None
    perfect = Matcher(Scene(COINS, COINS, np.ones(24)))
    assert fewer_right(perfect, perfect, 0.5, "coco").solved is None
    nothing = Matcher(Scene(COINS))
    assert fewer_right(nothing, nothing, 0.5, "coco").solved is None


def test_without_truths_there_is_nothing_to_solve() -> None:
    nobody = Matcher(Scene())
    assert loose_and_tight(nobody, "coco").solved is None
    assert unharmed(averages(None), averages(None)).solved is None
    assert fewer_right(nobody, nobody, 0.5, "voc").solved is None
    assert len(crowded(Scene(), 0.5).scores) == CROWD
