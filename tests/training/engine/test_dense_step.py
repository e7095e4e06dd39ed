from __future__ import annotations

import pytest
import torch

from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.dense_step import DenseStep
from explainer.training.engine.run import Run
from explainer.training.engine.stacked import Stack
from explainer.training.engine.stacked_batches import StackedBatches
from explainer.training.recipe.recipe import Network, Recipe, Regularisation

HELD = (
    Regularisation(),
    Regularisation(dropout=0.5),
    Regularisation(dropout=0.2, label_smoothing=0.1),
)


def stack(network: Network, data: Prepared, *, mixing: bool = False, seeds: int = 1) -> Stack:
    augmentation = (step("mixup"),) if mixing else ()
    recipes = [Recipe(network, held, augmentation=augmentation) for held in HELD]
    return Stack([Run(recipe, seed, data) for seed in range(seeds) for recipe in recipes])


def assert_by_hand_equals_autograd(one: Stack, other: Stack) -> None:
    assert isinstance(one.learn, DenseStep)
    for _ in range(2):
        losses, expected = one.learn(*one.batch()), other.by_autograd(*other.batch())
        torch.testing.assert_close(losses, expected)
        torch.testing.assert_close(one.flat.gradients, other.flat.gradients, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_losses_and_gradients_by_hand_are_those_of_autograd(
    activation: str, depth: int, digits: Prepared
) -> None:
    network = Network("mlp", depth, 24, activation=activation)
    assert_by_hand_equals_autograd(stack(network, digits), stack(network, digits))


def test_layers_of_other_widths_are_covered(digits: Prepared) -> None:
    network = Network("mlp", 3, 24, widths=(12, 7))
    assert_by_hand_equals_autograd(stack(network, digits), stack(network, digits))


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("depth", [0, 2])
def test_features_of_points_are_covered(depth: int, seeds: int) -> None:
    moons = prepare(load("moons"), Split(train_size=70))
    network = Network("mlp", depth, 8, activation="tanh", features=("x", "xy", "siny"))
    assert_by_hand_equals_autograd(
        stack(network, moons, seeds=seeds), stack(network, moons, seeds=seeds)
    )


@pytest.mark.parametrize(("mixing", "seeds"), [(True, 1), (False, 2)])
def test_batches_of_their_own_and_mixed_labels_are_covered(
    digits: Prepared, *, mixing: bool, seeds: int
) -> None:
    network = Network("mlp", 2, 24)
    assert_by_hand_equals_autograd(
        stack(network, digits, mixing=mixing, seeds=seeds),
        stack(network, digits, mixing=mixing, seeds=seeds),
    )


@pytest.mark.parametrize(
    ("network", "held"),
    [
        (Network("mlp", 2, 24, activation="gelu"), Regularisation()),
        (Network("mlp", 2, 24, activation="prelu"), Regularisation()),
        (Network("mlp", 2, 24, batch_norm=True), Regularisation()),
        (Network("mlp", 2, 24), Regularisation(dropconnect=0.2)),
        (Network(), Regularisation()),
    ],
    ids=str,
)
def test_what_is_not_covered_goes_by_autograd(
    network: Network, held: Regularisation, digits: Prepared
) -> None:
    runs = [Run(Recipe(network, one), 0, digits) for one in (Regularisation(), held)]
    one = Stack(runs)
    assert one.learn == one.by_autograd


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_a_feed_gives_the_batches_of_its_run_at_any_step(name: str) -> None:
    run = Run(Recipe(Network()), 0, prepare(load(name), Split(train_size=70)))
    batches = StackedBatches([run])
    for place in (0, 1, 2, 40, 41, 3, 200):
        (inputs,), (targets,) = batches.at(place)
        expected, labels = run.batch(place)
        assert torch.equal(inputs, expected)
        assert inputs.stride() == expected.stride()
        assert torch.equal(targets, labels)
