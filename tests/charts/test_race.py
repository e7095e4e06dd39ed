"""The curves of a race: right numbers, bounded size, and what happened marked on them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from explainer.charts.race import (
    ACCURACY,
    LOSS,
    PAIRS,
    PENALTY,
    Measure,
    curve_points,
    curve_spec,
    usual_most,
)
from explainer.charts.theme import THEMES, Theme
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.race import Race
from explainer.training.recipe import Recipe, with_value
from explainer.training.snapshot import Snapshot


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


def rows_of(snapshot: Snapshot, measure: Measure, **options: float) -> pd.DataFrame:
    """The points as a data frame of plain texts and numbers."""
    found: pd.DataFrame = curve_points(snapshot, measure, **options).to_pandas()  # type: ignore[arg-type]
    return found.astype({"recipe": str, "part": str, "text": str})


def test_the_median_of_two_seeds_is_their_mean_and_the_band_their_range(
    snapshot: Snapshot,
) -> None:
    points = rows_of(snapshot, ACCURACY)
    rows = points[(points.recipe == "0") & (points.part == "validation")]
    first, second = snapshot.of_recipe(0)
    last = [100 * run.curves.validation_accuracy[-1] for run in (first, second)]
    final = rows.iloc[-1]
    assert final.step == first.curves.step[-1]
    np.testing.assert_allclose(final["median"], np.mean(last), rtol=1e-6)
    np.testing.assert_allclose([final.low, final.high], sorted(last), rtol=1e-6)


def test_every_recipe_has_both_parts(snapshot: Snapshot) -> None:
    points = rows_of(snapshot, LOSS)
    curves = points[points.part != "mark"]
    assert set(zip(curves.recipe, curves.part, strict=True)) == {
        (recipe, part) for recipe in ("0", "1") for part in ("validation", "training")
    }
    few = rows_of(snapshot, LOSS, points=5)
    few = few[few.part != "mark"]
    assert set(few.groupby(["recipe", "part"]).size()) == {5}
    assert few.step.max() == curves.step.max()


def test_smoothing_by_a_half_takes_the_mean_with_what_came_before(snapshot: Snapshot) -> None:
    def validation(smoothing: float) -> list[float]:
        rows = rows_of(snapshot, LOSS, smoothing=smoothing)
        found = rows[(rows.recipe == "0") & (rows.part == "validation")]
        return [float(value) for value in found["median"]]

    plain, smooth = validation(0.0), validation(0.5)
    assert smooth[0] == plain[0]
    assert smooth[1] == pytest.approx((plain[0] + plain[1]) / 2, rel=1e-5)
    assert smooth[2] == pytest.approx((smooth[1] + plain[2]) / 2, rel=1e-5)


def test_the_penalty_is_a_curve_of_its_own_and_nothing_without_one(snapshot: Snapshot) -> None:
    points = rows_of(snapshot, PENALTY)
    assert set(points[points.part != "mark"].part) == {"training"}
    assert points[points.part != "mark"]["median"].max() == 0


@pytest.mark.parametrize("measure", {one for pair in PAIRS.values() for one in pair})
def test_every_measure_has_points_and_a_specification(snapshot: Snapshot, measure: Measure) -> None:
    assert len(curve_points(snapshot, measure))
    assert measure.title in str(curve_spec(THEMES["light"], measure, logarithmic=True))


def test_a_change_made_while_it_ran_is_marked_at_its_step(snapshot: Snapshot) -> None:
    points = rows_of(snapshot, LOSS)
    marks = points[(points.part == "mark") & (points.recipe == "1")]
    assert 30 in marks.step.tolist()
    assert any("0.02" in text for text in marks.text)


def test_what_soars_is_drawn_at_the_edge(snapshot: Snapshot) -> None:
    most = 0.1
    assert rows_of(snapshot, LOSS, most=most)["high"].max() <= np.float32(most)
    assert math.isfinite(usual_most(snapshot))


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_specification_holds_no_data_and_every_colour(theme: Theme) -> None:
    spec = curve_spec(theme, LOSS)
    assert "data" not in spec
    assert "datasets" not in spec
    assert all(colour in str(spec) for colour in theme.categorical)
    assert curve_spec(theme, LOSS) is spec
