"""The paths of the penalties: scikit-learn's estimators, the optimality conditions, and claims."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from explainer.regularisation.paths import (
    BMI,
    CHOICES,
    FEATURES,
    LDL,
    MIXES,
    TOTAL,
    alone_between,
    diabetes,
    last_to_go,
    optimality_gap,
    path,
    strengths,
    with_twin,
)

HDL = FEATURES.index("HDL cholesterol")
LAMBDAS = (0.002, 0.03, 0.2)
OTHERS = range(1, 13)


@pytest.mark.parametrize("strength", LAMBDAS)
def test_the_scaling_is_that_of_scikit_learn(strength: float) -> None:
    problem = diabetes()
    common = {"fit_intercept": False, "tol": 1e-10, "max_iter": 100_000}
    wanted = {
        "l1": Lasso(alpha=strength, **common),
        "l2": Ridge(alpha=strength * len(problem.target), fit_intercept=False),
        "elastic": ElasticNet(alpha=strength, l1_ratio=0.5, **common),
    }
    for slug, estimator in wanted.items():
        estimator.fit(problem.inputs, problem.target)
        (found,) = path(problem, MIXES[slug], [strength])
        np.testing.assert_allclose(found, estimator.coef_, atol=1e-5)


@pytest.mark.parametrize("slug", MIXES.slugs)
def test_every_point_of_a_path_is_a_minimum(slug: str) -> None:
    problem, penalty = diabetes(twin=True), MIXES[slug]
    for strength, weights in zip(strengths(), path(problem, penalty, strengths()), strict=True):
        assert optimality_gap(problem, penalty, strength, weights) < 1e-6
        assert optimality_gap(problem, penalty, strength, weights + 0.01) > 1e-4


def test_the_order_of_lambdas_is_kept() -> None:
    problem = diabetes()
    up = path(problem, MIXES["l1"], [0.01, 0.1])
    down = path(problem, MIXES["l1"], [0.1, 0.01])
    np.testing.assert_allclose(up, down[::-1], atol=1e-6)


def test_every_lambda_that_can_be_chosen_is_on_the_path() -> None:
    grid = strengths()
    assert (np.diff(grid) > 0).all()
    for one in CHOICES:
        assert np.abs(grid / one - 1).min() < 1e-9


@pytest.mark.parametrize("slug", ["l1", "elastic"])
def test_the_last_weight_goes_where_it_is_said_to(slug: str) -> None:
    problem, penalty = diabetes(), MIXES[slug]
    last, place = last_to_go(problem, penalty)
    before, after = path(problem, penalty, [last * 0.999, last * 1.001])
    assert np.flatnonzero(before).tolist() == [place]
    assert not after.any()


def test_under_l2_no_weight_ever_goes() -> None:
    assert last_to_go(diabetes(), MIXES["l2"])[0] == np.inf
    assert path(diabetes(), MIXES["l2"], strengths()).all()


@pytest.mark.parametrize("slug", ["l1", "l2"])
def test_hdl_grows_at_first_while_total_cholesterol_shrinks(slug: str) -> None:
    weights = np.abs(path(diabetes(), MIXES[slug], [0.003, 0.01, 0.03]))
    assert weights[-1, HDL] > weights[0, HDL]
    assert (np.diff(weights[:, TOTAL]) < 0).all()


def test_a_weight_of_l2_passes_through_zero_and_does_not_stay() -> None:
    weights = path(diabetes(), MIXES["l2"], strengths())
    signs = np.sign(weights[:, HDL])
    assert signs[0] > 0 > signs[-1]
    assert 0 not in signs


def test_of_two_cholesterols_l1_keeps_one_and_l2_gives_both_a_part() -> None:
    problem, lambdas = diabetes(), strengths()
    assert problem.correlation(TOTAL, LDL) == pytest.approx(0.9, abs=0.01)
    low, high = alone_between(lambdas, path(problem, MIXES["l1"], lambdas), TOTAL, LDL)
    assert low == pytest.approx(0.0035, abs=3e-4)
    assert high == pytest.approx(0.04, abs=0.003)
    (square,) = path(problem, MIXES["l2"], [0.1])
    assert square[TOTAL] == pytest.approx(square[LDL], rel=0.25)


def test_of_twins_with_other_noise_l1_tends_to_drop_one_and_l2_shares() -> None:
    dropped = 0
    for seed in OTHERS:
        problem = with_twin(diabetes(), BMI, "twin", seed=seed)
        absolute, square, elastic = (path(problem, one, [0.1])[0] for one in MIXES)
        dropped += int(absolute[-1] == 0 < absolute[BMI])
        assert square[-1] > 0.25 * square[BMI] > 0
        assert elastic[-1] > 0 < elastic[BMI]
        assert (elastic == 0).any()
    assert dropped >= 0.75 * len(OTHERS)


def test_where_no_weight_is_ever_alone_nothing_is_said() -> None:
    assert np.isnan(alone_between(np.array([1.0, 2.0]), np.ones((2, 2)), 0, 1)).all()
    found = alone_between(np.arange(5.0), np.array([[1, 0], [1, 1], [1, 0], [1, 0], [0, 0]]), 0, 1)
    assert found == (2, 3)
