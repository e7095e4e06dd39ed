"""Closed forms of early stopping and of L2, held against the steps and against a solver."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.generalisation.quadratic import (
    OPTIMUM,
    RATE,
    Quadratic,
    descent_share,
    ridge_share,
    strength_for,
)

LOSS = Quadratic(0.3, 4)


@pytest.mark.parametrize("steps", [1, 7, 200])
def test_the_share_of_the_way_is_where_gradient_descent_is(steps: int) -> None:
    weights = np.zeros(2)
    for _ in range(steps):
        weights = weights - RATE * LOSS.curvatures * (weights - OPTIMUM)
    np.testing.assert_allclose(LOSS.stopped(steps), weights, rtol=1e-12)
    np.testing.assert_allclose(descent_share(LOSS.curvatures, steps) * OPTIMUM, weights)


@pytest.mark.parametrize("strength", [0.02, 1, 20])
def test_the_ridge_is_where_loss_and_penalty_are_least(strength: float) -> None:
    from scipy.optimize import minimize

    def both(weights: np.ndarray) -> float:
        return float(LOSS.loss(weights) + strength / 2 * (weights @ weights))

    np.testing.assert_allclose(LOSS.ridge(strength), minimize(both, np.zeros(2)).x, atol=1e-5)
    np.testing.assert_allclose(
        ridge_share(LOSS.curvatures, strength) * OPTIMUM, LOSS.ridge(strength)
    )


def test_stopping_goes_farther_than_its_ridge_and_by_at_most_a_fifth_for_small_steps() -> None:
    curvature = np.geomspace(1e-3, 1e3, 4001)
    for rate, most in ((1e-6, 0.2037), (RATE, 0.25)):
        for steps in (1, 10, 1e4):
            known = curvature[rate * curvature < 0.5]
            more = descent_share(known, steps, rate) - ridge_share(known, strength_for(steps, rate))
            assert more.min() > -1e-12
            assert more.max() < most
    x = np.linspace(0, 20, 2001)
    assert (1 - np.exp(-x) - x / (1 + x)).max() == pytest.approx(0.2036, abs=1e-4)


def test_steep_directions_go_all_the_way_and_flat_ones_hardly_move() -> None:
    strength = strength_for(20)
    steep, flat = np.array([50 * strength]), np.array([strength / 50])
    for share in (ridge_share(steep, strength), descent_share(np.array([10.0]), 20)):
        assert share > 0.9
    assert ridge_share(flat, strength) < 0.02
    assert descent_share(flat, 20) < 0.021


def test_a_contour_has_one_loss_and_distances_are_over_the_whole_way() -> None:
    np.testing.assert_allclose(LOSS.loss(LOSS.contour(0.7)), 0.7)
    apart = np.linalg.norm(LOSS.stopped(20) - LOSS.ridge(1 / (20 * RATE))) / np.sqrt(2)
    assert LOSS.apart(20) == pytest.approx(apart)
