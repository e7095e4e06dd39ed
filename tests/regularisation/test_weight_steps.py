"""One weight under four rules: torch's own optimisers, and what the words say of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.regularisation.weight_steps import (
    ADAM,
    DECAY,
    L2,
    METHODS,
    RULES,
    SGD,
    STEPS,
    SUBGRADIENT,
    THRESHOLD,
    Method,
    OneWeight,
    Rule,
    at_zero_from,
    hop,
    path,
    pulls,
    rest,
    sign,
    soft_threshold,
)
from tests.drawing import examples

Make = Callable[..., torch.optim.Optimizer]


def weights(seeds: range = range(20)) -> Iterator[OneWeight]:
    """Settings anywhere within the sliders' bounds."""
    for seed in seeds:
        draw = np.random.default_rng(seed).uniform
        yield OneWeight(draw(-2, 2), draw(0.01, 1), draw(0.01, 1), draw(-1, 1), draw(0.01, 1))


def torchs(one: OneWeight, make: Make, steps: int, decay: float) -> float:
    """The weight after so many steps of an optimiser of torch, on the data's loss alone."""
    weight = torch.tensor(one.start, dtype=torch.float64, requires_grad=True)
    optimiser = make([weight], lr=one.rate, weight_decay=decay)
    for _ in range(steps):
        loss = one.curvature / 2 * (weight - one.wanted) ** 2
        (weight.grad,) = torch.autograd.grad(loss, weight)
        optimiser.step()
    return weight.item()


@pytest.mark.parametrize(
    ("rule", "method", "optimiser"),
    [
        (L2, SGD, torch.optim.SGD),
        (L2, ADAM, torch.optim.Adam),
        (DECAY, ADAM, torch.optim.AdamW),
    ],
)
def test_torchs_weight_decay_is_the_penalty_with_a_half(
    rule: Rule, method: Method, optimiser: Make
) -> None:
    for one in weights(range(6)):
        found = path(one, rule, method)
        for steps in (1, 2, 37):
            wanted = torchs(one, optimiser, steps, one.strength)
            assert found[steps] == pytest.approx(wanted, abs=1e-10)


@pytest.mark.parametrize("rule", [L2, SUBGRADIENT])
@pytest.mark.parametrize("method", METHODS)
def test_a_penalty_in_the_loss_gives_autograds_steps(rule: Rule, method: Method) -> None:
    optimiser = torch.optim.SGD if method is SGD else torch.optim.Adam
    for one in weights(range(6)):
        weight = torch.tensor(one.start, dtype=torch.float64, requires_grad=True)
        stepper = optimiser([weight], lr=one.rate)
        found = [one.start]
        for _ in range(STEPS):
            penalty = weight**2 / 2 if rule is L2 else weight.abs()
            loss = one.curvature / 2 * (weight - one.wanted) ** 2 + one.strength * penalty
            (weight.grad,) = torch.autograd.grad(loss, weight)
            stepper.step()
            found.append(weight.item())
        np.testing.assert_allclose(path(one, rule, method), found, atol=1e-9)


def test_the_soft_threshold_is_the_proximal_step() -> None:
    """It is where ½(u − v)² + a|u| is least: looked for on a grid."""
    grid = np.linspace(-3, 3, 600_001)
    for value, amount in ((1.3, 0.4), (-0.7, 0.2), (0.3, 0.5), (-0.1, 0.1), (0.0, 0.2), (2.0, 0.0)):
        least = grid[np.argmin((grid - value) ** 2 / 2 + amount * np.abs(grid))]
        assert soft_threshold(value, amount) == pytest.approx(least, abs=1e-5)
        closed = math.copysign(max(0.0, abs(value) - amount), value)
        assert soft_threshold(value, amount) == pytest.approx(closed, abs=1e-15)


def test_the_soft_threshold_is_torchs_shrink() -> None:
    values = torch.linspace(-2, 2, 41, dtype=torch.float64)
    wanted = torch.nn.functional.softshrink(values, 0.35)
    assert [soft_threshold(one, 0.35) for one in values.tolist()] == pytest.approx(wanted.tolist())


@pytest.mark.parametrize("value", [-3.0, -0.0, 0.0, 1e-300])
def test_the_sign_is_torchs(value: float) -> None:
    assert sign(value) == torch.sign(torch.tensor(value, dtype=torch.float64)).item()


def test_under_sgd_l2_and_decay_are_one_line() -> None:
    for one in weights():
        np.testing.assert_allclose(path(one, L2), path(one, DECAY), atol=1e-12)


def test_it_is_adam_that_tells_them_apart() -> None:
    apart = [np.abs(path(one, L2, ADAM) - path(one, DECAY, ADAM)).max() for one in weights()]
    assert min(apart) > 1e-3
    assert float(np.median(apart)) > 0.05


@pytest.mark.parametrize("strength", [0.01, 0.1, 1.0])
def test_without_data_adam_moves_by_the_rate_whatever_the_strength(strength: float) -> None:
    one = OneWeight(start=1.5, rate=0.05, strength=strength, wanted=0, curvature=0)
    moves = -np.diff(path(one, L2, ADAM)[:12])
    np.testing.assert_allclose(moves, one.rate, rtol=0.08)
    decays = path(one, DECAY, ADAM)
    np.testing.assert_allclose(decays[1:] / decays[:-1], 1 - one.rate * strength)


