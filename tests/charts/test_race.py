"""The curves of a race: right numbers, bounded size, and what happened marked on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explainer.charts.race import (
    ACCURACY,
    LOSS,
    TRAINING,
    VALIDATION,
    Curve,
    Measure,
    curves_of,
    marks_of,
    old_course_of,
    pairs,
    penalty,
    usual_most,
)
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Fork, Snapshot
from explainer.training.recipe.recipe import Recipe, with_value
from explainer.training.task import CLASSIFICATION, TASKS
from explainer.words import PSEUDO, gettext, spoken


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Two recipes, two seeds, 60 steps; the learning rate of the second is turned at step 30."""
    data = prepare(load("moons"), Split(train_size=40))
    base = with_value(with_value(Recipe(), "kind", "mlp"), "steps", 60)
    race = Race((base, with_value(base, "learning_rate", 0.01)), data, seeds=(0, 1))
    race.step(30)
    while race.has_work:
        race.run_slice(0.05)
    race.set_learning_rate(1, 0.02)
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    return race.snapshot


def curve(snapshot: Snapshot, measure: Measure, part: str = VALIDATION, **options: float) -> Curve:
    """The curve of the first recipe."""
    found = curves_of(snapshot, measure, **options)  # type: ignore[arg-type]
    return next(one for one in found if one.recipe == 0 and one.part == part)


def test_the_median_of_two_seeds_is_their_mean_and_the_band_their_range(
    snapshot: Snapshot,
) -> None:
    first, second = snapshot.of_recipe(0)
    last = [100 * run.curves.validation_measure[-1] for run in (first, second)]
    step, low, median, high = curve(snapshot, ACCURACY).values[:, -1]
    assert step == first.curves.step[-1]
    np.testing.assert_allclose(median, np.mean(last), rtol=1e-6)
    np.testing.assert_allclose([low, high], sorted(last), rtol=1e-6)


def test_every_recipe_has_both_parts(snapshot: Snapshot) -> None:
    curves = curves_of(snapshot, LOSS)
    assert [(one.recipe, one.part) for one in curves] == [
        (recipe, part) for recipe in (0, 1) for part in (VALIDATION, TRAINING)
    ]
    few = curves_of(snapshot, LOSS, points=5)
    assert {one.values.shape for one in few} == {(4, 5)}
    assert few[0].values[0, -1] == curves[0].values[0, -1]


def test_smoothing_by_a_half_takes_the_mean_with_what_came_before(snapshot: Snapshot) -> None:
    plain = curve(snapshot, LOSS).values[2]
    smooth = curve(snapshot, LOSS, smoothing=0.5).values[2]
    assert smooth[0] == plain[0]
    assert smooth[1] == pytest.approx((plain[0] + plain[1]) / 2, rel=1e-5)
    assert smooth[2] == pytest.approx((smooth[1] + plain[2]) / 2, rel=1e-5)


def test_the_penalty_is_a_curve_of_its_own_and_nothing_without_one(snapshot: Snapshot) -> None:
    curves = curves_of(snapshot, penalty(CLASSIFICATION))
    assert {one.part for one in curves} == {TRAINING}
    assert max(one.values[1:].max() for one in curves) == 0


@pytest.mark.parametrize(
    "measure", {one for pair in pairs(CLASSIFICATION) for one in pair.measures}
)
def test_every_measure_has_points_of_single_precision(snapshot: Snapshot, measure: Measure) -> None:
    for one in curves_of(snapshot, measure):
        assert one.values.dtype == np.float32
        assert one.values.shape[1] > 2
        assert (np.diff(one.values[0]) > 0).all()


def test_a_change_made_while_it_ran_is_marked_at_its_step(snapshot: Snapshot) -> None:
    (recipe, step, text) = next(one for one in marks_of(snapshot) if "0.02" in one[2])
    assert (recipe, step) == (1, 30)
    assert "learning rate" in text.lower()


def test_on_numbers_the_curves_are_of_the_loss_by_its_name_and_of_the_error() -> None:
    for task in TASKS:
        if task.measure.percent:
            continue
        found = pairs(task)
        assert found.slugs == pairs(CLASSIFICATION).slugs
        loss, error = found["loss-accuracy"].measures
        assert loss.title == f"loss, without penalty ({task.unit})"
        assert (error.title, error.scale) == ("mean absolute error (lower is better)", 1.0)
        assert dict(error.columns)["validation"] == "validation_measure"
        assert not any("nats" in one.title for pair in found for one in pair.measures)
    with spoken(PSEUDO):
        assert gettext(loss.title) == "⟦loss, without penalty (⟦Huber's loss⟧)⟧"
    assert LOSS.title == "loss, without penalty (nats)"
    assert ACCURACY.title == "accuracy (%)"


def shortened(snapshot: Snapshot, most: int) -> Snapshot:
    """The snapshot as it was after so many measurements."""
    runs = [
        replace(
            run,
            curves=replace(
                run.curves,
                step=run.curves.step[:most],
                validation_loss=run.curves.validation_loss[:most],
            ),
        )
        for run in snapshot.runs
    ]
    return replace(snapshot, runs=tuple(runs))


def test_the_axis_of_a_loss_ends_at_twice_what_it_began_with_and_then_where_recipes_part(
    snapshot: Snapshot,
) -> None:
    curves = [run.curves for run in snapshot.runs]
    starts = max(one.validation_loss[0] for one in curves)
    # Steps are measured closely at first: half of the measurements is far from half of the race.
    later = max(one.validation_loss[one.step >= one.step[-1] / 2].max() for one in curves)
    assert later < starts
    assert usual_most(snapshot) == pytest.approx(2 * later)
    assert usual_most(shortened(snapshot, 3)) == pytest.approx(2 * starts)


def test_the_old_course_of_a_branch_goes_on_from_the_fork(snapshot: Snapshot) -> None:
    """The second recipe goes on from the old first one, and nothing from the old second one."""
    assert old_course_of(snapshot, LOSS) == []
    fork = Fork(31, (0, 0), snapshot.recipes, snapshot.runs)
    before = curve(snapshot, LOSS, TRAINING).values
    found = old_course_of(replace(snapshot, fork=fork), LOSS)
    assert [(one.recipe, one.part) for one in found] == [(0, VALIDATION), (0, TRAINING)]
    after = found[1].values
    assert after[0, 0] == max(step for step in before[0] if step <= 31)
    np.testing.assert_array_equal(after, before[:, -after.shape[1] :])
