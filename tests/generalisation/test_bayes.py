"""The best possible error: closed form, a grid, and samples; scikit-learn for both classifiers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from explainer.generalisation.bayes import TwoClasses, logistic, nearest_neighbour_errors

each_pair = pytest.mark.parametrize(
    ("distance", "spread"), [(2, 1.6), (2, 0.5), (0, 2), (4, 1.05), (1, 0.95)]
)


@pytest.mark.parametrize("distance", [0, 0.7, 2, 5])
def test_of_equal_spread_the_error_is_that_of_a_line_in_the_middle(distance: float) -> None:
    assert TwoClasses(distance, 1).bayes_error == pytest.approx(norm.cdf(-distance / 2), rel=1e-12)


@each_pair
def test_of_other_spread_it_is_what_a_grid_gives(distance: float, spread: float) -> None:
    axis = np.linspace(-13, 13, 1041)
    places = np.stack(np.meshgrid(axis, axis), -1)
    half = np.array([0, distance / 2])
    densities = [
        multivariate_normal(-half).pdf(places),
        multivariate_normal(half, spread**2).pdf(places),
    ]
    whole = np.minimum(*densities).sum() / 2 * (axis[1] - axis[0]) ** 2
    assert TwoClasses(distance, spread).bayes_error == pytest.approx(whole, abs=2e-5)
    chance = TwoClasses(distance, spread).chance_of_b(places)
    np.testing.assert_allclose(chance, densities[1] / sum(densities), atol=1e-9)


@each_pair
def test_on_the_best_boundary_both_classes_are_as_likely(distance: float, spread: float) -> None:
    classes = TwoClasses(distance, spread)
    circle = classes.boundary
    assert circle is not None
    turns = np.linspace(0, 6, 20)
    places = circle.radius * np.column_stack([np.sin(turns), np.cos(turns)])
    chance = classes.chance_of_b(places + np.array([0, circle.height]))
    np.testing.assert_allclose(chance, 0.5, atol=1e-6)


def test_a_line_s_error_is_that_of_a_sample_and_never_below_the_best() -> None:
    classes = TwoClasses(2, 1.5)
    generator = np.random.default_rng(0)
    labels = generator.random(200_000) < 0.5
    points = classes.placed(generator.standard_normal((len(labels), 2)), labels)
    for weights in np.array([[0.3, 1, 0.2], [-1, 0.1, 0], [0, 1, -0.5]]):
        wrong = ((points @ weights[:2] + weights[2] > 0) != labels).mean()
        assert classes.error_of_line(weights) == pytest.approx(wrong, abs=4e-3)
        assert classes.error_of_line(weights) > classes.bayes_error


def test_logistic_regression_is_scikit_learn_s() -> None:
    from sklearn.linear_model import LogisticRegression

    classes, generator = TwoClasses(1.5, 1.4), np.random.default_rng(3)
    labels = np.tile([False, True], (2, 40))
    points = classes.placed(generator.standard_normal((2, 80, 2)), labels)
    for mine, inputs, wanted in zip(logistic(points, labels), points, labels, strict=True):
        theirs = LogisticRegression(C=1 / (0.01 * 80), tol=1e-10).fit(inputs, wanted)
        np.testing.assert_allclose(mine[:2], theirs.coef_[0], rtol=1e-3)
        np.testing.assert_allclose(mine[2], theirs.intercept_[0], atol=1e-3)


def test_points_that_a_line_divides_do_not_push_it_to_infinity() -> None:
    points = np.array([[[0.0, -2], [1, -2], [0, 2], [1, 2]]])
    weights = logistic(points, np.array([[False, False, True, True]]))
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() < 50


def test_the_nearest_neighbour_is_scikit_learn_s() -> None:
    from sklearn.neighbors import KNeighborsClassifier

    classes, generator = TwoClasses(2, 1), np.random.default_rng(1)
    labels = generator.random((3, 40)) < 0.5
    points = classes.placed(generator.standard_normal((3, 40, 2)), labels)
    asked = generator.standard_normal((50, 2))
    chance = classes.chance_of_b(asked)
    errors = nearest_neighbour_errors(classes, points, labels, asked)
    for own, wanted, error in zip(points, labels, errors, strict=True):
        said = KNeighborsClassifier(1).fit(own, wanted).predict(asked)
        more = np.where(said, 1 - chance, chance) - np.minimum(chance, 1 - chance)
        assert error == pytest.approx(classes.bayes_error + more.mean())


@pytest.mark.parametrize("spread", [0.6, 1.0, 1.7])
def test_with_many_points_it_lies_between_the_best_and_the_bound_of_cover_and_hart(
    spread: float,
) -> None:
    classes, generator = TwoClasses(2, spread), np.random.default_rng(7)
    labels = np.tile([False, True], (1, 4000))
    points = classes.placed(generator.standard_normal((1, 8000, 2)), labels)
    asked_labels = np.tile([False, True], 400)
    asked = classes.placed(generator.standard_normal((800, 2)), asked_labels)
    error = nearest_neighbour_errors(classes, points, labels, asked)[0]
    best = classes.bayes_error
    assert best < error < 2 * best * (1 - best) + 0.01
    drawn = ((classes.chance_of_b(asked) > 0.5) != asked_labels).mean()
    assert drawn == pytest.approx(best, abs=0.04)


def test_the_nearest_neighbour_of_a_point_is_that_point() -> None:
    classes, generator = TwoClasses(2, 1), np.random.default_rng(5)
    labels = np.tile([False, True], (1, 100))
    points = classes.placed(generator.standard_normal((1, 200, 2)), labels)
    chance = classes.chance_of_b(points[0])
    wrong = np.where(labels[0], 1 - chance, chance) - np.minimum(chance, 1 - chance)
    own = nearest_neighbour_errors(classes, points, labels, points[0])[0]
    assert own == pytest.approx(classes.bayes_error + wrong.mean())


def test_logistic_regression_comes_to_the_best_where_a_line_is_best_and_stays_above_elsewhere() -> (
    None
):
    generator = np.random.default_rng(11)
    labels = np.tile([False, True], (20, 50))
    noise = generator.standard_normal((20, 100, 2))
    even = TwoClasses(2, 1)
    errors = even.error_of_line(logistic(even.placed(noise, labels), labels))
    assert errors.mean() - even.bayes_error < 0.01
    labels = np.tile([False, True], (1, 20_000))
    uneven = TwoClasses(2, 2)
    points = uneven.placed(generator.standard_normal((1, 40_000, 2)), labels)
    assert uneven.error_of_line(logistic(points, labels))[0] > uneven.bayes_error + 0.01
