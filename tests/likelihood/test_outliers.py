"""Regression under outliers: fits against SciPy and scikit-learn, and what each loss pays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from explainer.likelihood.outliers import HEIGHT, LEARNED, LOSSES, Errors, errors, fitted, split
from explainer.training.instruments.student import interval

FRESH = tuple(range(60, 68))
SQUARED, ABSOLUTE, HUBER = range(3)


def weights(seed: int, share: float, place: int, steps: int = 400) -> np.ndarray:
    one = split(seed)
    inputs, targets = (torch.from_numpy(each).float() for each in (one.inputs, one.spoiled(share)))
    found = fitted(inputs[None], targets[None, :, None], LOSSES[place], steps)
    return found[0].double().numpy()


def test_the_squared_fit_is_least_squares() -> None:
    one = split(3)
    targets = one.spoiled(0.1)
    wanted = one.inputs @ np.linalg.lstsq(one.inputs, targets, rcond=None)[0]
    found = one.inputs @ weights(3, 0.1, SQUARED)
    np.testing.assert_allclose(found, wanted, atol=0.02)
    least = np.square(wanted - targets).mean()
    assert np.square(found - targets).mean() == pytest.approx(least, rel=1e-4)


def test_the_absolute_fit_is_median_regression() -> None:
    from sklearn.linear_model import QuantileRegressor

    one = split(3)
    targets = one.spoiled(0.2)
    wanted = QuantileRegressor(alpha=0).fit(one.inputs[:, :-1], targets).predict(one.inputs[:, :-1])
    found = one.inputs @ weights(3, 0.2, ABSOLUTE)
    least = np.abs(wanted - targets).mean()
    assert np.abs(found - targets).mean() == pytest.approx(least, rel=2e-3)


def test_the_fit_with_hubers_loss_is_the_least_that_scipy_finds() -> None:
    one = split(4)
    targets = one.spoiled(0.2)

    def loss(given: np.ndarray) -> float:
        size = np.abs(one.inputs @ given - targets)
        return float(np.where(size < 1, size**2 / 2, size - 0.5).mean())

    wanted = minimize(loss, np.zeros(one.inputs.shape[1]), method="BFGS").fun
    assert loss(weights(4, 0.2, HUBER)) == pytest.approx(wanted, rel=2e-3)


def test_outliers_move_only_what_is_learned_from_and_the_mean_by_their_share() -> None:
    one = split(5)
    np.testing.assert_array_equal(one.spoiled(0), one.targets)
    moved = one.spoiled(0.1) - one.targets
    assert np.unique(moved.round(9)).tolist() == [0, HEIGHT]
    assert moved.sum() == pytest.approx(0.1 * LEARNED * HEIGHT)
    fewer, more = (one.spoiled(share) != one.targets for share in (0.1, 0.2))
    assert (more >= fewer).all()
    shift = weights(5, 0.1, SQUARED)[-1] - weights(5, 0, SQUARED)[-1]
    assert shift == pytest.approx(0.1 * HEIGHT, abs=0.1)
    assert abs(weights(5, 0.1, ABSOLUTE)[-1] - weights(5, 0, ABSOLUTE)[-1]) < 0.2


@pytest.fixture(scope="module")
def every() -> Errors:
    return errors(FRESH, (0.0, 0.1, 0.3))


@pytest.mark.parametrize("measure", ["absolute", "squared"])
def test_without_outliers_squared_is_a_little_ahead_and_with_one_in_ten_far_behind(
    every: Errors, measure: str
) -> None:
    found = every.measured(measure)
    ahead = interval((found[ABSOLUTE, 0] - found[SQUARED, 0]).tolist())
    assert 0 < ahead[0] < 0.03
    assert abs(found[HUBER, 0] - found[SQUARED, 0]).mean() < 0.01
    for place in (ABSOLUTE, HUBER):
        gained = found[SQUARED, 1] - found[place, 1]
        assert interval(gained.tolist())[1] > 0.05
    many = found[:, 2].mean(-1)
    assert many[ABSOLUTE] < many[HUBER] < many[SQUARED] - 0.3
