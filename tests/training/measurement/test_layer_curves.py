from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explainer.training.data.splits import Prepared
from explainer.training.engine.flat_parameters import layer_names
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.measurement.weight_frames import MOST_FRAMES, WeightFrames, frame_bytes
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

MLP = Network(kind="mlp", depth=2, width=16)
TRAINING = Training(optimiser="sgd", learning_rate=0.05, steps=8)
PLAIN = Recipe(MLP, training=TRAINING)


def test_norms_and_update_ratios_equal_those_of_a_step_by_hand(digits: Prepared) -> None:
    run, other = Run(PLAIN, 0, digits), Run(PLAIN, 0, digits)
    list(train(run))
    optimiser = torch.optim.SGD(other.model.parameters(), lr=0.05)
    weights = dict(other.model.named_parameters())
    for step in range(8):
        before = {name: one.detach().clone() for name, one in weights.items()}
        inputs, targets = other.batch(step)
        optimiser.zero_grad()
        F.cross_entropy(other.model(inputs), targets).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    layers, curves = run.record.history.curves().layers, run.record.history.curves()
    assert layers.names == ("dense1", "dense2", "out")
    assert curves.step[-1] == 8
    for place, name in enumerate(layers.names):
        gradient, weight = weights[f"{name}.weight"].grad, weights[f"{name}.weight"].detach()
        old = before[f"{name}.weight"]
        assert gradient is not None
        assert layers.gradient_norm[-1, place] == pytest.approx(float(gradient.norm()), rel=1e-4)
        ratio = float((weight - old).norm() / old.norm())
        assert layers.update_ratio[-1, place] == pytest.approx(ratio, rel=1e-3)
        assert layers.weight_norm[-1, place] == pytest.approx(float(weight.norm()), rel=1e-5)


def test_a_stack_measures_its_layers_as_runs_alone_do(digits: Prepared) -> None:
    held = (Regularisation(), Regularisation(l1_proximal=0.05))
    recipes = [Recipe(MLP, one, TRAINING) for one in held]
    race = Race(recipes, digits, seeds=(0,))
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    for recipe, view in zip(recipes, race.snapshot.runs, strict=True):
        alone = Run(recipe, 0, digits)
        list(train(alone))
        expected, found = alone.record.history.curves().layers, view.curves.layers
        assert found.names == expected.names
        for column in ("gradient_norm", "update_ratio", "weight_norm", "zero_share"):
            np.testing.assert_allclose(
                getattr(found, column), getattr(expected, column), rtol=1e-3, atol=1e-6
            )
    assert race.snapshot.runs[1].curves.layers.zero_share[-1].max() > 0


def test_before_the_first_step_there_is_no_update(digits: Prepared) -> None:
    run = Run(PLAIN, 0, digits)
    next(train(run))
    assert np.isnan(run.record.history.curves().layers.update_ratio[0]).all()


def test_a_pause_just_before_a_measurement_claims_no_update(digits: Prepared) -> None:
    race = Race([PLAIN], digits, seeds=(0,))
    race.step(3)  # step 4 is due: the weights before it are remembered already
    while race.has_work:
        race.run_slice(0.05)
    curves = race.snapshot.runs[0].curves
    assert curves.step[-1] == 3
    assert np.isnan(curves.layers.update_ratio[-1]).all()
    assert (curves.layers.gradient_norm[-1] > 0).all()


def test_layers_are_named_in_the_order_in_which_the_picture_meets_them() -> None:
    model = nn.Sequential()
    model.add_module("conv1", nn.Conv2d(1, 2, 3))
    model.add_module("conv1_norm", nn.BatchNorm2d(2))
    model.add_module("out", nn.Linear(2, 2))
    assert layer_names(model) == ("conv1", "out")


def test_a_film_keeps_its_first_frame_and_evenly_spread_others_in_bounded_memory() -> None:
    layer = nn.Linear(3, 40)
    model = nn.Sequential(layer)
    film = WeightFrames()
    for step in range(1000):
        with torch.no_grad():
            layer.weight.fill_(step)
        film.append(step, model)
    steps = [step for step, _ in film.frames]
    assert steps[0] == 0
    assert len({b - a for a, b in pairwise(steps)}) == 1
    assert MOST_FRAMES // 2 <= len(steps) <= MOST_FRAMES
    assert film.nbytes <= frame_bytes(model)
    assert all(frame.shape == (16, 3) and (frame == step).all() for step, frame in film.frames)


def test_the_runs_of_the_first_seed_are_filmed(digits: Prepared) -> None:
    race = Race([PLAIN], digits, seeds=(3, 4))
    race.step()
    while race.has_work:
        race.run_slice(0.05)
    assert [len(run.film) for run in race.snapshot.runs] == [2, 0]
