from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.weights import usual_reach, weigh
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

LINEAR = Recipe(Network("mlp", depth=0))


def linear(data: Prepared, *weights: float, seed: int = 0) -> Run:
    """A linear model on moons, four weights."""
    run = Run(LINEAR, seed, data)
    with torch.no_grad():
        run.model.get_parameter("out.weight").copy_(torch.tensor(weights).view(2, 2))
        run.model.get_parameter("out.bias").fill_(0.7)
    return run


def test_zeros_small_weights_and_the_length_are_counted_without_biases(moons: Prepared) -> None:
    (report,) = weigh([linear(moons, 0, 0.004, -3, 4)], recipes=1, epsilon=0.005)
    (layer,) = report.layers
    assert (layer.name, layer.count, layer.zeros, layer.below) == ("out", 4, 1, 2)
    assert layer.norm == pytest.approx(5, rel=1e-5)


def test_seeds_are_pooled_and_their_length_is_the_root_mean_square(moons: Prepared) -> None:
    runs = [linear(moons, 3, 4, 0, 0), linear(moons, 0, 0, 0, 1, seed=1), linear(moons, 1, 1, 1, 1)]
    runs.append(linear(moons, 2, 2, 2, 2))
    first, second = weigh(runs, recipes=2, epsilon=0.1, reach=5)
    assert (first.recipe, second.recipe) == (0, 1)
    assert (first.layers[0].count, first.layers[0].zeros) == (8, 5)
    assert first.layers[0].norm == pytest.approx(math.sqrt((25 + 1) / 2))
    assert first.counts.sum() == second.counts.sum() == 8


def test_outermost_bins_hold_what_lies_beyond_and_zeros_are_in_the_middle(moons: Prepared) -> None:
    (report,) = weigh([linear(moons, -7, 0, 0.9, 7)], recipes=1, epsilon=1e-3, reach=1, bins=5)
    assert report.counts.tolist() == [1, 0, 1, 0, 2]
    np.testing.assert_allclose(report.edges, [-1, -0.6, -0.2, 0.2, 0.6, 1], rtol=1e-6)


def test_the_histogram_is_that_of_numpy(digits: Prepared) -> None:
    run = Run(Recipe(), 0, digits)
    (report,) = weigh([run], recipes=1, epsilon=1e-3)
    tensors = [one for one in run.model.parameters() if one.dim() >= 2]
    values = torch.cat([one.detach().flatten() for one in tensors]).numpy()
    reach = float(report.edges[-1])
    expected, _ = np.histogram(np.clip(values, -reach, reach), report.edges)
    np.testing.assert_array_equal(report.counts, expected)
    assert [one.name for one in report.layers] == ["conv1", "conv2", "out"]
    assert report.layers[1].norm == pytest.approx(float(tensors[1].detach().norm()))


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=300))
def test_the_reach_is_the_smallest_round_number_with_room_for_999_of_1000(
    numbers: list[float],
) -> None:
    reach = usual_reach([np.array(numbers, np.float32)])
    sizes = np.abs(np.array(numbers, np.float32))
    bound = float(np.percentile(sizes, 99.9, method="inverted_cdf"))  # compared in double precision
    ladder = [float(f"{factor}e{power}") for power in range(-50, 5) for factor in (1, 2, 5)]
    tolerant = [one for one in ladder if one * (1 + 1e-6) >= bound]
    assert reach == (1.0 if bound == 0 else min(tolerant))


def test_a_few_giants_do_not_stretch_the_axis() -> None:
    values = np.full(10_000, 0.03, np.float32)
    values[:9] = 40
    assert usual_reach([values]) == 0.05
    values[:11] = 40
    assert usual_reach([values]) == 50


def test_weights_of_a_run_that_diverged_can_be_weighed(moons: Prepared) -> None:
    (report,) = weigh([linear(moons, math.nan, math.inf, 1e30, -0.5)], recipes=1, epsilon=1e-3)
    assert report.counts.sum() == 3
    assert report.layers[0].count == 4
    assert math.isnan(report.layers[0].norm)
    (zero,) = weigh([linear(moons, 0, 0, 0, 0)], recipes=1, epsilon=1e-3)
    assert (zero.edges[-1], zero.counts[30], zero.layers[0].zeros) == (1, 4, 4)


def test_the_proximal_step_of_l1_shows_in_the_middle_bin(
    few_digits: Prepared, trained: Callable[..., Run]
) -> None:
    training = Training("sgd", 0.1, steps=60)
    sparse = Recipe(Network("mlp", 1, 32), Regularisation(l1_proximal=5e-3), training)
    runs = [trained(one, few_digits, 60) for one in (Recipe(sparse.network), sparse)]
    plain, held = weigh(runs, recipes=2, epsilon=1e-4)
    assert sum(one.zeros for one in held.layers) > 100 > sum(one.zeros for one in plain.layers)
    assert held.counts[30] > 2 * plain.counts[30]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"epsilon": 0}, "epsilon is 0, but it is above 0"),
        ({"reach": 0.0}, "reach is 0.0, but it is above 0 and finite"),
        ({"reach": math.inf}, "reach is inf"),
        ({"bins": 60}, "bins is 60, but it is odd"),
        ({"recipes": 2}, "1 runs cannot be as many for each of 2 recipes"),
        ({"recipes": 0}, "1 runs cannot be as many for each of 0 recipes"),
    ],
)
def test_what_is_out_of_bounds_is_one_sentence(
    wrong: dict[str, Any], sentence: str, moons: Prepared
) -> None:
    arguments: dict[str, Any] = {"recipes": 1, "epsilon": 1e-3, **wrong}
    with pytest.raises(ValueError, match=sentence):
        weigh([linear(moons, 1, 2, 3, 4)], **arguments)


def test_one_recipe_that_blew_up_does_not_stretch_the_axis_of_the_others() -> None:
    usual = [np.full(100, 0.4, np.float32), np.full(100, 0.7, np.float32)]
    assert usual_reach([*usual, np.full(100, 1e5, np.float32)]) == 1.0
    assert usual_reach([np.full(3, 1e5, np.float32)]) == 1e5
