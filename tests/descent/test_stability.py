"""Limits of three rules: at .98 of them every start comes down, at 1.02 none; torch's own steps."""

import numpy as np
import pytest
import torch

from explainer.descent.digit_bowl import bowl, digits
from explainer.descent.stability import RULES, Rule, factors

MOMENTA = (0.0, 0.2, 0.5, 0.8, 0.9, 0.97)


def limits(momentum: float) -> np.ndarray:
    return np.array([rule.limit(momentum) for rule in RULES])


@pytest.mark.parametrize("momentum", MOMENTA)
def test_every_rule_converges_just_below_its_limit_and_diverges_just_above(momentum: float) -> None:
    given = bowl()
    below, above = (
        given.gap(
            factors(given.curvatures, part * limits(momentum) / given.sharpness, momentum, 600)
        )
        for part in (0.98, 1.02)
    )
    assert (below[:, -1] < below[:, 0] / 10).all()
    assert (np.diff(below[:, ::100], axis=1) < 0).all()
    assert (above[:, -1] > 1e6 * above[:, 0]).all()


def test_nesterov_bears_less_than_gradient_descent_and_heavy_ball_more() -> None:
    for momentum in np.linspace(0.01, 0.99, 30):
        descent, ball, nesterov = limits(momentum)
        assert 4 / 3 < nesterov < descent < ball < 4
    assert round(limits(0.9)[2], 2) == 1.36


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.slug)
def test_the_limit_is_where_an_eigenvalue_of_the_step_is_minus_one(rule: Rule) -> None:
    for momentum in MOMENTA:
        pull, kept = rule.limit(momentum), momentum * rule.momentum
        # v' = βv + x, then x' = x − αλ v', or x − αλ (x + β v') where it looks ahead
        first, last = (1 + kept, kept) if rule.ahead else (1, 1)
        step = np.array([[1 - pull * first, -pull * last * kept], [1, kept]])
        assert np.abs(np.linalg.eigvals(step) + 1).min() < 1e-9


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.slug)
def test_the_steps_are_torchs_on_the_loss_itself(rule: Rule) -> None:
    given, (inputs, targets) = bowl(), map(torch.from_numpy, digits())
    momentum, rates = 0.85, 0.9 * limits(0.85) / given.sharpness
    at = RULES.slugs.index(rule.slug)
    gaps = given.gap(factors(given.curvatures, rates, momentum, 40))[at]
    weights = torch.zeros(65, 10, dtype=torch.float64, requires_grad=True)
    kept = momentum * rule.momentum
    optimiser = torch.optim.SGD([weights], lr=rates[at], momentum=kept, nesterov=rule.ahead)
    losses = []
    for _ in range(41):
        loss = (inputs @ weights - targets).square().sum() / (2 * len(inputs))
        losses.append(loss.item())
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    np.testing.assert_allclose(np.diff(gaps), np.diff(losses), rtol=1e-6, atol=1e-12)


def test_momentum_is_ahead_just_below_the_limits_and_too_much_of_it_behind() -> None:
    given = bowl()
    ends = {
        momentum: given.gap(
            factors(given.curvatures, 0.98 * limits(momentum) / given.sharpness, momentum, 200)
        )[:, -1]
        for momentum in (0.9, 0.99)
    }
    descent, ball, nesterov = ends[0.9]
    assert max(ball, nesterov) < descent / 3
    assert ends[0.99][1] > descent
