"""Lines of maximum likelihood against least squares, scikit-learn, SciPy, and what is said of them.

The patients are drawn from seeds that the page doesn't show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, QuantileRegressor

from explainer.likelihood.drawn import KNOTS, NONE, Drawn, Heights
from explainer.likelihood.lines import (
    fit,
    least_absolute,
    least_squares,
    likely_scale,
    residuals,
)
from explainer.likelihood.noise import NOISES, Values
from explainer.likelihood.noise_script import script
from explainer.likelihood.patients import PATIENTS, everyone, patients, units
from explainer.likelihood.sensitivity import HEIGHTS, absolute_slopes, slopes, squared_slopes

SEEDS = range(100, 108)
OUTLIER = (2.2, -3.2)
OUTER: Heights = (5.2, 4.9, *(None,) * 9, 4.9, 5.2)


def drawn_of(slug: str, scale: float = 0.7, heights: Heights = NONE, own: float = 0.0) -> Drawn:
    noise = NOISES[slug]
    return Drawn(noise, scale, own or (noise.own.default if noise.own else 0.0), heights)


def points_of(seed: int, outlier: tuple[float, float] = OUTLIER) -> Values:
    return np.vstack([patients(seed), outlier])


def by_quantile(points: Values, share: float) -> Values:
    model = QuantileRegressor(quantile=share, alpha=0).fit(points[:, :1], points[:, 1])
    return np.array([model.intercept_, model.coef_[0]])


def turn(drawn: Drawn, seed: int, outlier: tuple[float, float] = OUTLIER) -> float:
    """How far the outlier turns the slope."""
    return float(fit(drawn, points_of(seed, outlier)).best[1] - fit(drawn, patients(seed)).best[1])


def test_the_patients_are_scikit_learns_and_no_two_stand_above_one_another() -> None:
    np.testing.assert_allclose(everyone().mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(everyone().std(axis=0), 1)
    assert units() == pytest.approx((4.41, 77.0), abs=0.1)
    assert len(np.unique(patients(103)[:, 0])) == PATIENTS
    rows = {tuple(one) for one in everyone()}
    assert all(tuple(one) in rows for one in patients(103))


@pytest.mark.parametrize("seed", SEEDS)
def test_gaussian_noise_gives_least_squares(seed: int) -> None:
    points = points_of(seed)
    model = LinearRegression().fit(points[:, :1], points[:, 1])
    wanted = [model.intercept_, model.coef_[0]]
    np.testing.assert_allclose(fit(drawn_of("gaussian"), points).best, wanted, atol=1e-6)
    np.testing.assert_allclose(least_squares(points), wanted, atol=1e-9)


@pytest.mark.parametrize("slug", ["gaussian", "huber", "student"])
def test_a_gaussian_drawn_by_its_handles_gives_least_squares(slug: str) -> None:
    heights: Heights = tuple((KNOTS**2 / (2 * 0.9**2)).tolist())
    for seed in SEEDS:
        points = points_of(seed, (1.5, -1.0))
        line = least_squares(points)
        assert np.abs(residuals(points, line)).max() < 3  # within the handles' reach
        found = fit(drawn_of(slug, heights=heights), points).best
        np.testing.assert_allclose(found, line, atol=1e-6)


def test_laplace_noise_of_the_noise_or_drawn_gives_median_regression() -> None:
    drawn: Heights = tuple((np.abs(KNOTS) / 0.4).tolist())
    for seed in SEEDS:
        points = points_of(seed)
        wanted = by_quantile(points, 0.5)
        np.testing.assert_allclose(least_absolute(points), wanted, atol=1e-6)
        np.testing.assert_allclose(fit(drawn_of("laplace"), points).best, wanted, atol=1e-6)
        found = fit(drawn_of("laplace", heights=drawn), points).best
        np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("share", [0.2, 0.65, 0.8])
def test_skewed_laplace_noise_gives_quantile_regression(share: float) -> None:
    for seed in SEEDS:
        points = points_of(seed)
        found = fit(drawn_of("quantile", own=share), points).best
        np.testing.assert_allclose(found, by_quantile(points, share), atol=1e-6)
        below = (residuals(points, found) < -1e-9).mean()
        at_or_below = (residuals(points, found) < 1e-9).mean()
        assert below <= share <= at_or_below


@pytest.mark.parametrize("slug", ["huber", "log_cosh", "student", "expectile", "biweight"])
def test_no_search_from_elsewhere_finds_less_loss(slug: str) -> None:
    random = np.random.default_rng(100)
    for heights in (NONE, OUTER):
        drawn, points = drawn_of(slug, heights=heights), points_of(101)
        found = fit(drawn, points)

        def loss(line: Values, drawn: Drawn = drawn, points: Values = points) -> float:
            return float(drawn.parts(residuals(points, line))[0].sum())

        starts = [found.best, *random.uniform(-1.5, 1.5, (4, 2))]
        best = min(minimize(loss, one, method="Nelder-Mead").fun for one in starts)
        assert found.losses[0] <= best + 1e-7
        assert found.losses[0] == pytest.approx(loss(found.best))
        pull = drawn.parts(residuals(points, found.best))[1]
        np.testing.assert_allclose([pull.sum(), pull @ points[:, 0]], 0, atol=1e-6)


def test_a_loss_that_is_not_convex_has_several_best_lines() -> None:
    x = np.linspace(-2, 2, 12)
    points = np.concatenate([np.stack([x, x], axis=1), np.stack([x, -x + 0.1], axis=1)])
    found = fit(drawn_of("student", 0.2), points)
    assert len(found.lines) >= 2
    assert set(found.lines[:2, 1].round().tolist()) == {1.0, -1.0}
    assert (np.diff(found.losses) >= 0).all()
    assert len(fit(drawn_of("gaussian"), points).lines) == 1


def test_one_point_has_a_sixth_of_the_pull_of_squares_and_its_share_of_the_absolute() -> None:
    shares = []
    for seed in SEEDS:
        points = points_of(seed)
        pull = np.abs(residuals(points, least_squares(points)))
        shares.append(pull[-1] / pull.sum())
        drawn = drawn_of("laplace")
        pulls = np.abs(drawn.parts(residuals(points, fit(drawn, points).best))[1])
        assert pulls[-1] / len(points) == pytest.approx(pulls.max() / len(points))
    assert 1 / 7 < np.mean(shares) < 1 / 5


def test_squared_loss_follows_an_outlier_and_others_stop_or_forget() -> None:
    for seed in SEEDS:
        near, far, further = ((2.2, height) for height in (-4.4, -8.0, -16.0))
        gaussian = [turn(drawn_of("gaussian"), seed, one) for one in (near, far, further)]
        assert gaussian[2] < 1.5 * gaussian[1] < 2 * gaussian[0] < 0
        for slug in ("laplace", "huber"):
            assert turn(drawn_of(slug), seed, far) == pytest.approx(
                turn(drawn_of(slug), seed, further), abs=1e-6
            )
        student = [abs(turn(drawn_of("student"), seed, one)) for one in (near, far, further)]
        assert student[0] > student[1] > student[2]


def test_further_to_the_side_hubers_line_is_turned_further_and_absolute_losss_in_jumps() -> None:
    places = np.arange(1.5, 3.25, 0.1)
    still = []
    for seed in range(100, 124):
        huber, absolute = (
            [turn(drawn_of(slug), seed, (x, -3.2)) for x in places] for slug in ("huber", "laplace")
        )
        assert huber[-1] < huber[0] < 0
        steps = np.diff(absolute)
        still.append((np.abs(steps) < 1e-9).mean())
    assert min(still) > 0.75  # it stays, but for a few jumps
    assert np.mean(still) < 1
    assert max(still) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_with_students_noise_the_line_lets_the_outlier_go(seed: int) -> None:
    shares, turns, pulls = [], [], []
    lowered = drawn_of("student").with_handle(12, 4.6, symmetric=True)
    assert lowered.is_proper
    for drawn in (drawn_of("gaussian"), drawn_of("student"), lowered):
        points = points_of(seed)
        pull = np.abs(drawn.parts(residuals(points, fit(drawn, points).best))[1])
        shares.append(pull[-1] / pull.sum())
        turns.append(abs(turn(drawn, seed)))
        pulls.append(pull[-1])
    assert shares[0] > 1 / 8
    assert shares[1] < 1 / 25
    assert turns[1] < turns[0] / 3
    assert pulls[2] < pulls[1] < pulls[0] / 5


def least_of_grid(drawn: Drawn, points: Values) -> float:
    """The least loss of lines of a fine grid."""
    levels = np.linspace(-1.5, 1.5, 301)
    design = np.stack([np.ones(len(points)), points[:, 0]], axis=1)
    found = []
    for slope in levels:
        lines = np.stack([levels, np.full(len(levels), slope)], axis=1)
        found.append(drawn.parts(points[:, 1] - lines @ design.T)[0].sum(axis=1).min())
    return float(min(found))


@pytest.mark.parametrize(("scale", "seed"), [(0.2, 0), (0.3, 2), (0.25, 106), (0.2, 107)])
def test_no_line_of_a_fine_grid_is_better_where_valleys_are_narrow(scale: float, seed: int) -> None:
    drawn = drawn_of("biweight", scale, own=1.0)
    assert fit(drawn, points_of(seed)).losses[0] <= least_of_grid(drawn, points_of(seed)) + 1e-9


@pytest.mark.parametrize("slug", ["laplace", "quantile"])
def test_no_line_of_a_fine_grid_is_better_where_a_corner_is_drawn(slug: str) -> None:
    narrow: Heights = tuple(np.minimum(np.abs(KNOTS) / 0.3, 3 + KNOTS**2 / 50).tolist())
    for heights in (narrow, OUTER):
        for seed in (100, 101):
            drawn, points = drawn_of(slug, 0.3, heights), points_of(seed)
            assert fit(drawn, points).losses[0] <= least_of_grid(drawn, points) + 1e-9


def test_a_point_on_the_line_has_the_middle_of_the_pull_of_a_corner() -> None:
    for slug, wanted in (("laplace", 0.0), ("quantile", 0.6 / 0.7)):
        drawn, points = drawn_of(slug), points_of(106)
        left = residuals(points, fit(drawn, points).best)
        near = np.argsort(np.abs(left))[:2]
        np.testing.assert_array_equal(left[near], 0)
        np.testing.assert_allclose(drawn.parts(left)[1][near], wanted, atol=1e-12)


def test_with_the_ends_of_the_loss_pulled_down_the_line_lets_the_outlier_go() -> None:
    drawn = drawn_of("gaussian", heights=OUTER)
    ratios = [turn(drawn, seed) / turn(drawn_of("gaussian"), seed) for seed in range(100, 124)]
    assert np.median(ratios) < 0.1
    assert max(ratios) < 0.6


def test_the_likeliest_scale_of_a_gaussian_divides_by_n_which_is_too_small() -> None:
    points = points_of(104)
    left = residuals(points, least_squares(points))
    assert likely_scale(drawn_of("gaussian"), points) == pytest.approx(left.std(), abs=0.026)
    random, x = np.random.default_rng(100), patients(104)[:, 0]
    noise = random.standard_normal((4000, len(x)))
    design = np.stack([np.ones(len(x)), x], axis=1)
    missed = ((noise - noise @ design @ np.linalg.pinv(design)) ** 2).sum(axis=1)
    assert (missed / len(x)).mean() == pytest.approx(1 - 2 / len(x), abs=0.015)
    assert (missed / (len(x) - 2)).mean() == pytest.approx(1, abs=0.015)


def test_the_slope_over_the_height_is_straight_for_squares_alone() -> None:
    squared = squared_slopes(105, 2.2)
    np.testing.assert_allclose(np.diff(squared, 2), 0, atol=1e-9)
    absolute, student = absolute_slopes(105, 2.2), slopes(drawn_of("student"), 105, 2.2)
    assert len(HEIGHTS) == len(absolute)
    assert np.ptp(absolute[:5]) == pytest.approx(0, abs=1e-9)
    alone = fit(drawn_of("student"), patients(105)).best[1]
    assert abs(student[0] - alone) < np.abs(student - alone).max() / 2


@pytest.mark.parametrize(
    ("slug", "heights"),
    [("gaussian", NONE), ("laplace", NONE), ("quantile", NONE), ("gaussian", OUTER),
     ("student", OUTER)],
)  # fmt: skip
def test_the_script_finds_the_same_line_and_the_same_pulls(slug: str, heights: Heights) -> None:
    drawn = drawn_of(slug, heights=heights)
    left: dict[str, Any] = {"__name__": "script"}
    exec(script(drawn, 107, OUTLIER), left)
    points = points_of(107)
    line = fit(drawn, points).best
    np.testing.assert_allclose([left["intercept"], left["slope"]], line, atol=1e-4)
    pull = drawn.parts(residuals(points, line))[1]
    np.testing.assert_allclose(left["r"].grad.numpy(), np.asarray(pull), atol=2e-2)
