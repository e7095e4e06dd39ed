"""What the page says of common sentences is what is measured."""

from __future__ import annotations

import math
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explainer.activations.chosen import Chosen, Own, Registered
from explainer.activations.curves import derivatives
from explainer.activations.often_said import (
    elu_corner,
    relu_trains,
    relu_unit,
    sigmoid_through,
    softplus_and_sigmoid,
    tanh_and_sigmoid,
)
from explainer.activations.registry import ACTIVATIONS
from explainer.activations.script import script
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights


def test_tanh_is_a_stretched_sigmoid_and_steeper_only_near_zero() -> None:
    found = tanh_and_sigmoid()
    assert found.difference < 1e-15
    meet = found.meet
    share = 1 / (1 + math.exp(-meet))
    assert 1 - math.tanh(meet) ** 2 == pytest.approx(share * (1 - share))
    assert 1.6 < meet < 1.7


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_relu_units_learn_and_hardly_ever_meet_their_corner(seed: int) -> None:
    found = relu_trains(seed)
    assert found.zeros <= 5
    assert found.after < 0.1 * found.before


def test_a_unit_is_dead_only_where_it_is_zero_for_all() -> None:
    alive, dead = relu_unit(0.0), relu_unit(-10.0)
    assert 0.45 < alive.zeros < 0.55
    assert alive.gradient > 0.3
    assert (dead.zeros, dead.gradient) == (1, 0)


def test_the_slope_of_softplus_is_the_sigmoid() -> None:
    assert softplus_and_sigmoid() < 1e-12


def test_elu_is_smooth_for_an_alpha_of_one_alone() -> None:
    corner = elu_corner(0.5)
    assert corner is not None
    assert corner.taken == pytest.approx(0.5)
    assert elu_corner(1.0) is None


def test_ten_sigmoids_leave_less_than_a_millionth() -> None:
    assert sigmoid_through(10) == pytest.approx(0.25**10)
    assert sigmoid_through(10) < 1e-6


EVERY: list[Chosen] = [
    Registered(entry.slug, tuple(p.minimum + 3 * p.step for p in entry.parameters))
    for entry in ACTIVATIONS
]
FORMULAS = (
    "x*sigmoid(1.7*x)", "3", "1/0", "max(x, 1/3) - min(2, x)", "where(x > 0, 1, exp(x) - 1)",
    "2^-x + (-1)^2", "softplus(-x)*phi(x)", "e^x/pi", "-x^2", "exp(2)", "where(1 > 0, x, 2)",
)  # fmt: skip


@pytest.mark.parametrize("x", [-1.5, 0.0, 0.7])
def test_the_script_gives_the_numbers_of_the_page(x: float, tmp_path: Path) -> None:
    owns = [Own(text, name=text) for text in FORMULAS]
    path = tmp_path / "activations.py"
    path.write_text(script([*EVERY, *owns], x))
    results = runpy.run_path(str(path))["results"]
    assert len(results) == len(EVERY) + len(owns)
    for chosen in (*EVERY, *owns):
        wanted = derivatives(chosen.function(), [x])[:, 0]
        np.testing.assert_allclose(results[chosen.title], wanted, rtol=1e-12, atol=1e-14)


def test_elu_is_as_good_as_shut_far_out_and_leaky_relu_is_not() -> None:
    near, far = (abs(derivatives(known("elu"), [x])[1][0]) for x in (-1.0, -20.0))
    assert near == pytest.approx(0.37, abs=0.005)
    assert far == pytest.approx(2e-9, rel=0.05)
    assert derivatives(known("leaky-relu"), [-20.0])[1][0] == pytest.approx(0.01)


def known(slug: str) -> nn.Module:
    """The activation of that slug, in float64."""
    return ACTIVATIONS[slug].module().double()


def test_over_a_black_area_a_sum_is_exactly_zero() -> None:
    picture = np.zeros((20, 20, 1), np.float32)
    picture[:, 10:] = np.random.default_rng(3).random((20, 10, 1))
    sums = apply(picture, weights("sobel-x"), Application())
    assert (sums[:, :9] == 0).all()
    assert (sums[:, 11:-1] == 0).sum() == 0


@pytest.mark.parametrize(("momentum", "decay"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.3)])
def test_momentum_and_weight_decay_revive_a_dead_unit_and_plain_descent_does_not(
    momentum: float, decay: float
) -> None:
    inputs = 0.2 + 0.8 * torch.rand(1000, 1, generator=torch.Generator().manual_seed(8))
    unit = nn.Linear(1, 1)
    nn.init.constant_(unit.weight, -2.0)
    nn.init.constant_(unit.bias, 0.1)
    groups: list[dict[str, Any]] = [
        {"params": [unit.weight], "weight_decay": decay},
        {"params": [unit.bias]},
    ]
    optimiser = torch.optim.SGD(groups, lr=0.2, momentum=momentum)
    for parameter in unit.parameters():  # it had been on its way up
        optimiser.state[parameter]["momentum_buffer"] = torch.full_like(parameter, -0.5)
    with torch.enable_grad():
        for _ in range(40):
            optimiser.zero_grad()
            torch.relu(unit(inputs)).mean().backward()  # type: ignore[no-untyped-call]
            if unit.bias.grad is None or unit.bias.grad.item():
                break
            optimiser.step()
    alive = bool(torch.relu(unit(inputs)).any())
    assert alive == bool(momentum or decay)
    if not alive:
        assert [unit.weight.item(), unit.bias.item()] == pytest.approx([-2.0, 0.1])
