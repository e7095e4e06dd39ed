"""Fifty fits: the decomposition is exact, least squares are those of the libraries, and the claims.

Seeds from 40 on are none that the page begins with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.polynomial.legendre import legvander
from sklearn.linear_model import Ridge

from explainer.generalisation.cloud import (
    GRID,
    LAYOUTS,
    SAMPLES,
    TRUTHS,
    Setting,
    errors,
    fitted,
    samples,
)
from explainer.generalisation.cloud_models import MODELS, Curve, curve

POLYNOMIAL = MODELS["polynomial"]
SETTINGS = (
    Setting(seed=40),
    Setting("step", "random", 24, 0.7, 41, ((3, 0.2, 1.5), (40, 0.0, 0.0))),
    Setting("hill", "ends", 8, 0.1, 42),
)


def over(curve: Curve, name: str = "") -> dict[int, float]:
    """bias² + variance, or one error by name, by the degree."""
    line = curve.line(name) if name else curve.missed
    return dict(zip(curve.capacities, line.tolist(), strict=True))


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    ("degree", "ridge"), [(0, 0.0), (5, 0.0), (12, 1e-3), (23, 0.0), (60, 2.0)]
)
def test_what_is_missed_is_bias_and_variance_to_the_last_digit(
    setting: Setting, degree: int, ridge: float
) -> None:
    drawn, fits = samples(setting), fitted(setting, ridge, degree)
    found = errors(setting, drawn, fits)
    missed = np.mean((fits.on_grid - setting.truth_at(GRID)) ** 2)
    assert found.bias + found.variance == pytest.approx(missed, rel=1e-12)
    assert found.variance == pytest.approx(fits.on_grid.var(0).mean(), rel=1e-9)
    first = np.mean((fits.on_grid[0] - setting.truth_at(GRID)) ** 2)
    assert found.test == pytest.approx(first + setting.noise**2)


@pytest.mark.parametrize("setting", SETTINGS)
def test_bias_and_variance_are_those_of_the_matrix_that_makes_fits_of_values(
    setting: Setting,
) -> None:
    drawn = samples(setting)
    matrix = legvander(GRID, 5) @ np.linalg.pinv(legvander(drawn.x, 5))  # (grid, points)
    found = errors(setting, drawn, fitted(setting, 0.0, 5))
    values = setting.truth_at(drawn.x)
    free = np.ones(setting.points, bool)
    for index, __, height in setting.pins:
        if index < setting.points:
            values[index], free[index] = height, False
    bias = np.mean((matrix @ values - setting.truth_at(GRID)) ** 2)
    assert found.bias == pytest.approx(bias, rel=1e-9)
    expected = setting.noise**2 * (matrix[:, free] ** 2).sum() / len(GRID)
    assert found.variance == pytest.approx(expected, rel=0.35)  # of 50 draws


@pytest.mark.parametrize("degree", [0, 4, 14, 20, 99])
def test_without_a_ridge_the_fits_are_those_of_numpy(degree: int) -> None:
    setting = SETTINGS[0]
    drawn, fits = samples(setting), fitted(setting, 0.0, degree)
    weights = np.linalg.lstsq(legvander(drawn.x, degree), drawn.y.T, rcond=None)[0]
    np.testing.assert_allclose(fits.on_grid, (legvander(GRID, degree) @ weights).T, atol=1e-7)
    np.testing.assert_allclose(
        fits.at_points, legvander(drawn.x, degree) @ weights[:, 0], atol=1e-9
    )


@pytest.mark.parametrize("degree", [3, 14, 40])
@pytest.mark.parametrize("ridge", [1e-4, 0.1, 10.0])
def test_with_a_ridge_they_are_those_of_scikit_learn(degree: int, ridge: float) -> None:
    setting = SETTINGS[1]
    drawn, fits = samples(setting), fitted(setting, ridge, degree)
    model = Ridge(ridge, fit_intercept=False, solver="svd").fit(
        legvander(drawn.x, degree), drawn.y.T
    )
    np.testing.assert_allclose(fits.on_grid, model.predict(legvander(GRID, degree)).T, atol=1e-8)


@pytest.mark.parametrize("setting", SETTINGS)
def test_noises_add_up_to_nothing_and_a_point_put_by_hand_is_the_same_in_all(
    setting: Setting,
) -> None:
    drawn = samples(setting)
    free = np.ones(setting.points, bool)
    free[[one[0] for one in setting.pins if one[0] < setting.points]] = False
    np.testing.assert_allclose(drawn.y.mean(0)[free], setting.truth_at(drawn.x)[free], atol=1e-12)
    spread = drawn.y[:, free].var(0, ddof=1) / setting.noise**2
    assert spread.mean() == pytest.approx(1, abs=5 * np.sqrt(2 / SAMPLES / setting.points))
    assert (drawn.y[:, ~free] == drawn.y[0, ~free]).all()
    others = samples(replace(setting, seed=setting.seed + 1, layout="even")).y
    assert not np.allclose(others[:, free], samples(replace(setting, layout="even")).y[:, free])


@pytest.mark.parametrize("slug", LAYOUTS.slugs)
@pytest.mark.parametrize("points", [8, 15, 60])
def test_points_lie_in_order_from_minus_one_to_one(slug: str, points: int) -> None:
    x = LAYOUTS[slug].at(points, 40)
    assert len(x) == points
    assert (np.diff(x) > 0).all()
    assert np.abs(x).max() <= 1


@pytest.mark.parametrize("layout", ["even", "random"])
@pytest.mark.parametrize("points", [12, 20, 30])
@pytest.mark.parametrize("seed", [40, 41, 42])
def test_the_variance_peaks_where_there_are_as_many_parameters_as_points(
    layout: str, points: int, seed: int
) -> None:
    found = curve(POLYNOMIAL, Setting("sine", layout, points, 0.3, seed), 0.0)
    variance = over(found, "variance")
    peak = max(variance, key=variance.__getitem__)
    assert abs(peak + 1 - points) <= 0.2 * points
    assert variance[peak] > 5 * variance[99]


@pytest.mark.parametrize("seed", [40, 41, 42])
@pytest.mark.parametrize("points", [12, 15, 30])
def test_denser_at_the_ends_the_variance_stays_about_that_of_the_noise(
    seed: int, points: int
) -> None:
    setting = Setting("sine", "ends", points, 0.3, seed)
    assert curve(POLYNOMIAL, setting, 0.0).line("variance").max() < 1.15 * setting.noise**2


@pytest.mark.parametrize("seed", range(40, 46))
def test_the_second_valley_is_above_the_first_for_the_sine_and_below_it_for_the_hill(
    seed: int,
) -> None:
    for truth, lower in (("sine", False), ("hill", True)):
        missed = over(curve(POLYNOMIAL, Setting(truth, seed=seed), 0.0))
        first = min(value for degree, value in missed.items() if degree < 14)
        second = min(value for degree, value in missed.items() if degree > 14)
        assert (second < first) == lower
        assert max(missed.values()) > 10 * max(first, second)


@pytest.mark.parametrize("truth", TRUTHS.slugs)
def test_beyond_the_threshold_more_parameters_are_less_variance(truth: str) -> None:
    found = curve(POLYNOMIAL, Setting(truth, seed=43), 0.0)
    variance = [value for degree, value in over(found, "variance").items() if degree > 14]
    assert (np.diff(variance) < 0).all()
    bias = over(found, "bias")
    assert (max(bias, key=bias.__getitem__) in (14, 15)) == (truth in ("hill", "step"))


@pytest.mark.parametrize("seed", [40, 41, 42])
def test_the_best_degree_lies_between_bias_and_variance(seed: int) -> None:
    found = curve(POLYNOMIAL, Setting(seed=seed), 0.0)
    left = [one for one in found.capacities if one < 14]
    bias, variance, missed = over(found, "bias"), over(found, "variance"), over(found)
    assert min(left, key=missed.__getitem__) == 5
    assert (np.diff([bias[one] for one in left]) <= 1e-12).all()
    assert (np.diff([variance[one] for one in left]) > 0).all()
    assert over(found, "training")[14] < 1e-12


@pytest.mark.parametrize("seed", [40, 41, 42])
def test_a_ridge_of_a_tenth_melts_the_peak_and_leaves_the_first_valley(seed: int) -> None:
    plain, melted = (over(curve(POLYNOMIAL, Setting(seed=seed), one)) for one in (0.0, 0.1))
    assert plain[14] > 100 * melted[14]
    assert melted[14] < melted[99]
    assert max(melted[one] for one in range(5, 17)) < 2 * melted[99]
    assert min(melted.values()) < 1.05 * min(plain.values())


def test_a_point_dragged_up_spoils_bias_and_not_variance() -> None:
    setting = Setting(seed=44)
    x = float(samples(setting).x[7])
    free, put = (
        curve(POLYNOMIAL, one, 0.0) for one in (setting, replace(setting, pins=((7, x, 2.0),)))
    )
    assert (put.line("variance") < free.line("variance")).all()
    assert (put.line("bias") > free.line("bias")).all()
