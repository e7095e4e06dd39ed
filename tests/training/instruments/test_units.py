from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from explainer.activations.registry import ACTIVATIONS, TRAINED
from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.units import greatest_slope, slopes, unit_shares
from explainer.training.recipe.recipe import Network, Recipe, Training

GREATEST = {
    "sigmoid": 0.25,
    "selu": 1.0507 * 1.6733,
    "gelu": 1.1289,
    "silu": 1.0998,
    "mish": 1.0885,
    "hardswish": 1.5,
}


@pytest.mark.parametrize("slug", [entry.slug for entry in TRAINED])
def test_the_greatest_slope_of_an_activation_is_the_known_one(slug: str) -> None:
    found = greatest_slope(ACTIVATIONS[slug].module())
    assert found == pytest.approx(GREATEST.get(slug, 1.0), rel=2e-2)


def test_slopes_are_those_of_the_formula() -> None:
    values = torch.linspace(-5, 5, 41)
    found = slopes(ACTIVATIONS["tanh"].module(), values)
    torch.testing.assert_close(found, 1 - torch.tanh(values) ** 2)
    assert not values.requires_grad


def with_biases(network: Network, data: Prepared, layer: str, *biases: float) -> Run:
    """A run whose layer has weights of 0 and these biases, so that every example gives the same."""
    run = Run(Recipe(network), 0, data)
    with torch.no_grad():
        run.model.get_parameter(f"{layer}.weight").zero_()
        run.model.get_parameter(f"{layer}.bias").copy_(torch.tensor(biases))
    return run


def test_a_relu_that_gives_0_for_all_examples_is_dead(moons: Prepared) -> None:
    run = with_biases(Network("mlp", 1, 4), moons, "dense1", -1, 0, 1, 2)
    (found,) = unit_shares(run)
    assert (found.layer, found.units, found.dead, found.saturated) == ("dense1", 4, 0.5, 0.5)


def test_a_map_is_dead_only_where_every_position_is_cut(digits: Prepared) -> None:
    run = with_biases(Network(channels=4), digits, "conv1", -1, -1, -1, 1)
    with torch.no_grad():  # the third map answers to ink, somewhere in some picture
        run.model.get_parameter("conv1.weight")[2, 0, 1, 1] = 5
    first, second = unit_shares(run)
    assert (first.layer, first.units, first.dead) == ("conv1", 4, 0.5)
    assert 0.5 < first.saturated < 0.75
    assert (second.layer, second.units) == ("conv2", 8)


@pytest.mark.parametrize(
    ("slug", "biases", "dead", "saturated"),
    [
        ("sigmoid", (0, 3, 7, 30), 0.25, 0.5),  # σ'(3) = 0.045, σ'(7) = 0.0009 < 0.0025
        ("tanh", (0, 2, 4, 30), 0.25, 0.5),  # tanh'(2) = 0.07, tanh'(4) = 0.0013 < 0.01
        ("leaky-relu", (-30, -1, 0, 1), 0, 0),
        ("gelu", (-9, 0, 1, 9), 0.25, 0.25),
        ("elu", (-30, -5, 0, 1), 0.25, 0.5),  # e^-5 = 0.0067
    ],
)
def test_flat_and_nearly_flat_places_of_other_activations(
    slug: str, biases: tuple[float, ...], dead: float, saturated: float, moons: Prepared
) -> None:
    network = Network("mlp", 1, 4, activation=slug)
    (found,) = unit_shares(with_biases(network, moons, "dense1", *biases))
    assert (found.dead, found.saturated) == (dead, saturated)


@pytest.mark.parametrize("slug", [entry.slug for entry in TRAINED])
def test_every_activation_can_be_looked_at(slug: str, digits: Prepared) -> None:
    network = Network(activation=slug, dense_layers=1, batch_norm=True)
    found = unit_shares(Run(Recipe(network), 0, digits), most=8)
    assert [one.layer for one in found] == ["conv1", "conv2", "dense1"]
    assert all(0 <= one.dead <= 1 and 0 <= one.saturated <= 1 for one in found)


def test_half_of_what_relu_sees_is_cut_when_training_begins(digits: Prepared) -> None:
    found = unit_shares(Run(Recipe(Network("mlp", 3, 256)), 0, digits))
    assert all(one.dead < 0.1 and 0.4 < one.saturated < 0.6 for one in found)


def test_a_rate_that_is_too_high_kills_units(
    few_digits: Prepared, trained: Callable[..., Run]
) -> None:
    wild = Recipe(Network("mlp", 1, 64), training=Training("sgd", 10.0))
    before, after = Run(wild, 0, few_digits), trained(wild, few_digits, 20)
    assert unit_shares(after)[0].dead > unit_shares(before)[0].dead + 0.2


def test_a_linear_model_has_no_units(moons: Prepared) -> None:
    assert unit_shares(Run(Recipe(Network("mlp", 0)), 0, moons)) == ()
