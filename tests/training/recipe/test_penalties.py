from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.training.engine.flat_parameters import FlatParameters, Strengths, spread, update
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.penalties import (
    add_l1_subgradient,
    add_l2_gradient,
    decay,
    limit_norms,
    penalty_value,
    soft_threshold,
)
from explainer.training.recipe.recipe import Network, Regularisation

OFF: Strengths = {"l1_subgradient": 0.0, "l1_proximal": 0.0, "l2": 0.0, "weight_decay": 0.0}


def test_the_penalty_by_hand() -> None:
    weights = torch.tensor([3.0, -4.0, 0.0])
    sums = float(weights.abs().sum()), float(weights.square().sum())
    assert penalty_value({**OFF, "l1_proximal": 0.1}, *sums) == pytest.approx(0.7)
    assert penalty_value({**OFF, "l2": 0.1}, *sums) == pytest.approx(1.25)
    assert penalty_value({**OFF, "l1_subgradient": 0.1, "l2": 0.1}, *sums) == pytest.approx(1.95)
    assert penalty_value({**OFF, "weight_decay": 0.1}, *sums) == 0


def test_penalty_gradients_are_those_of_autograd() -> None:
    weights = torch.tensor([3.0, -4.0, 0.5], requires_grad=True)
    loss = 0.2 * weights.abs().sum() + 0.3 / 2 * weights.square().sum()
    (wanted,) = torch.autograd.grad(loss, weights)
    gradient = torch.zeros(3)
    add_l1_subgradient(gradient, weights.detach(), 0.2)
    add_l2_gradient(gradient, weights.detach(), 0.3)
    torch.testing.assert_close(gradient, wanted)


def test_the_subgradient_of_l1_at_zero_is_zero() -> None:
    gradient = torch.zeros(1)
    add_l1_subgradient(gradient, torch.zeros(1), 0.2)
    assert gradient.item() == 0


def test_the_proximal_step_by_hand() -> None:
    weights = torch.tensor([1.0, -1.0, 0.25, -0.1, 0.0])
    soft_threshold(weights, 0.25)
    assert weights.tolist() == [0.75, -0.75, 0.0, 0.0, 0.0]


def test_the_proximal_step_is_softshrink_and_minimises_its_objective() -> None:
    start = torch.linspace(-2, 2, 101)
    weights = start.clone()
    soft_threshold(weights, 0.3)
    torch.testing.assert_close(weights, F.softshrink(start, 0.3))

    def objective(values: Tensor) -> Tensor:
        return (values - start) ** 2 / 2 + 0.3 * values.abs()

    for moved in (weights + 0.01, weights - 0.01):
        assert (objective(weights) <= objective(moved) + 1e-6).all()


def test_decay_shrinks_by_the_same_share() -> None:
    weights = torch.tensor([2.0, -4.0])
    decay(weights, 0.25)
    assert weights.tolist() == [1.5, -3.0]


def test_max_norm_by_hand_and_by_torch() -> None:
    weight = torch.tensor([[[3.0, 4.0], [0.3, 0.4]]])
    limit_norms(weight, 1.0)
    torch.testing.assert_close(weight, torch.tensor([[[0.6, 0.8], [0.3, 0.4]]]))
    kernels = torch.randn(2, 5, 3, 3, 3)
    wanted = torch.stack([torch.renorm(one, 2, 0, 0.9) for one in kernels])
    limit_norms(kernels, 0.9)
    torch.testing.assert_close(kernels, wanted)
    limit_norms(zeros := torch.zeros(1, 2, 3), 0.5)
    assert torch.equal(zeros, torch.zeros(1, 2, 3))


@pytest.mark.parametrize("name", OFF)
def test_penalties_leave_biases_and_norm_parameters_alone(name: str) -> None:
    network = Network(batch_norm=True, activation="prelu")
    model = build_initialised(network, (1, 8, 8), 3, Regularisation(), seed=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.5)
    before = {key: one.detach().clone() for key, one in model.named_parameters()}
    flat = FlatParameters([model], [{}], ())
    update(
        flat,
        OPTIMISERS["sgd"],
        step=1,
        rates=[0.1],
        momentum=0,
        strengths=[{**OFF, name: 1.0}],
        max_norms=[0.0],
    )
    for key, parameter in model.named_parameters():
        same = torch.equal(parameter, before[key])
        assert same == (parameter.dim() < 2), key


def test_amounts_are_spread_over_neighbours_that_agree() -> None:
    assert list(spread([0.0, 2.0, 2.0, 3.0, 0.0])) == [(slice(1, 3), 2.0), (slice(3, 4), 3.0)]
    assert list(spread([0.0])) == []


@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_max_norm_holds_for_weights_whose_squares_are_no_numbers(unit: float) -> None:
    weights = torch.tensor([[[3.0, -4.0], [0.0, 0.0]]]) * unit
    limit_norms(weights, unit)
    wanted = torch.tensor([[[0.6, -0.8], [0.0, 0.0]]]) * unit
    torch.testing.assert_close(weights, wanted, rtol=1e-6, atol=0)
