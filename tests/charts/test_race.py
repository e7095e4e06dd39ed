"""The curves of a race: right numbers, bounded size, and what happened marked on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explainer.charts.race import ACCURACY, LOSS, POINTS, curve_points, curve_spec, usual_most
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


def test_the_median_of_two_seeds_is_their_mean_and_the_band_their_range(
    snapshot: Snapshot,
) -> None:
    points = curve_points(snapshot, ACCURACY)
    rows = points[(points.recipe == "0") & (points.part == "validation")]
    first, second = snapshot.of_recipe(0)
    last = [100 * run.curves.validation_accuracy[-1] for run in (first, second)]
    final = rows.iloc[-1]
    assert final.step == first.curves.step[-1]
    np.testing.assert_allclose(final["median"], np.mean(last), rtol=1e-6)
    np.testing.assert_allclose([final.low, final.high], sorted(last), rtol=1e-6)


def test_every_recipe_has_both_parts(snapshot: Snapshot) -> None:
    points = curve_points(snapshot, LOSS)
    curves = points[points.part != "mark"]
    assert set(zip(curves.recipe, curves.part, strict=True)) == {
        (recipe, part) for recipe in ("0", "1") for part in ("validation", "training")
    }
    assert curves.groupby(["recipe", "part"]).size().max() <= POINTS


def test_a_change_made_while_it_ran_is_marked_at_its_step(snapshot: Snapshot) -> None:
    points = curve_points(snapshot, LOSS)
    marks = points[(points.part == "mark") & (points.recipe == "1")]
    assert 30 in marks.step.tolist()
    assert any("0.02" in text for text in marks.text)


def test_what_soars_is_drawn_at_the_edge(snapshot: Snapshot) -> None:
    most = 0.1
    assert curve_points(snapshot, LOSS, most=most)["high"].max() <= np.float32(most)
    assert math.isfinite(usual_most(snapshot))


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_specification_holds_no_data_and_every_colour(theme: Theme) -> None:
    spec = curve_spec(theme, LOSS)
    assert "data" not in spec
    assert "datasets" not in spec
    assert all(colour in str(spec) for colour in theme.categorical)
    assert curve_spec(theme, LOSS) is spec
