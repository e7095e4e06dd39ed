from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.instruments.boundary import grid
from explainer.training.instruments.unit_maps import unit_maps
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

SIDE = 9


@pytest.fixture(scope="module")
def moons() -> Prepared:
    return prepare(load("moons"), Split(train_size=60))


def trained(data: Prepared, **network: object) -> Run:
    shape = Network(kind="mlp", depth=2, width=12, **network)  # type: ignore[arg-type]
    recipe = Recipe(shape, Regularisation(dropout=0.3), Training(steps=20))
    run = Run(recipe, 0, data)
    list(train(run))
    return run


FEATURES = ("x", "y2", "siny")


@pytest.mark.parametrize(
    "network",
    [{}, {"batch_norm": True}, {"residual": True}, {"bias": False}, {"features": FEATURES}],
)
def test_every_unit_gives_over_the_plane_what_the_network_computes(
    moons: Prepared, network: dict[str, object]
) -> None:
    run = trained(moons, **network)
    found = unit_maps(run, SIDE, most=5)
    inputs = len(found.inputs)
    assert [len(one) for one in found.layers] == [inputs, 5, 5, 2]
    assert found.units == (inputs, 12, 12, 2)
    assert [one.shape for one in found.weights] == [(5, inputs), (5, 5), (2, 5)]
    places = moons.normaliser.apply(grid(found.decision.x, found.decision.y, SIDE))
    x, y = places.T.numpy()
    expected = [x, y**2, np.sin(np.pi * y)] if "features" in network else [x, y]
    np.testing.assert_allclose(found.layers[0].reshape(inputs, -1), expected, rtol=1e-5, atol=1e-6)
    with torch.no_grad():
        logits = run.model.eval()(places).numpy()
    np.testing.assert_allclose(found.layers[-1].reshape(2, -1).T, logits, rtol=1e-5, atol=1e-6)
    hidden = torch.tensor(found.layers[1].reshape(5, -1))
    if not network:
        with torch.no_grad():
            first = run.model.dense1(places)  # type: ignore[operator]
        torch.testing.assert_close(hidden, first.relu()[:, :5].T)


def test_looking_leaves_no_trace_and_no_hook(moons: Prepared) -> None:
    run = trained(moons)
    before = {name: value.clone() for name, value in run.model.state_dict().items()}
    unit_maps(run, SIDE)
    assert all(torch.equal(before[name], value) for name, value in run.model.state_dict().items())
    assert not any(module._forward_hooks for module in run.model)
    assert run.model.training


def test_pictures_have_no_plane() -> None:
    data = prepare(load("digits"), Split(train_size=20))
    with pytest.raises(ValueError, match="needs points"):
        unit_maps(Run(Recipe(Network(kind="mlp", depth=1, width=4)), 0, data), SIDE)