@pytest.mark.parametrize("rule", [DECAY, THRESHOLD])
def test_outside_of_adams_gradient_a_penalty_leads_elsewhere(rule: Rule) -> None:
    away = []
    for one in weights(range(8)):
        slow = replace(one, rate=0.002)
        found = path(slow, rule, ADAM, 6000)[-1]
        least = rest(one, l1=rule is THRESHOLD)
        assert least is not None
        away.append(abs(found - least))
    assert float(np.median(away)) > 0.05


@pytest.mark.parametrize("rule", RULES)
def test_under_sgd_every_rule_comes_to_where_loss_and_penalty_are_least(rule: Rule) -> None:
    for one in weights():
        slow = replace(one, rate=0.02)
        found = path(slow, rule, SGD, 20_000)[-1]
        least = rest(one, l1=rule in (SUBGRADIENT, THRESHOLD))
        assert found == pytest.approx(least, abs=2 * slow.rate if rule is SUBGRADIENT else 1e-6)


@pytest.mark.parametrize("l1", [True, False])
def test_the_resting_place_is_the_lowest_of_a_grid(*, l1: bool) -> None:
    grid = np.linspace(-2, 2, 400_001)
    for one in weights():
        penalty = np.abs(grid) if l1 else grid**2 / 2
        loss = one.curvature / 2 * (grid - one.wanted) ** 2 + one.strength * penalty
        assert rest(one, l1=l1) == pytest.approx(grid[loss.argmin()], abs=1e-4)


def test_without_data_and_penalty_no_place_is_better() -> None:
    one = OneWeight(1, 0.1, 0, 0, 0)
    assert rest(one, l1=True) is None
    assert rest(replace(one, strength=0.1), l1=False) == 0


@given(
    start=st.floats(-2, 2), rate=st.floats(0.01, 1), strength=st.floats(0.02, 1),
    curvature=st.floats(0, 1), share=st.floats(-0.95, 0.95),
)  # fmt: skip
@examples(60)
def test_data_that_pull_with_less_than_the_strength_leave_the_threshold_at_zero(
    start: float, rate: float, strength: float, curvature: float, share: float
) -> None:
    """Given time: of each step at least (1 − |share|) of ηλ is made good."""
    wanted = share * strength / curvature if curvature > 1e-3 else 0.0
    one = OneWeight(start, rate, strength, wanted, curvature)
    steps = math.ceil(2.2 * abs(start) / (rate * strength * (1 - abs(share)))) + 2
    found = path(one, THRESHOLD, SGD, steps)
    assert at_zero_from(found) is not None


def test_the_subgradient_hops_where_the_threshold_rests() -> None:
    hopping = 0
    for one in weights(range(60)):
        if abs(one.curvature * one.wanted) >= 0.9 * one.strength:
            continue
        rested = at_zero_from(path(one, THRESHOLD))
        if rested is None or rested > STEPS - 15:
            continue
        found = path(one, SUBGRADIENT)
        low, high = hop(found) or (0.0, 0.0)
        assert low < 0 < high
        assert at_zero_from(found) is None
        assert high - low < 2 * one.rate * (one.strength + one.curvature)
        hopping += 1
    assert hopping > 10


def test_a_subgradient_that_lands_on_zero_stays_there() -> None:
    lucky = OneWeight(start=1.0, rate=0.25, strength=1.0, wanted=0, curvature=0)
    assert at_zero_from(path(lucky, SUBGRADIENT)) == 4
    assert hop(path(lucky, SUBGRADIENT)) is None
    rounded = replace(lucky, rate=0.05)  # 0.05 is no binary fraction
    assert at_zero_from(path(rounded, SUBGRADIENT)) is None
    late = OneWeight(start=58 / 32, rate=1 / 32, strength=1.0, wanted=0, curvature=0)
    assert at_zero_from(path(late, SUBGRADIENT)) == 58
    assert hop(path(late, SUBGRADIENT)) is None


def test_a_weight_on_its_way_through_zero_does_not_hop() -> None:
    passing = OneWeight(start=-1.5, rate=0.02, strength=0.05, wanted=1.0, curvature=0.8)
    found = path(passing, SUBGRADIENT)
    assert found[-12] < 0 < found[-1]
    assert hop(found) is None


def test_l2_takes_a_share_and_l1_an_amount() -> None:
    one = OneWeight(start=2.0, rate=0.1, strength=0.2, wanted=0, curvature=0)
    shrunk = path(one, L2)
    np.testing.assert_allclose(shrunk[1:] / shrunk[:-1], 0.98)
    np.testing.assert_allclose(np.diff(path(one, THRESHOLD)), -0.02)


def test_when_a_weight_is_at_zero() -> None:
    assert at_zero_from(np.array([1.0, 0.0, 0.5, 0.0, 0.0])) == 3
    assert at_zero_from(np.zeros(3)) == 0
    assert at_zero_from(np.array([0.0, 0.1])) is None


def test_the_pulls_are_the_negative_slopes() -> None:
    places = np.array([-1.5, -0.2, 0.0, 0.7])
    for one in weights(range(4)):
        l1, l2, data = pulls(one, places)
        where = torch.tensor(places, requires_grad=True)
        for found, penalty in ((l1, where.abs()), (l2, where**2 / 2)):
            (slope,) = torch.autograd.grad(one.strength * penalty.sum(), where)
            np.testing.assert_allclose(found, -slope.numpy())
        loss = (one.curvature / 2 * (where - one.wanted) ** 2).sum()
        np.testing.assert_allclose(data, -torch.autograd.grad(loss, where)[0].numpy())
