"""Runs that have trained for a few steps, to be measured."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
import torch

from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

Trained = Callable[..., Run]


@pytest.fixture(scope="session")
def moons() -> Prepared:
    """Points in the plane."""
    return prepare(load("moons"), Split())


@pytest.fixture(scope="session")
def colourful() -> Prepared:
    """Pictures with three channels."""
    return prepare(load("shapes"), Split(train_size=60))


@pytest.fixture(scope="session")
def trained() -> Trained:
    """`trained(recipe, data, steps=10, seed=0)`: a run that has gone so many steps alone."""

    def make(recipe: Recipe, data: Prepared, steps: int = 10, seed: int = 0) -> Run:
        run = Run(recipe, seed, data)
        for _ in islice(train(run), steps):
            pass
        return run

    return make


@pytest.fixture(scope="session")
def noisy_recipe() -> Recipe:
    """A recipe with everything that draws random numbers or keeps a state."""
    return Recipe(
        Network(batch_norm=True, pooling="stochastic", dense_layers=1, width=16, activation="tanh"),
        Regularisation(dropout=0.5, map_dropout=0.3, dropconnect=0.2, l1_proximal=1e-3),
        Training(optimiser="adam", learning_rate=0.003),
        augmentation=(step("shift"), step("noise"), step("mixup")),
        name="All at once",
    )


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """As where a race trains: two threads inside one operator only wait for each other."""
    torch.set_num_threads(1)
