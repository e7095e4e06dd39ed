"""Least squares of two weights: closed forms against descent, κ, and whitening."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.linalg import polar

from explainer.evaluation.scaling import (
    NEAR,
    LeastSquares,
    feature_and_bias,
    two_features,
    whitened,
)
from explainer.evaluation.scaling_script import script

SETTINGS = [(10.0, 0.0), (4.0, 0.6), (0.1, -0.95)]


def descended(problem: LeastSquares, share: float, steps: int) -> np.ndarray:
    weights, found = np.zeros(2), [np.zeros(2)]
    for _ in range(steps):
        off = problem.columns @ weights - problem.targets
        slope = problem.columns.T @ off / len(off)
        weights = weights - share * problem.largest_rate * slope
        found.append(weights)
    return np.array(found)


def loss(problem: LeastSquares, weights: np.ndarray) -> np.ndarray:
    off = weights @ problem.columns.T - problem.targets
    return np.asarray((off**2).mean(-1) / 2)


@pytest.mark.parametrize(("scale", "correlation"), SETTINGS)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.95])
def test_the_path_and_what_is_left_are_those_of_gradient_descent(
    scale: float, correlation: float, share: float
) -> None:
    for problem in two_features(scale, correlation):
        path = descended(problem, share, 40)
        np.testing.assert_allclose(problem.path(share, 40), path, atol=1e-8)
        gaps = loss(problem, path) - loss(problem, problem.optimum)
        np.testing.assert_allclose(problem.left(share, np.arange(41.0)), gaps / gaps[0], atol=1e-9)
        exact = np.linalg.lstsq(problem.columns, problem.targets, rcond=None)[0]
        np.testing.assert_allclose(problem.optimum, exact)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_steps_are_the_first_that_arrive_and_within_the_bound(share: float) -> None:
    for problem in (*two_features(5, 0.7), *feature_and_bias(1, 2)):
        steps = int(problem.steps(share))
        before, after = problem.left(share, np.array([steps - 1.0, steps]))
        assert before > NEAR >= after
        assert steps <= math.ceil(problem.bound(share) + 1e-9)


def test_from_the_largest_stable_rate_on_it_does_not_arrive() -> None:
    for problem in two_features(3, 0.5):
        assert problem.steps(1.0) == math.inf
        assert float(problem.left(1.05, np.array([200.0]))[0]) > 1


def test_the_bound_is_near_the_rule_of_thumb_where_κ_is_large() -> None:
    problem = two_features(10, 0.0)[0]
    for share in (0.2, 0.5, 0.9):
        rule = problem.condition / (4 * share) * math.log(1 / NEAR)
        assert problem.bound(share) == pytest.approx(rule, rel=0.02)


@pytest.mark.parametrize(("scale", "correlation"), SETTINGS)
def test_standardising_leaves_the_correlation_and_whitening_nothing(
    scale: float, correlation: float
) -> None:
    raw, standardised, white = two_features(scale, correlation)
    first, second = raw.columns.T
    known = np.mean(first * second) / first.std() / second.std()
    assert known == pytest.approx(correlation, abs=1e-12)
    size = abs(correlation)
    assert standardised.condition == pytest.approx((1 + size) / (1 - size))
    assert raw.condition == pytest.approx(np.linalg.cond(raw.columns.T @ raw.columns))
    np.testing.assert_allclose(white.curvature, np.eye(2), atol=1e-9)
    assert white.steps(0.5) == 1


def test_whitened_columns_are_the_nearest_that_have_no_correlation() -> None:
    columns = two_features(3, 0.4)[0].columns + 2
    nearest = polar(columns - columns.mean(0))[0] * np.sqrt(len(columns))
    np.testing.assert_allclose(whitened(columns), nearest, atol=1e-9)


def test_the_whitened_optimum_moves_as_smoothly_as_the_slider() -> None:
    """Also where both principal axes are level and change places, at no correlation."""
    found = np.array([two_features(4, one)[2].optimum for one in np.arange(-0.95, 0.951, 0.05)])
    assert np.abs(np.diff(found, axis=0)).max() < 0.2
    assert (found[10:] > 0).all()


@pytest.mark.parametrize("mean", [0.0, 1.0, 3.0])
def test_a_mean_couples_weight_and_bias_and_only_centring_takes_it_away(mean: float) -> None:
    raw, divided, standardised = feature_and_bias(1.0, mean)
    known = np.linalg.eigvalsh([[1 + mean**2, mean], [mean, 1]])
    assert divided.condition == pytest.approx(known[1] / known[0])
    assert raw.condition == pytest.approx(divided.condition)
    assert standardised.condition == pytest.approx(1)
    if mean == 3:
        assert 110 < divided.condition < 125


def test_contours_have_their_height() -> None:
    problem = two_features(4, -0.6)[0]
    least, first = loss(problem, problem.optimum), loss(problem, np.zeros(2))
    for part in (0.1, 1.0):
        heights = (loss(problem, problem.contour(part)) - least) / (first - least)
        np.testing.assert_allclose(heights, part)


@pytest.mark.parametrize(("slug", "second"), [("features", 0.6), ("bias", 3.0)])
@pytest.mark.parametrize("rate", [0.5, 0.9])
def test_the_script_counts_the_same_steps(slug: str, second: float, rate: float) -> None:
    problems = two_features if slug == "features" else feature_and_bias
    names: dict[str, Any] = {}
    exec(script(slug, 2.0, second, rate), names)
    found = problems(2.0, second)
    np.testing.assert_allclose(names["conditions"], [one.condition for one in found])
    assert names["steps"] == [one.steps(rate) for one in found]
