"""Two weights and a penalty: against scikit-learn, and against a search of the whole plane."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_weights import (
    PAIRS,
    PATH,
    TwoWeights,
    ball,
    minima,
    path,
    strength_of,
    two_weights,
)

LARGEST = 0.8
STRENGTHS = (0.05, 0.2, 0.4, 0.8)
CONVEX = [Shape(1.0), Shape(1.5), Shape(2.0), Shape(4.0), Shape(share=0.5)]
CONCAVE = [Shape(0.5), Shape(0.7)]


def data(slug: str) -> tuple[np.ndarray, np.ndarray]:
    found = load_diabetes(scaled=False)
    x = found.data[:, [found.feature_names.index(name) for name in PAIRS[slug].columns]]
    return (x - x.mean(0)) / x.std(0), (found.target - found.target.mean()) / found.target.std()


@pytest.mark.parametrize("slug", PAIRS.slugs)
def test_the_loss_is_half_the_mean_squared_error_of_the_data(slug: str) -> None:
    (x, y), problem = data(slug), two_weights(slug)
    line = LinearRegression(fit_intercept=False).fit(x, y)
    assert np.allclose(problem.optimum, line.coef_)
    weights = np.random.default_rng(5).normal(size=(7, 2))
    errors = [0.5 * np.mean((y - x @ one) ** 2) for one in weights]
    assert np.allclose(problem.loss(weights), errors)


@pytest.mark.parametrize("slug", PAIRS.slugs)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_minima_are_scikit_learn_s(slug: str, strength: float) -> None:
    (x, y), problem = data(slug), two_weights(slug)
    optimum = np.array(problem.optimum)
    exact = {"fit_intercept": False, "tol": 1e-12, "max_iter": 100_000}
    models = (
        (Shape(1.0), Lasso(strength, **exact)),
        (Shape(2.0), Ridge(strength * len(y), fit_intercept=False)),
        (Shape(share=0.3), ElasticNet(strength, l1_ratio=0.3, **exact)),
    )
    for shape, model in models:
        found = minima(problem, shape, np.array(strength), optimum)
        assert np.allclose(found, model.fit(x, y).coef_, atol=1e-6), shape
        assert ((found == 0) == (model.coef_ == 0)).all()


@pytest.mark.parametrize("shape", [*CONVEX, *CONCAVE], ids=str)
@pytest.mark.parametrize("slug", PAIRS.slugs)
def test_nothing_in_the_plane_is_lower(slug: str, shape: Shape) -> None:
    problem, generator = two_weights(slug), np.random.default_rng(11)
    grid = np.linspace(-0.9, 0.9, 361)
    plane = np.stack(np.meshgrid(grid, grid), -1)
    for strength in (0.03, 0.15, 0.5):
        moved = problem.moved_to(tuple(generator.uniform(-LARGEST, LARGEST, 2)))
        found = minima(moved, shape, np.array(strength), np.array(moved.optimum))

        def height(
            weights: np.ndarray, problem: TwoWeights = moved, strength: float = strength
        ) -> np.ndarray:
            return problem.loss(weights) + strength * shape.values(weights)

        assert float(height(found)) <= float(height(plane).min()) + 1e-7


@pytest.mark.parametrize("optimum", [(0.0, 0.5), (0.5, 0.0), (0.0, -0.8), (0.0, 0.0)])
@pytest.mark.parametrize("shape", [*CONVEX, Shape(share=0.0)], ids=str)
def test_an_optimum_on_an_axis_is_no_exception(shape: Shape, optimum: tuple[float, float]) -> None:
    problem = two_weights("bmi-bp").moved_to(optimum)
    found = minima(problem, shape, np.array(0.4), np.array(optimum))
    slope = (found - optimum) @ problem.curvature  # which the penalty's slope cancels
    for i in range(2):
        if found[i]:
            step = np.eye(2)[i] * 1e-6
            pull = float(shape.values(found + step) - shape.values(found - step)) / 2e-6
            assert slope[i] == pytest.approx(-0.4 * pull, abs=1e-6)
        else:
            assert shape.cornered or abs(slope[i]) < 1e-7


@pytest.mark.parametrize("shape", CONVEX, ids=str)
def test_a_strength_and_its_budget_have_one_solution(shape: Shape) -> None:
    problem = two_weights("bmi-bp")
    optimum = np.array(problem.optimum)
    most = float(shape.values(optimum))
    for share in (0.1, 0.5, 0.9):
        strength = strength_of(problem, shape, share * most)
        found = minima(problem, shape, np.array(strength), optimum)
        assert float(shape.values(found)) == pytest.approx(share * most, rel=2e-3)
        border = ball(shape, share * most, 4000)  # and no place on the ball has less loss
        assert problem.loss(border).min() >= float(problem.loss(found)) - 1e-4
    assert strength_of(problem, shape, most) == strength_of(problem, shape, 2 * most) == 0


def test_budgets_of_what_is_not_convex_are_refused() -> None:
    with pytest.raises(ValueError, match="not convex"):
        strength_of(two_weights("bmi-bp"), Shape(0.5), 0.1)


@pytest.mark.parametrize("shape", [*CONVEX, *CONCAVE], ids=str)
def test_the_border_of_a_ball_has_the_budget(shape: Shape) -> None:
    border = ball(shape, 0.3)
    assert np.allclose(shape.values(border), 0.3)
    assert np.allclose(border[0], border[-1])
    assert np.isclose(np.abs(border).min(0), 0).all()  # with the places on both axes


def test_a_path_begins_at_the_optimum_and_under_l1_ends_at_zero() -> None:
    problem = two_weights("bmi-bp")
    for shape in CONVEX:
        found = path(problem, shape)
        assert found.shape == (len(PATH), 2)
        assert np.allclose(found[0], problem.optimum)
        assert (np.diff(problem.loss(found)) >= -1e-9).all()
    assert (path(problem, Shape(1.0))[-1] == 0).all()
    assert (path(problem, Shape(2.0))[-1] != 0).all()


@pytest.mark.parametrize("seed", range(20, 30))
def test_from_the_shaded_part_alone_l1_makes_a_zero_and_l2_from_nowhere(seed: int) -> None:
    problem, generator = two_weights("bmi-bp"), np.random.default_rng(seed)
    places = generator.uniform(-LARGEST, LARGEST, 6)
    shaded = problem.zeroed(Shape(1.0), 0.4, places)
    for row, second in enumerate(places):
        for column, first in enumerate(places):
            at = problem.moved_to((first, second))
            found = minima(at, Shape(1.0), np.array(0.4), np.array([first, second]))
            assert shaded[row, column] == (found == 0).any()
    assert not problem.zeroed(Shape(2.0), 0.4, places).any()


def test_contours_have_the_height_they_are_drawn_at() -> None:
    problem = two_weights("s3-s4")
    along, across = problem.half_axes(0.1)
    for length, way in ((along, (1, 1)), (across, (1, -1))):
        place = np.array(problem.optimum) + length * np.array(way) / 2**0.5
        assert float(problem.loss(place)) == pytest.approx(problem.rest + 0.1)
