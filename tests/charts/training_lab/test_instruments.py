"""The instruments' charts: the numbers that were measured, on specifications without data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainer.charts.colour import colour_table
from explainer.charts.montage import (
    example_picture,
    kernel_picture,
    reach_of,
    tiles,
)
from explainer.charts.theme import DARK, LIGHT, THEMES, Theme, centred
from explainer.charts.training_lab.answers import (
    PICTURE_SIDE,
    boundary_picture,
    confusion_points,
    confusion_spec,
    target_reach,
)
from explainer.charts.training_lab.dropped_units import dropped_picture
from explainer.charts.training_lab.layers import (
    LAYER_MEASURES,
    UPDATE,
    layer_history,
    layer_history_spec,
    layer_points,
    layer_spec,
    layer_title,
    unit_points,
    unit_spec,
)
from explainer.charts.training_lab.targets import (
    fit_points,
    fit_reach,
    fit_spec,
    told_points,
    told_reach,
    told_spec,
)
from explainer.charts.training_lab.verdict import verdict_points, verdict_spec
from explainer.charts.training_lab.weights import (
    histogram_points,
    histogram_spec,
    pruning_points,
    pruning_spec,
)
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.instruments.boundary import Boundary, boundary
from explainer.training.instruments.errors import Errors
from explainer.training.instruments.fit import Fit
from explainer.training.instruments.mistakes import answers
from explainer.training.instruments.next_step import Dropped
from explainer.training.instruments.pruning import SHARES, prune
from explainer.training.instruments.questions import QUESTIONS
from explainer.training.instruments.units import unit_shares
from explainer.training.instruments.verdict import verdicts
from explainer.training.instruments.weights import weigh
from explainer.training.recipe.recipe import Recipe, with_value

SPECS = [
    lambda theme: verdict_spec(theme, "points", 3, known=True),
    lambda theme: verdict_spec(theme, "points", 3, known=False),
    lambda theme: histogram_spec(theme, zeros=True),
    lambda theme: pruning_spec(theme, "accuracy"),
    lambda theme: told_spec(theme, 1.0),
    lambda theme: fit_spec(theme, 1.0),
    lambda theme: layer_spec(theme, UPDATE),
    lambda theme: layer_history_spec(theme, UPDATE, ("conv1", "out")),
    lambda theme: unit_spec(theme, "dead", "dead units (%)"),
    lambda theme: confusion_spec(theme, 10),
]


@pytest.fixture(scope="module")
def race() -> Race:
    """Two recipes, two seeds, 60 steps on moons; the second has L1 by the proximal step."""
    data = prepare(load("moons"), Split(train_size=60))
    base = with_value(with_value(Recipe(), "kind", "mlp"), "steps", 60)
    race = Race((base, with_value(base, "l1_proximal", 0.05)), data, seeds=(0, 1))
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    return race


def asked(race: Race, question: Any) -> Any:
    """What the race answers."""
    answer = race.ask(question)
    race.run_slice(0)
    return answer.result(timeout=60)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("make", SPECS)
def test_a_specification_holds_no_data_and_is_made_once(make: Any, theme: Theme) -> None:
    spec = make(theme)
    assert "data" not in str(spec).replace("'datum", "")
    assert make(theme) is spec


def test_the_verdict_has_a_tick_for_each_seed_and_an_interval_around_the_mean(race: Race) -> None:
    found = verdicts(race.snapshot, QUESTIONS.entries[0])
    points: pd.DataFrame = verdict_points(
        found, ["Plain", "L1"], race.snapshot.seeds, 100.0
    ).to_pandas()
    assert points.part.tolist() == ["seed", "seed", "mean"]
    assert points.word.tolist()[:2] == [f"seed {seed}" for seed in race.snapshot.seeds]
    ticks, mean = points.value[:2], points.iloc[2]
    assert mean.value == pytest.approx(ticks.mean())
    assert mean.low <= mean.value <= mean.high
    assert set(points.name) == {"2. L1"}


def test_the_names_of_the_verdict_stand_beside_their_rows_and_no_number_is_cut() -> None:
    spec = verdict_spec(THEMES["light"], "points", 3, known=True)
    names = [one["encoding"]["y"]["axis"] for one in spec["layer"] if "y" in one["encoding"]]
    assert all(axis["labelFlush"] is False for axis in names)
    (numbers,) = (x for one in spec["layer"] if "axis" in (x := one["encoding"]["x"]))
    assert numbers["axis"]["labelBound"] is True
    assert numbers["scale"] == {"padding": 20, "nice": False}


def test_the_histogram_counts_every_weight_of_every_recipe(race: Race) -> None:
    reports = asked(race, lambda runs: weigh(runs, recipes=2, epsilon=1e-3))
    points: pd.DataFrame = histogram_points(reports).to_pandas()
    totals = points.astype({"recipe": str}).groupby("recipe")["count"].sum()
    assert totals.tolist() == [sum(one.count for one in report.layers) for report in reports]
    assert points.shown.min() > 0
    zeros = [sum(layer.zeros for layer in report.layers) for report in reports]
    assert points[points.exact]["count"].tolist() == zeros, "exactly 0 has a row of its own"
    assert points["count"].min() >= 0


def test_pruning_nothing_is_the_accuracy_itself_and_one_share_is_marked(race: Race) -> None:
    curves = asked(race, lambda runs: [[prune(runs[0]), prune(runs[1])], [prune(runs[2])]])
    points = pruning_points(curves, 0.5)
    first = points[(points.recipe == "0") & (points.share == 0)].iloc[0]
    accuracies = [run.last.validation_measure for run in race.snapshot.of_recipe(0) if run.last]
    assert first["median"] == pytest.approx(100 * np.mean(accuracies))
    assert (first.low, first.high) == pytest.approx(tuple(100 * one for one in sorted(accuracies)))
    assert points[points.marked].share.tolist() == [50.0, 50.0]
    assert len(points) == 2 * len(SHARES)


@pytest.mark.parametrize("measure", LAYER_MEASURES, ids=lambda measure: measure.slug)
def test_every_layer_has_a_point_and_a_history(race: Race, measure: Any) -> None:
    names = race.snapshot.runs[0].curves.layers.names
    points: pd.DataFrame = layer_points(race.snapshot, measure).to_pandas()
    assert points[points.recipe == "0"].layer.tolist() == list(map(layer_title, names))
    assert (points.low <= points["median"]).all()
    history: pd.DataFrame = layer_history(race.snapshot.runs[0], measure).to_pandas()
    assert set(history.layer) == set(map(layer_title, names))
    assert history.step.max() == 60


def test_units_come_in_percent(race: Race) -> None:
    shares = asked(race, lambda runs: [unit_shares(runs[0]), unit_shares(runs[2])])
    points: pd.DataFrame = unit_points(shares).to_pandas()
    assert set(points.recipe) == {"0", "1"}
    assert points.dead.between(0, 100).all()
    assert (points.saturated >= points.dead - 1e-9).all()


def test_the_confusion_matrix_adds_up_to_the_examples(race: Race) -> None:
    found = asked(race, lambda runs: answers(runs[0]))
    points: pd.DataFrame = confusion_points(found).to_pandas()
    assert points["count"].sum() == len(found.labels)
    right = points[points.right]["count"].sum() / len(found.labels)
    last = race.snapshot.runs[0].last
    assert last is not None
    assert right == pytest.approx(last.validation_measure)


def test_the_boundary_shows_the_colour_of_the_class_that_is_seen(race: Race) -> None:
    found = asked(race, lambda runs: boundary(runs[0], side=16))
    picture = boundary_picture(found, LIGHT)
    assert picture.shape == (PICTURE_SIDE, PICTURE_SIDE, 3)
    blue, red = picture[..., 2], picture[..., 0]
    likes_first = found.answers[..., 0] > 0.95
    rows, columns = (np.flatnonzero(likes_first.any(axis=axis)) for axis in (1, 0))
    assert len(rows)
    assert len(columns)
    corner = np.argwhere(likes_first)[0] * PICTURE_SIDE // 16 + PICTURE_SIDE // 32
    assert red[tuple(corner)] > blue[tuple(corner)], "classes are gold, then purple"


def test_a_flat_boundary_has_a_colour_a_class_and_test_points_are_drawn_on_request(
    race: Race,
) -> None:
    found = asked(race, lambda runs: boundary(runs[0], side=16))
    none = np.empty((0, 2), np.float32), np.empty(0, np.int64)
    bare = replace(
        found, train_points=none[0], train_labels=none[1], validation_points=none[0],
        validation_labels=none[1],
    )  # fmt: skip
    flat = boundary_picture(bare, LIGHT, flat=True)
    colours = np.unique(flat.reshape(-1, 3), axis=0)
    assert len(colours) == found.answers.shape[2]
    assert len(np.unique(boundary_picture(bare, LIGHT).reshape(-1, 3), axis=0)) > len(colours)
    gold = flat[..., 0].astype(int) > flat[..., 2]  # the first class
    share = found.answers.argmax(2)
    assert gold.mean() == pytest.approx((share == 0).mean(), abs=0.03)
    assert len(found.test_points)
    assert (boundary_picture(bare, LIGHT, flat=True, test=True) != flat).any()


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_numbers_and_targets_over_the_plane_have_one_scale(theme: Theme) -> None:
    points = np.array([[-0.5, -0.5], [0.5, 0.5]], np.float32)
    low, high, zero = (colour_table(centred(theme))[place, 0] for place in (0, 255, 128))
    targets = np.array([[-2.0], [2.0]], np.float32)
    plane = np.zeros((16, 16, 1), np.float32)
    plane[:8] = 50.0  # far beyond the targets
    held = points[:1], targets[:1]
    found = Boundary(plane, (-1.0, 1.0), (-1.0, 1.0), points, targets, *held, *held)
    assert target_reach(found) == pytest.approx(2, rel=0.02)
    picture = boundary_picture(found, theme)
    upper, lower = picture[8, 8].astype(int), picture[-8, 8].astype(int)
    assert np.abs(upper - high).max() <= 1
    assert np.abs(lower - zero).max() <= 8
    at = [int(PICTURE_SIDE * share) for share in (0.25, 0.75)]
    assert np.abs(picture[at[1], at[0]].astype(int) - low).max() <= 4
    assert np.abs(picture[at[0], at[1]].astype(int) - high).max() <= 4


def test_what_was_told_stands_beside_its_target_and_beyond_the_axis_at_its_edge() -> None:
    targets = np.array([[1.0], [-0.5]], np.float32)
    found = Errors(targets, targets, 3 * targets)
    points: pd.DataFrame = told_points(found, 1).to_pandas()
    assert points.recipe.tolist() == ["1", "1"]
    assert points.target.tolist() == [1.0, -0.5]
    assert points.output.tolist() == [3.0, -1.5]
    assert points.error.tolist() == [2.0, 1.0]
    assert told_reach(found) == pytest.approx(1.1)
    spec = told_spec(LIGHT, 1.1)
    assert spec["layer"][1]["encoding"]["y"]["scale"] == {
        "clamp": True, "domain": [-1.1, 1.1], "nice": False
    }  # fmt: skip


def test_the_curves_of_all_recipes_stand_among_the_examples_once() -> None:
    curve = np.array([[0.0, 1.0], [1.0, 9.0]], np.float32)
    one = Fit(curve, np.array([[0.5, 2.0]], np.float32), np.array([[0.6, -4.0]], np.float32))
    points: pd.DataFrame = fit_points([one, one]).to_pandas()
    assert points.recipe.tolist() == ["0", "0", "1", "1", "", ""]
    assert points.part.tolist() == ["curve"] * 4 + ["training", "validation"]
    assert fit_reach([one, one]) == pytest.approx(4.4)


def test_a_curve_that_broke_down_stays_where_a_browser_can_draw_it() -> None:
    told = np.array([[0, 1e35], [1, -np.inf], [2, np.nan], [3, 2]], np.float32)
    examples = np.array([[0, 4]], np.float32)
    points: pd.DataFrame = fit_points([Fit(told, examples, examples)]).to_pandas()
    values = points.y[points.part == "curve"].to_numpy()
    np.testing.assert_allclose(values, [4400, -4400, np.nan, 2], rtol=1e-6)


def test_dropped_cells_have_the_one_colour_that_says_so() -> None:
    kept = np.array([[True, False], [False, True]])
    values = np.array([[0.0, 3.0], [1.0, 1.0]], np.float32)
    picture = dropped_picture(Dropped("dense1", "units", kept, values), DARK)
    orange = [int(DARK.categorical[1][i : i + 2], 16) for i in (1, 3, 5)]
    assert (picture == orange).all(axis=2).tolist() == [[False, True], [True, False]]


def test_tiles_lie_in_rows_with_the_page_between_them() -> None:
    red = np.full((2, 3, 3), (255, 0, 0), np.uint8)
    montage = tiles([red] * 3, LIGHT, columns=2)
    assert montage.shape == (5, 7, 3)
    assert (montage[:2, :3] == (255, 0, 0)).all()
    assert (montage[2] == 255).all()
    assert (montage[3:, 4:] == 255).all()


def test_a_kernel_of_one_channel_is_quiet_at_zero_and_of_three_grey() -> None:
    one = kernel_picture(np.zeros((3, 3, 1)), 1.0, LIGHT)
    assert (one >= 252).all()
    three = kernel_picture(np.array([[[1.0, 0.0, -1.0]]]), 1.0, LIGHT)
    assert three[0, 0].tolist() == [255, 128, 0]


def test_one_network_that_blew_up_does_not_take_the_colour_from_the_others() -> None:
    usual = [np.full((4, 3, 3, 1), 0.5), np.full((4, 3, 3, 1), 1.0)]
    assert reach_of([*usual, np.full((4, 3, 3, 1), 1e6)]) == 1.0
    assert reach_of([np.zeros((1, 3, 3, 1))]) == 1.0


def test_examples_of_one_channel_become_codes_of_three() -> None:
    codes = example_picture(np.array([[[0.0], [1.0]]]))
    assert codes.tolist() == [[[0, 0, 0], [255, 255, 255]]]
