"""Two weights that tell classes apart: against scikit-learn, and a search of the whole plane."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LogisticRegression

from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_classes import TwoClasses, two_classes
from explainer.regularisation.two_weights import PAIRS, PATH, ball, path, strength_of

REACH = 1.6
CONVEX = [Shape(1.0), Shape(1.1), Shape(1.5), Shape(2.0), Shape(4.0), Shape(share=0.5)]
CONCAVE = [Shape(0.5), Shape(0.7)]


def data(slug: str) -> tuple[np.ndarray, np.ndarray]:
    found = load_diabetes(scaled=False)
    x = found.data[:, [found.feature_names.index(name) for name in PAIRS[slug].columns]]
    return (x - x.mean(0)) / x.std(0), found.target > np.median(found.target)


def oracle(slug: str, strength: float, share: float) -> np.ndarray:
    """What scikit-learn finds with that λ and that share of L1."""
    x, y = data(slug)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what its versions call a penalty
        model = LogisticRegression(
            C=1 / (strength * len(y)), l1_ratio=share, penalty="elasticnet", solver="saga",
            fit_intercept=False, tol=1e-9, max_iter=20_000,
        ).fit(x, y)  # fmt: skip
    return np.asarray(model.coef_[0])


@pytest.mark.parametrize("slug", PAIRS.slugs)
def test_the_loss_is_the_mean_cross_entropy_of_the_classes(slug: str) -> None:
    (x, y), problem = data(slug), two_classes(slug)
    for weights in np.random.default_rng(5).normal(size=(5, 2)):
        right = 1 / (1 + np.exp(-(x @ weights) * np.where(y, 1, -1)))
        assert problem.loss(weights) == pytest.approx(-np.log(right).mean())
    assert np.allclose(problem.optimum, oracle(slug, 1e-9, 0.5), atol=1e-5)


@pytest.mark.parametrize("slug", PAIRS.slugs)
@pytest.mark.parametrize("strength", [0.01, 0.1, 0.17])
def test_the_minima_are_scikit_learn_s(slug: str, strength: float) -> None:
    for shape, share in ((Shape(1.0), 1.0), (Shape(2.0), 0.0), (Shape(share=0.3), 0.3)):
        found = two_classes(slug).minima(shape, np.array(strength))
        wanted = oracle(slug, strength, share)
        assert np.allclose(found, wanted, atol=1e-5), shape
        assert ((found == 0) == (wanted == 0)).all()


@pytest.mark.parametrize("shape", [*CONVEX, *CONCAVE], ids=str)
@pytest.mark.parametrize("slug", ["bmi-bp", "s3-s4"])
def test_nothing_in_the_plane_is_lower(slug: str, shape: Shape) -> None:
    generator, line = np.random.default_rng(11), np.linspace(-1.7, 1.7, 41)
    plane = np.stack(np.meshgrid(line, line), -1)
    for strength in (0.02, 0.08, 0.2):
        moved = two_classes(slug).moved_to(tuple(generator.uniform(-REACH, REACH, 2)))
        found = moved.minima(shape, np.array(strength))
        heights = moved.loss(plane) + strength * shape.values(plane)
        assert float(moved.loss(found) + strength * shape.values(found)) <= heights.min() + 1e-7


@pytest.mark.parametrize("optimum", [(0.0, 1.0), (1.6, 0.0), (0.0, 0.0), (1.6, -1.6)])
@pytest.mark.parametrize("shape", CONVEX, ids=str)
def test_loss_and_penalty_pull_alike_where_they_meet(
    shape: Shape, optimum: tuple[float, float]
) -> None:
    problem = two_classes("bmi-bp").moved_to(optimum)
    found = problem.minima(shape, np.array(0.1))
    for i, step in enumerate(1e-5 * np.eye(2)):
        pull = float(problem.loss(found + step) - problem.loss(found - step)) / 2e-5
        if found[i] and abs(found[i]) > 1e-4:
            against = float(shape.values(found + step) - shape.values(found - step)) / 2e-5
            assert pull == pytest.approx(-0.1 * against, abs=1e-5)
        else:
            assert abs(pull) <= (0.1 if shape.p < 1.5 else 1e-5) + 1e-6


@pytest.mark.parametrize("shape", CONVEX, ids=str)
def test_a_strength_and_its_budget_have_one_solution(shape: Shape) -> None:
    problem = two_classes("bmi-bp")
    most = float(shape.values(np.array(problem.optimum)))
    for share in (0.01, 0.1, 0.5, 0.9):
        strength = strength_of(problem, shape, share * most)
        found = problem.minima(shape, np.array(strength))
        assert float(shape.values(found)) == pytest.approx(share * most, rel=2e-3)
        assert problem.loss(ball(shape, share * most, 2000)).min() >= problem.loss(found) - 1e-4
    assert strength_of(problem, shape, most) == 0


def test_a_path_goes_from_the_optimum_uphill() -> None:
    problem = two_classes("s3-s4")
    for shape in CONVEX:
        found = path(problem, shape)
        assert found.shape == (len(PATH), 2)
        assert np.allclose(found[0], problem.optimum)
        assert (np.diff(problem.loss(found)) >= -1e-9).all()


@pytest.mark.parametrize("shape", [Shape(1.0), Shape(share=0.4), Shape(0.6)], ids=str)
@pytest.mark.parametrize("seed", range(20, 24))
def test_from_the_shaded_part_alone_a_weight_becomes_zero(shape: Shape, seed: int) -> None:
    problem = two_classes("s1-s2")
    places = np.random.default_rng(seed).uniform(-REACH, REACH, 6)
    shaded = problem.zeroed(shape, 0.12, places)
    for row, second in enumerate(places):
        for column, first in enumerate(places):
            found = problem.moved_to((first, second)).minima(shape, np.array(0.12))
            assert shaded[row, column] == (found == 0).any()
    assert not problem.zeroed(Shape(2.0), 0.12, places).any()


@pytest.mark.parametrize("optimum", [(1.0, 0.57), (1.6, 1.6), (0.1, -0.1)])
def test_contours_have_their_height_and_are_no_ellipses(optimum: tuple[float, float]) -> None:
    problem = TwoClasses("bmi-bp", optimum)
    near, far = problem.contours((0.01, 0.21))
    assert np.allclose(problem.loss(near), problem.rest + 0.01, atol=1e-6)
    assert np.allclose(problem.loss(far), problem.rest + 0.21, atol=1e-5)
    out = far - optimum  # of an ellipse the middle of opposite places is the optimum
    assert np.abs(out + np.roll(out, len(out) // 2, axis=0)).max() > 0.08
