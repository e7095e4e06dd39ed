"""Average precision against pycocotools, scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, average_precision_score, precision_recall_curve

from explainer.metrics.boxes.average_precision import (
    DEFINITIONS,
    RANGE,
    Curve,
    averages,
    curve_of,
    over_thresholds,
    pooled,
)
from explainer.metrics.boxes.matching import Matcher, match
from explainer.metrics.boxes.scene import EMPTY_PICTURE, SCENES, Scene
from tests.metrics.coco import evaluated, scenes

MEASURED = {"voc07": 0.597, "coco": 0.5955, "all": 0.5952, "step": 0.581, "trapezoid": 0.550}


def plain(curve: Curve | None) -> Curve:
    assert curve is not None
    return curve


@st.composite
def curves(draw: st.DrawFn, ties: bool = True) -> Curve:
    """Hits and false alarms with scores of tenths, or all scores different, and truths missed."""
    hits = np.array(draw(st.lists(st.booleans(), max_size=25)), dtype=bool)
    steps = draw(st.lists(st.integers(0 if ties else 1, 2), min_size=len(hits), max_size=len(hits)))
    truths = int(hits.sum()) + draw(st.integers(0, 5))
    return Curve.of(hits, -np.cumsum(steps) / 10.0, max(truths, 1))


def test_one_list_of_ten_has_five_averages() -> None:
    scene = SCENES["large"].scene
    found = averages(curve_of(match(scene, 0.5)))
    assert (len(scene.truths), len(scene.scores)) == (6, 10)
    for slug, wanted in MEASURED.items():
        assert found[slug] == pytest.approx(wanted, abs=0.0006)


@given(st.lists(scenes(), min_size=1, max_size=3))
def test_pictures_at_all_thresholds_are_those_of_pycocotools(pictures: list[Scene]) -> None:
    matchers = [Matcher(scene) for scene in pictures]
    oracle = evaluated(pictures, RANGE.tolist()).eval["precision"][:, :, 0, 0, 0].mean(axis=1)
    for threshold, wanted in zip(RANGE.tolist(), oracle.tolist(), strict=True):
        curve = pooled([matcher.at(threshold) for matcher in matchers])
        found = -1 if curve is None else DEFINITIONS["coco"](curve)
        assert found == pytest.approx(wanted, abs=1e-12)
    if len(pictures) == 1:
        spread = over_thresholds(matchers[0])
        np.testing.assert_allclose(-1 if spread is None else spread, oracle, atol=1e-12)


def test_a_picture_without_truth_costs_what_is_found_on_it() -> None:
    found, empty = (match(scene, 0.5) for scene in EMPTY_PICTURE)
    assert DEFINITIONS["coco"](plain(pooled([found, empty]))) == pytest.approx(0.5)
    assert DEFINITIONS["coco"](plain(pooled([found]))) == pytest.approx(1)


@given(curves())
def test_step_and_lines_are_those_of_scikit_learn(curve: Curve) -> None:
    """It does not know of truths that were missed, and so of a smaller recall."""
    if not curve.hits.any():
        assert DEFINITIONS["step"](curve) == DEFINITIONS["trapezoid"](curve) == 0
        return
    found = curve.hits.sum() / curve.truths
    step = average_precision_score(curve.hits, curve.scores)
    assert DEFINITIONS["step"](curve) == pytest.approx(found * step, abs=1e-12)
    precision, recall, __ = precision_recall_curve(curve.hits, curve.scores)
    lines = auc(recall, precision)
    assert DEFINITIONS["trapezoid"](curve) == pytest.approx(found * lines, abs=1e-12)


@given(curves())
def test_bars_are_the_means_that_the_challenges_took(curve: Curve) -> None:
    for slug, wanted in (("voc07", np.arange(11) / 10), ("coco", np.linspace(0, 1, 101))):
        best = [curve.precision[curve.recall >= recall].max(initial=0) for recall in wanted]
        assert DEFINITIONS[slug](curve) == pytest.approx(np.mean(best), abs=1e-12)


@given(curves())
def test_the_ceiling_is_never_below_the_step_and_bars_are_near_its_area(curve: Curve) -> None:
    found = {each.slug: each(curve) for each in DEFINITIONS}
    assert found["all"] >= found["step"] - 1e-12
    assert abs(found["voc07"] - found["all"]) <= 1 / 11 + 1e-12
    assert abs(found["coco"] - found["all"]) <= 1 / 101 + 1e-12
    assert all(-1e-12 <= value <= 1 + 1e-12 for value in found.values())


@given(curves(ties=False))
def test_lines_are_never_above_the_steps_without_ties(curve: Curve) -> None:
    assert DEFINITIONS["trapezoid"](curve) <= DEFINITIONS["step"](curve) + 1e-12


def test_lines_promise_too_much_where_scores_are_tied() -> None:
    """One hit alone, then nine hits among a hundred of one score."""
    hits = np.zeros(101, dtype=bool)
    hits[[0, *range(5, 95, 10)]] = True
    curve = Curve.of(hits, np.append(1.0, np.full(100, 0.5)), 10)
    assert DEFINITIONS["trapezoid"](curve) > 2 * DEFINITIONS["step"](curve)


@given(curves(), st.integers(1, 60))
def test_false_alarms_after_the_last_hit_cost_nothing_in_any_definition(
    curve: Curve, count: int
) -> None:
    last = int(np.flatnonzero(curve.hits).max(initial=-1)) + 1
    hits = np.append(curve.hits[:last], np.zeros(count, dtype=bool))
    lower = curve.scores[:last].min(initial=1.0) - 0.1
    longer = Curve.of(hits, np.append(curve.scores[:last], np.full(count, lower)), curve.truths)
    shorter = Curve.of(hits[:last], curve.scores[:last], curve.truths)
    for each in DEFINITIONS:
        assert each(longer) == pytest.approx(each(shorter), abs=1e-12)


def test_without_truths_there_is_no_average_and_without_detections_it_is_nothing() -> None:
    box = np.array([[0, 0, 5, 5]])
    alone = Matcher(Scene(detections=box, scores=np.ones(1)))
    assert set(averages(curve_of(alone.at(0.5))).values()) == {None}
    assert over_thresholds(alone) is None
    assert pooled([alone.at(0.5)]) is None
    missed = averages(curve_of(match(Scene(box), 0.5)))
    assert set(missed.values()) == {0.0}
    with pytest.raises(ValueError, match="recall"):
        Curve.of(np.ones(1, dtype=bool), np.ones(1), 0)


def test_on_the_coffee_photo_one_list_has_two_averages() -> None:
    matcher = Matcher(SCENES["coffee"].scene)
    found = [averages(curve_of(matcher.at(0.5, rule)))["coco"] for rule in ("coco", "voc")]
    np.testing.assert_allclose(np.array(found, dtype=float), [0.66, 0.50], atol=0.005)


@pytest.mark.slow
def test_torchmetrics_agrees_on_the_scenes() -> None:
    """It takes seconds to import."""
    import torch
    from torchmetrics.detection import MeanAveragePrecision

    for example in SCENES:
        scene = example.scene
        metric = MeanAveragePrecision(backend="pycocotools")
        labels = [
            torch.zeros(len(rows), dtype=torch.int64) for rows in (scene.scores, scene.truths)
        ]
        metric.update(
            [{"boxes": torch.tensor(scene.detections), "scores": torch.tensor(scene.scores),
              "labels": labels[0]}],
            [{"boxes": torch.tensor(scene.truths), "labels": labels[1]}],
        )  # fmt: skip
        found = metric.compute()
        spread = over_thresholds(Matcher(scene))
        assert spread is not None
        assert float(found["map"]) == pytest.approx(spread.mean(), abs=1e-6)
        assert float(found["map_50"]) == pytest.approx(spread[0], abs=1e-6)
