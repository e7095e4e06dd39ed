"""The polynomial that is bent back: scikit-learn's fits, and the words over unseen samples."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, Ridge
from sklearn.preprocessing import StandardScaler

from explainer.regularisation.bends import (
    DEGREE,
    NOISE,
    PLACES,
    POWERS,
    Bends,
    bends,
    lasso,
    ridge,
)

UNSEEN = range(100, 140)


def columns_of(found: Bends) -> np.ndarray:
    """The standardised powers of the points."""
    powers = found.x[:, None] ** np.arange(1, DEGREE + 1)
    return np.asarray(StandardScaler().fit_transform(powers))


@pytest.mark.parametrize("at", [0, 40, 60, 90])
def test_the_ridge_is_scikit_learns(at: int) -> None:
    found = bends(31, l1=False)
    columns = columns_of(found)
    wanted = Ridge(alpha=len(found.x) * 10 ** POWERS[at], solver="svd").fit(columns, found.y)
    np.testing.assert_allclose(found.weights[at], wanted.coef_, rtol=1e-5, atol=1e-9)
    error = np.sqrt(np.mean((wanted.predict(columns) - found.y) ** 2))
    assert found.training[at] == pytest.approx(error)


@pytest.mark.parametrize("sample", [31, 32, 33])
@pytest.mark.parametrize("at", [55, 70, 85])
def test_the_lasso_is_scikit_learns(sample: int, at: int) -> None:
    found = bends(sample, l1=True)
    columns = columns_of(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = Lasso(alpha=10 ** POWERS[at], tol=1e-10, max_iter=500_000)
        wanted = model.fit(columns, found.y)
    np.testing.assert_allclose(found.weights[at], wanted.coef_, atol=2e-3)


@pytest.mark.parametrize("sample", [31, 32])
def test_the_lasso_meets_its_conditions(sample: int) -> None:
    """The loss pulls with λ at each weight that is not 0, and with λ at most at the others."""
    found = bends(sample, l1=True)
    columns = columns_of(found)
    for strength, weights in zip(10.0 ** POWERS[40:], found.weights[40:], strict=True):
        pull = columns.T @ (found.y - found.y.mean() - columns @ weights) / len(found.x)
        assert (np.abs(pull) <= strength * (1 + 1e-6) + 1e-9).all()
        away = np.abs(weights) > 1e-9
        np.testing.assert_allclose(
            pull[away], strength * np.sign(weights[away]), rtol=1e-5, atol=1e-9
        )


def test_no_penalty_to_speak_of_is_least_squares_and_all_of_it_is_nothing() -> None:
    generator = np.random.default_rng(3)
    columns, targets = generator.standard_normal((15, 4)), generator.standard_normal(15)
    columns, targets = columns - columns.mean(0), targets - targets.mean()
    wanted = np.linalg.lstsq(columns, targets, rcond=None)[0]
    for solve in (ridge, lasso):
        least, most = solve(columns, targets, np.array([1e-12, 1e6]))
        np.testing.assert_allclose(least, wanted, atol=1e-6)
        np.testing.assert_allclose(most, 0, atol=1e-5)


def test_the_curves_end_where_the_points_do() -> None:
    found = bends(31, l1=False)
    assert found.curves.shape == (len(POWERS), len(PLACES))
    inside = np.abs(PLACES) < 1 + 1e-9
    assert np.isfinite(found.curves[:, inside]).all()
    assert np.isnan(found.curves[:, ~inside]).all()


@pytest.mark.parametrize("l1", [False, True])
def test_what_the_words_say_holds_for_unseen_samples(*, l1: bool) -> None:
    found = [bends(sample, l1=l1) for sample in UNSEEN]
    assert all((np.diff(one.training) > -1e-9).all() for one in found)
    fell = [one.validation[0] / one.validation[one.best] for one in found]
    assert float(np.median(fell)) > 1.3
    assert np.mean(np.array(fell) > 1.02) >= 0.9
    for one in found:
        assert one.validation[-1] > 1.5 * one.validation[one.best]
        assert one.validation[one.best] > 0.75 * NOISE
        assert one.training[-1] > 1.5 * one.training[one.best]
    swings = [
        np.nansum(np.abs(np.diff(one.curves[0])) / np.nansum(np.abs(np.diff(one.curves[one.best]))))
        for one in found
    ]
    assert float(np.median(swings)) > 1.5
    bests = {one.best for one in found}
    assert len(bests) > 5


def test_l1_has_half_of_the_weights_at_zero_and_l2_none() -> None:
    l1 = [bends(sample, l1=True) for sample in UNSEEN]
    l2 = [bends(sample, l1=False) for sample in UNSEEN]
    zeros = [int((one.weights[one.best] == 0).sum()) for one in l1]
    assert np.mean([count >= DEGREE / 2 for count in zeros]) > 0.6
    assert all((one.weights[one.best] != 0).all() for one in l2)
