from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import Grouping, groups, stack_key, train
from explainer.training.engine.stacked import Stack, train_stacked
from explainer.training.engine.stacked_assembly import Row, merged, pools_first
from explainer.training.engine.stacked_batches import StackedBatches
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

NETWORKS = (
    Network(kind="mlp", depth=2, width=24),
    Network(kind="mlp", depth=2, width=24, batch_norm=True, activation="prelu"),
    Network(kind="mlp", depth=0),
    Network(kind="mlp", depth=4, width=24, residual=True, layer_norm=True, bias=False),
    Network(kind="mlp", depth=3, width=24, residual=True, activation="tanh"),
    Network(kind="mlp", depth=2, width=24, bias=False, activation="sigmoid"),
    Network(layer_norm=True, dense_layers=1, bias=False),
    Network(),
    Network(batch_norm=True, dense_layers=1),
    Network(activation="prelu", pooling="average"),
    Network(activation="gelu", kernel_size=5),
    Network(pooling="stochastic"),
    Network(mean_of_maps=True, dense_layers=1, width=16),
    Network(kind="mlp", depth=3, width=24, widths=(9, 14), activation="gelu"),
)
REGULARISATIONS = (
    Regularisation(),
    Regularisation(l1_subgradient=1e-3, l2=1e-2),
    Regularisation(l1_proximal=1e-2, max_norm=1.5),
    Regularisation(dropout=0.5, label_smoothing=0.1),
    Regularisation(map_dropout=0.3, dropconnect=0.2, weight_decay=0.1),
)


def together(recipes: list[Recipe], data: Prepared, seeds: tuple[int, ...] = (0,)) -> list[Run]:
    runs = [Run(recipe, seed, data) for recipe in recipes for seed in seeds]
    for _ in train_stacked(Stack(runs)):
        pass
    return runs


def alone(recipes: list[Recipe], data: Prepared, seeds: tuple[int, ...] = (0,)) -> list[Run]:
    runs = [Run(recipe, seed, data) for recipe in recipes for seed in seeds]
    for run in runs:
        for _ in train(run):
            pass
    return runs


def assert_same(stacked: list[Run], plain: list[Run]) -> None:
    for one, other in zip(stacked, plain, strict=True):
        state = other.model.state_dict()
        for name, tensor in one.model.state_dict().items():
            if tensor.is_floating_point():
                torch.testing.assert_close(tensor, state[name], rtol=1e-4, atol=1e-5)
        a, b = one.record.last, other.record.last
        assert a is not None
        assert b is not None
        assert a.validation_loss == pytest.approx(b.validation_loss, rel=1e-4)
        assert (a.train_measure, a.penalty) == pytest.approx((b.train_measure, b.penalty))
        assert a.gradient_norm == pytest.approx(b.gradient_norm, rel=1e-3)
        assert a.zero_share == pytest.approx(b.zero_share, abs=1e-3)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_stack_gives_the_numbers_of_plain_runs(network: Network, digits: Prepared) -> None:
    training = Training(steps=10, learning_rate=0.02)
    recipes = [Recipe(network, held, training) for held in REGULARISATIONS]
    assert_same(together(recipes, digits), alone(recipes, digits))


@pytest.mark.parametrize("optimiser", ["sgd", "nesterov", "rmsprop", "adagrad", "adamw"])
def test_a_stack_of_seeds_and_schedules_gives_the_numbers_of_plain_runs(
    optimiser: str, digits: Prepared
) -> None:
    recipes = [
        Recipe(
            NETWORKS[0],
            training=Training(optimiser, 0.003, schedule=schedule, steps=25, batch_size=16),
        )
        for schedule in ("constant", "cosine", "one-cycle")
    ]
    assert_same(together(recipes, digits, (0, 1)), alone(recipes, digits, (0, 1)))


def test_runs_that_clip_stack_with_others_that_do_not(digits: Prepared) -> None:
    clips = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.0), (0.0, 0.02), (0.3, 0.01))
    recipes = [
        Recipe(NETWORKS[0], training=Training("sgd", 0.1, steps=15, clip_norm=a, clip_value=b))
        for a, b in clips
    ]
    runs = together(recipes, digits)
    assert_same(runs, alone(recipes, digits))
    lasts = [run.record.last for run in runs]
    norms = [last.gradient_norm for last in lasts if last is not None]
    assert norms[0] > 0.5 >= max(norms[1:3]) > 0.4


def test_augmented_runs_stack_with_others(digits: Prepared) -> None:
    training = Training(steps=20, learning_rate=0.02)
    steps = ((), (step("shift"),), (step("noise"), step("mixup")))
    for network in (NETWORKS[0], NETWORKS[3]):
        recipes = [Recipe(network, training=training, augmentation=one) for one in steps]
        assert_same(together(recipes, digits), alone(recipes, digits))


@pytest.mark.parametrize("activation", ["tanh", "gelu"])  # one by hand, one by autograd
def test_features_stack_and_those_of_other_columns_do_not_join(activation: str) -> None:
    points = prepare(load("spirals"), Split(train_size=90))
    network = Network("mlp", 2, 8, activation=activation, features=("y", "x2", "sinx"))
    training = Training(steps=20, batch_size=10)
    recipes = [Recipe(network, held, training) for held in REGULARISATIONS[:4]]
    assert_same(together(recipes, points, (0, 1)), alone(recipes, points, (0, 1)))
    one, other = (
        Run(Recipe(replace(network, features=names), training=training), 0, points)
        for names in (("x", "y"), ("x", "xy"))
    )
    assert stack_key(one) != stack_key(other)


