"""What regularisation does, as directions over seeds, on real digits."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import RunView
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

SEEDS = (0, 1, 2)
MLP = Network(kind="mlp", depth=1, width=64)


def outcomes(data: Prepared, *recipes: Recipe) -> list[tuple[RunView, ...]]:
    """The finished runs of each recipe."""
    race = Race(recipes, data, seeds=SEEDS, device=device("cpu"))
    race.play()
    while race.has_work:
        race.run_slice(0.2)
    snapshot = race.snapshot
    race.close()
    return [snapshot.of_recipe(index) for index in range(len(recipes))]


def last(runs: tuple[RunView, ...], name: str) -> list[float]:
    return [getattr(run.last, name) for run in runs]


def mean_gap(runs: tuple[RunView, ...]) -> float:
    """Training minus validation accuracy at the end, the mean over the seeds."""
    train, validation = last(runs, "train_measure"), last(runs, "validation_measure")
    return statistics.mean(train) - statistics.mean(validation)


def test_only_the_proximal_step_of_l1_gives_exact_zeros_and_l2_shrinks(digits: Prepared) -> None:
    training = Training("sgd", 0.1, steps=800)
    held = (
        Regularisation(),
        Regularisation(l1_subgradient=3e-3),
        Regularisation(l1_proximal=3e-3),
        Regularisation(l2=3e-2),
    )
    plain, subgradient, proximal, l2 = outcomes(
        digits, *(Recipe(MLP, one, training) for one in held)
    )
    assert min(last(proximal, "zero_share")) > 0.3
    for runs in (plain, subgradient, l2):
        assert max(last(runs, "zero_share")) == 0
    for norm, shrunk in zip(last(plain, "weight_norm"), last(l2, "weight_norm"), strict=True):
        assert shrunk < 0.7 * norm


@pytest.mark.slow
def test_dropout_and_augmentation_narrow_the_gap_of_a_large_network_on_100_digits(
    few_digits: Prepared,
) -> None:
    network = Network(kind="mlp", depth=2, width=256)
    training = Training("momentum", 0.02, steps=500)
    turned = (step("rotation", degrees=15),)
    plain, dropout, augmented = outcomes(
        few_digits,
        Recipe(network, training=training),
        Recipe(network, Regularisation(dropout=0.5), training),
        Recipe(network, training=training, augmentation=turned),
    )
    assert mean_gap(plain) > 0.05
    assert mean_gap(dropout) < mean_gap(plain)
    assert mean_gap(augmented) < mean_gap(plain)


def test_a_regularised_run_loses_data_loss_on_the_training_part(digits: Prepared) -> None:
    training = Training("momentum", 0.05, steps=300)
    plain, held = outcomes(
        digits, Recipe(MLP, training=training), Recipe(MLP, Regularisation(l2=0.1), training)
    )
    for free, bound in zip(last(plain, "train_loss"), last(held, "train_loss"), strict=True):
        assert bound > free
    assert min(last(held, "penalty")) > 0
    assert last(plain, "penalty") == [0.0] * 3


def test_max_norm_holds_at_every_measurement(digits: Prepared) -> None:
    (runs,) = outcomes(
        digits, Recipe(MLP, Regularisation(max_norm=0.5), Training("momentum", 0.1, steps=200))
    )
    units = 64 + 10
    for run in runs:
        assert max(run.curves.weight_norm[1:]) <= 0.5 * units**0.5 + 1e-4


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam"])
def test_every_optimiser_learns_digits(optimiser: str, digits: Prepared) -> None:
    rate = {"sgd": 0.1, "adagrad": 0.03}.get(optimiser, 0.01)
    if optimiser in ("rmsprop", "adam"):
        rate = 0.002
    (runs,) = outcomes(digits, Recipe(MLP, training=Training(optimiser, rate, steps=250)))
    assert min(last(runs, "validation_measure")) > 0.85


@pytest.mark.parametrize("seed", [5, pytest.param(6, marks=pytest.mark.slow)])
def test_a_circle_is_one_straight_edge_in_the_squares_and_needs_a_layer_without(seed: int) -> None:
    circles = prepare(load("circles"), Split(seed=seed))
    training = Training("adam", 0.05, steps=400)
    linear = Network(kind="mlp", depth=0)
    plain, squares, layers = outcomes(
        circles,
        Recipe(linear, training=training),
        Recipe(replace(linear, features=("x", "y", "x2", "y2")), training=training),
        Recipe(replace(linear, depth=1, width=8), training=training),
    )
    assert max(last(plain, "validation_measure")) < 0.7
    assert min(last(squares, "validation_measure")) > 0.9
    assert statistics.mean(last(layers, "validation_measure")) > 0.9
