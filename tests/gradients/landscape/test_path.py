"""Paths, their principal plane and how far they leave it; sharpness, and rescaled weights."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA
from torch import nn

from explainer.gradients.landscape.directions import filter_normalised
from explainer.gradients.landscape.path import (
    principal_directions,
    projected,
    random_walk_share,
)
from explainer.gradients.landscape.plane import measured
from explainer.gradients.landscape.rescaling import rescale
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.sharpness import Sharpness, curvatures, power_iteration
from explainer.gradients.landscape.training import Diverged, Trained, train
from explainer.gradients.landscape.weights import load


def walk(steps: int, dimensions: int, seed: int = 0) -> torch.Tensor:
    """A random walk."""
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(steps, dimensions, generator=chance).cumsum(0)


def test_the_principal_plane_is_that_of_scikit_learn(plain: Trained) -> None:
    directions, shares = principal_directions(plain.path)
    away = (plain.path - plain.end).double().numpy()
    found = PCA(2).fit(np.vstack([away, -away]))  # mirrored, so that their mean is the end
    cosines = np.abs((directions.numpy() * found.components_).sum(1))
    np.testing.assert_allclose(cosines, 1, atol=1e-5)
    np.testing.assert_allclose(shares, found.explained_variance_ratio_, rtol=1e-6)


def test_principal_directions_are_upright_of_length_one_and_point_to_the_start() -> None:
    path = walk(20, 300)
    directions, _ = principal_directions(path)
    torch.testing.assert_close(directions @ directions.T, torch.eye(2), rtol=1e-5, atol=1e-5)
    assert ((path[0] - path[-1]) @ directions.T >= 0).all()


def test_no_other_plane_through_the_end_is_nearer_to_the_path() -> None:
    path = walk(12, 40)
    best, _ = principal_directions(path)
    away = torch.linalg.vector_norm(path - path[-1], dim=1)
    left = (projected(path, best).off_plane * away).square().sum()
    chance = torch.Generator().manual_seed(1)
    for _ in range(30):
        other = best + 0.2 * torch.randn(2, 40, generator=chance)
        assert (projected(path, other).off_plane * away).square().sum() >= left


def test_the_off_plane_error_is_the_distance_to_the_least_squares_point() -> None:
    path, directions = walk(9, 50), torch.randn(2, 50, generator=torch.Generator().manual_seed(7))
    found = projected(path, directions)
    for t, weights in enumerate(path[:-1]):
        away = (weights - path[-1]).double().numpy()
        place, *_ = np.linalg.lstsq(directions.double().numpy().T, away, rcond=None)
        left = away - place @ directions.double().numpy()
        wanted = np.linalg.norm(left) / np.linalg.norm(away)
        assert float(found.off_plane[t]) == pytest.approx(wanted, rel=1e-6)
        np.testing.assert_allclose(found.places[t], place, rtol=1e-6)
    assert float(found.off_plane[-1]) == 0


def test_a_path_on_a_plane_is_not_off_it() -> None:
    spanning = torch.randn(2, 60, generator=torch.Generator().manual_seed(2))
    path = walk(8, 2) @ spanning + 3
    assert float(projected(path, principal_directions(path)[0]).off_plane.max()) < 1e-5


def test_a_path_of_two_points_has_no_principal_plane() -> None:
    with pytest.raises(ValueError, match="fewer than three"):
        principal_directions(walk(2, 10))


def test_nine_tenths_of_a_random_walk_lie_in_its_best_plane() -> None:
    assert random_walk_share(30) == pytest.approx(8 / np.pi**2 * 10 / 9, abs=0.01)
    shares = [sum(principal_directions(walk(31, 20_000, seed))[1]) for seed in range(3)]
    np.testing.assert_allclose(shares, random_walk_share(30), atol=0.02)


def tiny() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A network of 33 weights in float64, and eight examples."""
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    chance = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for one in network.parameters():
            one.copy_(torch.randn(one.shape, generator=chance))
    return (
        network,
        torch.randn(8, 3, generator=chance).double(),
        torch.randint(3, (8,), generator=chance),
    )


