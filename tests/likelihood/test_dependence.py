"""Copies of examples: what the interval promises and keeps; the variance of greatest likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import approx_fprime
from scipy.stats import binom, norm

from explainer.evaluation.intervals import BEYOND
from explainer.likelihood.coin import Coin
from explainer.likelihood.dependence import (
    coverage,
    covered,
    half_width,
    inks,
    variances,
)
from explainer.training.instruments.student import NOISE, intervals, judged

KS = np.arange(1, 21)


def left_with_many(copies: ArrayLike) -> NDArray[np.float64]:
    """What is left of 95 % with many examples."""
    return np.asarray(2 * norm.cdf(BEYOND / np.sqrt(np.asarray(copies, float))) - 1)


def test_the_half_width_is_that_of_the_curvature() -> None:
    one = Coin(28, 40)  # 7 of 10, each four times
    step = 1e-4
    values = one.log_likelihood([0.7 - step, 0.7, 0.7 + step])
    curvature = -(values[0] - 2 * values[1] + values[2]) / step**2
    assert float(half_width(0.7, 10, 4)) == pytest.approx(BEYOND / curvature**0.5, rel=1e-5)
    assert float(half_width(0.7, 10)) == pytest.approx(2 * float(half_width(0.7, 10, 4)))
    slope = approx_fprime([0.7], lambda p: float(one.log_likelihood(p)[0]))
    assert slope == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("chance", "count"), [(0.5, 100), (0.05, 5), (0.9, 37)])
def test_what_is_measured_is_what_the_binomial_says(chance: float, count: int) -> None:
    exact = coverage(chance, count, KS)
    draws = 20_000
    found = covered(chance, count, KS, seed=77, draws=draws) / draws
    error = np.sqrt(exact * (1 - exact) / draws)
    assert (np.abs(found - exact) <= 4.5 * error + 1e-12).all()
    heads = np.arange(count + 1)
    inside = np.abs(heads / count - chance) <= half_width(heads / count, count, 3)
    assert exact[2] == pytest.approx(binom.pmf(heads, count, chance)[inside].sum())


def test_with_many_examples_the_promise_breaks_as_the_root_of_k() -> None:
    kept = coverage(0.5, 4000, KS)
    np.testing.assert_allclose(kept, left_with_many(KS), atol=0.015)
    assert kept[0] == pytest.approx(0.95, abs=0.005)
    np.testing.assert_allclose(left_with_many([4, 20]), [0.67, 0.34], atol=0.005)


def test_at_the_pages_settings_the_interval_covers_as_often_as_the_prose_says() -> None:
    np.testing.assert_allclose(coverage(0.5, 100, [4, 20]), [0.63, 0.38], atol=0.005)


def test_dividing_by_n_is_too_small_by_its_factor_and_by_n_less_one_within_noise() -> None:
    likely, unbiased = variances(12, seed=901, draws=20_000)
    counts = np.arange(2, 13)
    __, low, high = intervals(unbiased).T
    assert all(judged(a - 1, b - 1) == NOISE for a, b in zip(low[::5], high[::5], strict=True))
    np.testing.assert_allclose(likely.mean(0), (counts - 1) / counts, rtol=0.03)
    np.testing.assert_allclose(likely * counts, unbiased * (counts - 1))


def test_the_root_of_the_unbiased_variance_is_still_too_small() -> None:
    __, unbiased = variances(12, seed=902, draws=20_000)
    roots = intervals(np.sqrt(unbiased))
    assert (roots[:, 2] < 1).all()


def test_variances_are_numpys() -> None:
    drawn = np.random.default_rng(5).choice(inks(), (7, 6))
    likely, unbiased = variances(6, seed=5, draws=7)
    np.testing.assert_allclose(likely[:, -1], drawn.var(1) / inks().var())
    np.testing.assert_allclose(unbiased[:, 1], drawn[:, :3].var(1, ddof=1) / inks().var())