def test_colour_pictures_and_points_stack_too() -> None:
    points = prepare(load("moons"), Split())
    shapes = prepare(load("shapes"), Split(train_size=60))
    training = Training(steps=12, batch_size=10)
    for data, network in ((points, NETWORKS[0]), (shapes, NETWORKS[3])):
        recipes = [Recipe(network, held, training) for held in REGULARISATIONS[:3]]
        assert_same(together(recipes, data), alone(recipes, data))


def test_a_run_that_has_ended_stands_still_while_its_stack_goes_on(digits: Prepared) -> None:
    wild = Training("sgd", 100.0, steps=400)
    network = Network(kind="mlp", depth=3, width=64)
    recipes = [Recipe(network, Regularisation(l2=1.0), wild), Recipe(network, training=wild)]
    calm = Recipe(network, training=Training("sgd", 0.05, steps=400))
    broken, _, well = together([*recipes, calm], digits)
    assert broken.record.status is Status.DIVERGED
    assert broken.step < 400
    assert (well.record.status, well.step) == (Status.FINISHED, 400)
    assert_same([well], alone([calm], digits))


def test_models_stay_windows_onto_the_stack(digits: Prepared) -> None:
    runs = [Run(Recipe(NETWORKS[0]), seed, digits) for seed in (0, 1)]
    stack = Stack(runs)
    stack.flat.values[1].zero_()
    assert all(not one.any() for one in runs[1].model.parameters())
    assert any(one.any() for one in runs[0].model.parameters())


def test_runs_of_a_seed_share_one_batch_and_others_do_not(digits: Prepared) -> None:
    same = Stack([Run(Recipe(NETWORKS[0], held), 0, digits) for held in REGULARISATIONS[:2]])
    seeds = Stack([Run(Recipe(NETWORKS[0]), seed, digits) for seed in (0, 1)])
    assert len(same.batch()[0]) == 1
    assert len(seeds.batch()[0]) == 2


def test_only_runs_of_one_shape_optimiser_batch_and_length_stack(digits: Prepared) -> None:
    base = Recipe(NETWORKS[0])
    key = stack_key(Run(base, 0, digits))
    alike = Recipe(
        Network("mlp", 2, 24, initialisation="normal", init_sigma=0.3),
        training=Training(learning_rate=1),
    )
    assert stack_key(Run(alike, 3, digits)) == key
    for training in (Training("adam"), Training(batch_size=8), Training(steps=7)):
        assert stack_key(Run(Recipe(NETWORKS[0], training=training), 0, digits)) != key


def test_an_unknown_module_makes_a_run_train_alone(digits: Prepared) -> None:
    runs = [Run(Recipe(NETWORKS[0]), seed, digits) for seed in (0, 1)]
    for run in runs:
        run.model.add_module("strange", nn.Hardsigmoid())
    assert stack_key(runs[0]) != stack_key(runs[1])


def test_groups_keep_seeds_together_and_threads_busy(digits: Prepared) -> None:
    recipes = [Recipe(NETWORKS[0], training=Training(learning_rate=n)) for n in range(1, 9)]
    runs = [Run(recipe, seed, digits) for recipe in recipes for seed in (0, 1, 2)]
    made = groups(runs, Grouping(threads=2, largest=4))
    assert [len(group) for group in made] == [4] * 6
    assert all(len({run.seed for run in group}) == 1 for group in made)
    few = groups(runs[:1] + runs[3:4], Grouping(threads=2, largest=4))
    assert [len(group) for group in few] == [1, 1]
    assert [len(group) for group in groups(runs, Grouping(1, 80))] == [8, 8, 8]
    assert [len(group) for group in groups(runs, Grouping(0, 80, across_seeds=True))] == [24]


def test_runs_that_draw_pictures_of_their_own_do_not_take_the_others_their_common_batch(
    few_digits: Prepared,
) -> None:
    turned = (step("rotation", degrees=15),)
    recipes = [Recipe(Network(), training=Training(learning_rate=n)) for n in (1, 2, 3)]
    recipes.append(Recipe(Network(), augmentation=turned))
    runs = [Run(recipe, seed, few_digits) for recipe in recipes for seed in (0, 1)]
    made = groups(runs, Grouping(threads=2, largest=4))
    assert [len(group) for group in made] == [3, 3, 2]
    assert all(len(StackedBatches(group).at(0)[0]) == 1 for group in made[:2])
    assert all(run.recipe.augmentation for run in made[2])


def test_names_of_several_networks_are_merged_in_their_order() -> None:
    lists = [["a", "c", "d"], ["a", "b", "c", "d"], ["a", "c", "x", "d"]]
    assert merged(lists) == ["a", "b", "c", "x", "d"]


def test_the_maximum_moves_before_activations_that_never_fall() -> None:
    def order(activation: nn.Module) -> list[str]:
        rows: list[Row] = [
            ("conv", [nn.Conv2d(1, 1, 3)]),
            ("act", [activation]),
            ("pool", [nn.MaxPool2d(2)]),
        ]
        return [name for name, _ in pools_first(rows)]

    assert order(nn.ReLU()) == ["conv", "pool", "act"]
    assert order(nn.GELU()) == ["conv", "act", "pool"]