def dense_hessian(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The whole Hessian by torch.autograd.functional."""
    names = [name for name, _ in network.named_parameters()]
    sizes = [one.numel() for one in network.parameters()]
    shapes = [one.shape for one in network.parameters()]

    def loss(vector: torch.Tensor) -> torch.Tensor:
        parts = torch.split(vector, sizes)
        named = {n: p.view(s) for n, p, s in zip(names, parts, shapes, strict=True)}
        logits = torch.func.functional_call(network, named, (inputs,))
        return F.cross_entropy(logits, labels)

    vector = torch.cat([one.detach().flatten() for one in network.parameters()])
    hessian = torch.autograd.functional.hessian(loss, vector)  # type: ignore[no-untyped-call]
    assert isinstance(hessian, torch.Tensor)
    return hessian


def last(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> Sharpness:
    """The last estimate of the power iteration."""
    return list(power_iteration(network, inputs, labels))[-1]


def test_the_top_eigenvalue_is_that_of_the_dense_hessian() -> None:
    network, inputs, labels = tiny()
    values = torch.linalg.eigvalsh(dense_hessian(network, inputs, labels))
    top = float(values[values.abs().argmax()])
    found = last(network, inputs, labels)
    assert found.converged
    assert found.eigenvalue == pytest.approx(top, rel=1e-3)
    assert float((values - found.eigenvalue).abs().min()) <= found.residual * abs(found.eigenvalue)


def test_curvature_along_a_direction_is_the_hessians() -> None:
    network, inputs, labels = tiny()
    hessian = dense_hessian(network, inputs, labels)
    chance = torch.Generator().manual_seed(1)
    directions = torch.randn(3, len(hessian), generator=chance).double()
    found = curvatures(network, inputs, labels, directions)
    wanted = [float(d @ hessian @ d / (d @ d)) for d in directions]
    assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("which", ["plain", "residual"])
def test_rescaled_networks_answer_the_same_to_the_last_bit_and_are_sharper(
    which: str, request: pytest.FixtureRequest
) -> None:
    trained: Trained = request.getfixturevalue(which)
    network = copy.deepcopy(trained.network)
    load(network, trained.end, trained.statistics[-1])
    inputs, labels = measured()[0]
    with torch.no_grad():
        before = network(inputs)
    sharp = last(copy.deepcopy(network).requires_grad_(True), inputs, labels)
    rescale(network, 8)
    with torch.no_grad():
        assert torch.equal(network(inputs), before)
    sharper = last(network.requires_grad_(True), inputs, labels)
    assert sharper.eigenvalue > 2 * sharp.eigenvalue


def test_a_factor_that_is_no_power_of_two_leaves_the_function_up_to_rounding(
    plain: Trained,
) -> None:
    network = copy.deepcopy(plain.network)
    inputs = measured()[0][0]
    with torch.no_grad():
        before = network(inputs)
        rescale(network, 3)
        torch.testing.assert_close(network(inputs), before, rtol=1e-4, atol=1e-4)


def test_the_same_seed_trains_the_same_network_and_another_one_does_not(plain: Trained) -> None:
    assert torch.equal(train(plain.setup).path, plain.path)
    other = train(Setup(**{**vars(plain.setup), "seed": 1}))
    assert not torch.equal(other.end, plain.end)


def test_the_path_begins_before_training_and_ends_with_the_network(plain: Trained) -> None:
    assert plain.steps[0] == 0
    assert plain.steps[-1] == plain.setup.steps
    assert len(plain.steps) == len(plain.path) <= 32
    flat = torch.cat([one.flatten() for one in plain.network.parameters()])
    assert torch.equal(plain.end, flat)


def test_a_training_that_leaves_the_numbers_says_at_which_step() -> None:
    with pytest.raises(Diverged, match=r"at step \d+: with a learning rate of 0.2"):
        train(Setup(kind="mlp", layers=20, skips=True, learning_rate=0.2, width=12))


@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_a_filter_of_a_direction_is_as_long_as_the_networks_at_any_size(unit: float) -> None:
    direction = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    found = filter_normalised(direction, torch.tensor([[0.0, 1.0], [1.0, 0.0]]) * unit)
    wanted = torch.tensor([[0.6, 0.8], [0.0, 0.0]]) * unit
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=0)


@pytest.mark.parametrize("unit", [1e-25, 1.0, 1e15])
def test_sharpness_and_curvature_are_found_however_small_they_are(unit: float) -> None:
    # Of a linear network on two classes with logits (s w, 0): the loss is quadratic around 0.
    network = torch.nn.Linear(2, 2, bias=False)
    torch.nn.init.zeros_(network.weight)
    inputs, labels = torch.tensor([[unit**0.5, 0.0]]), torch.tensor([0])
    *_, found = power_iteration(network, inputs, labels)
    assert found.converged
    assert found.eigenvalue == pytest.approx(unit / 2, rel=1e-2)
    along = torch.tensor([[1.0, 0.0, -1.0, 0.0]]) * 1e-30
    assert curvatures(network, inputs, labels, along)[0] == pytest.approx(unit / 2, rel=1e-4)
