"""Every story of the race through depth, shortened, held to what it says."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from explainer.gradients.depth.races import RACES
from explainer.gradients.depth.strips import arrivals, ratio
from explainer.training.measurement.snapshot import RunView, Snapshot, Status
from tests.gradients.depth.racing import raced

GUESSING = 0.2


@cache
def run(slug: str, steps: int, seeds: int = 1, first: int = 0) -> Snapshot:
    """The story's race, with so many steps and seeds, from `first` on."""
    recipes = [
        replace(one, training=replace(one.training, steps=steps)) for one in RACES[slug].recipes
    ]
    return raced(recipes, seeds, first=first)


def right(view: RunView) -> float:
    """The share of validation examples that were answered rightly at the end."""
    return float(view.curves.validation_measure[-1])


def lengths(view: RunView, row: int = 1) -> np.ndarray:
    """The gradient's length at each layer, at the first step."""
    return np.asarray(view.curves.layers.gradient_norm[row], np.float64)


def test_titles_are_unique_and_stories_are_whole() -> None:
    assert len({race.title for race in RACES}) == len(RACES)
    for race in RACES:
        assert race.watch.endswith((".", "?"))
        assert race.why.endswith(".")


def test_two_sigmoid_layers_learn_four_and_ten_do_not() -> None:
    two, four, ten = run("ten-sigmoids", 300).runs
    assert right(two) > 0.8
    assert max(right(four), right(ten)) < GUESSING
    assert 1 / 200 < lengths(four)[0] / lengths(four)[-1] < 1 / 50
    assert lengths(ten)[0] / lengths(ten)[-1] < 1e-5


def test_tanh_and_relu_get_their_gradient_down_ten_layers() -> None:
    sigmoid, tanh, relu = run("relu", 250).runs
    for view in (tanh, relu):
        assert 0.3 < lengths(view)[0] / lengths(view)[-2] < 3
        assert right(view) > 0.75
    assert lengths(sigmoid)[0] / lengths(sigmoid)[-2] < 1e-5
    assert right(sigmoid) < GUESSING


@pytest.mark.slow
def test_he_learns_where_xavier_is_too_small_for_relu() -> None:
    xavier, he = run("xavier-or-he", 500).runs
    assert right(xavier) < GUESSING < 0.35 < right(he)
    assert lengths(xavier)[0] < 1e-3 < 0.1 < lengths(he)[0]


def test_batch_norm_lets_ten_sigmoid_layers_learn() -> None:
    plain, normed = run("batch-norm", 150).runs
    assert right(plain) < GUESSING
    assert right(normed) > 0.8
    assert 0.3 < lengths(normed)[0] / lengths(normed)[-1] < 3


@pytest.mark.slow
def test_skips_help_although_no_gradient_vanishes_and_orthogonal_weights_help_as_much() -> None:
    race = run("skips", 200, 2, first=3)
    for plain, skips, orthogonal in zip(*map(race.of_recipe, range(3)), strict=True):
        for view in (plain, orthogonal):
            assert 0.3 < lengths(view)[0] / lengths(view)[-2] < 3
        assert lengths(skips)[0] > 0.1
        assert 0.25 < right(plain) < 0.75
        assert min(right(skips), right(orthogonal)) > 0.85


@pytest.mark.slow
def test_weights_above_the_edge_explode_and_clipping_saves_them() -> None:
    wild, *clipped, he = run("exploding", 300).runs
    assert wild.status is Status.DIVERGED
    assert wild.step == 2
    assert "At step 2" in wild.explanation
    excess = 0.22 / math.sqrt(2 / 64)
    assert excess == pytest.approx(1.245, abs=5e-4)
    assert excess**20 == pytest.approx(79, abs=1)
    assert 0.5 < wild.curves.train_loss[0] / (100 * math.log(10)) < 2
    for view in clipped:
        assert view.status is Status.FINISHED
        assert view.curves.train_measure[-1] > 0.3
        assert right(he) > right(view) + 0.2


def test_neither_relu_nor_tanh_is_twice_as_fast_here() -> None:
    relu, tanh = arrivals(run("relu-or-tanh", 120, 3), 0.25)
    found = ratio(tanh, relu)
    assert found is not None
    assert found.pairs == 3
    assert 0.5 < found.least <= found.most < 2
