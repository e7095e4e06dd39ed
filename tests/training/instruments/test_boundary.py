from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import boundary
from explainer.training.recipe.recipe import Network, Recipe


def split_by_height(data: Prepared) -> Run:
    """A linear model that asks only whether the second coordinate is above its mean."""
    run = Run(Recipe(Network("mlp", 0)), 0, data)
    with torch.no_grad():
        run.model.get_parameter("out.weight").copy_(torch.tensor([[0.0, -9.0], [0.0, 9.0]]))
    return run


def test_row_0_is_at_the_top(moons: Prepared) -> None:
    found = boundary(split_by_height(moons), 8)
    assert found.answers.shape == (8, 8, 2)
    assert found.answers.dtype == np.float32
    assert (found.answers[0, :, 1] > 0.99).all()
    assert (found.answers[-1, :, 0] > 0.99).all()
    np.testing.assert_allclose(found.answers.sum(2), 1, rtol=1e-5)


def test_a_pixel_is_what_the_network_says_at_its_centre(
    moons: Prepared, trained: Callable[..., Run]
) -> None:
    run, side = trained(Recipe(Network("mlp", 2, 16)), moons, 40), 16
    found = boundary(run, side)
    row, column = 3, 11
    x = found.x[0] + (column + 0.5) / side * (found.x[1] - found.x[0])
    y = found.y[1] - (row + 0.5) / side * (found.y[1] - found.y[0])
    place = moons.normaliser.apply(torch.tensor([[x, y]], dtype=torch.float32))
    expected = run.model(place).softmax(1).detach().numpy()[0]
    np.testing.assert_allclose(found.answers[row, column], expected, rtol=1e-4, atol=1e-6)


def test_points_are_raw_and_the_extent_holds_them_all_with_a_margin(moons: Prepared) -> None:
    found = boundary(split_by_height(moons), 4)
    raw = moons.normaliser.invert(moons.train_inputs).numpy()
    np.testing.assert_allclose(found.train_points, raw, rtol=1e-6)
    np.testing.assert_array_equal(found.train_labels, moons.train_labels.numpy())
    np.testing.assert_array_equal(found.validation_labels, moons.validation_labels.numpy())
    points = np.concatenate([found.train_points, found.validation_points])
    for (low, high), values in zip((found.x, found.y), points.T, strict=True):
        span = values.max() - values.min()
        assert low == pytest.approx(values.min() - 0.1 * span, rel=1e-4)
        assert high == pytest.approx(values.max() + 0.1 * span, rel=1e-4)


def test_the_boundary_of_a_trained_network_agrees_with_its_accuracy(
    moons: Prepared, trained: Callable[..., Run]
) -> None:
    run, side = trained(Recipe(Network("mlp", 2, 32)), moons, 150), 128
    found = boundary(run, side)
    shares = (found.validation_points - [found.x[0], found.y[0]]) / [
        found.x[1] - found.x[0],
        found.y[1] - found.y[0],
    ]
    columns, rows = (shares * [1, -1] * side + [0, side]).astype(int).T
    answered = found.answers.argmax(2)[rows, columns]
    assert (answered == found.validation_labels).mean() > 0.9


def test_pictures_have_no_boundary(digits: Prepared) -> None:
    with pytest.raises(ValueError, match=r"a boundary needs points \(2,\), but one input is"):
        boundary(Run(Recipe(), 0, digits))


@pytest.mark.parametrize(
    ("side", "sentence"),
    [(0, "side is 0, but it starts at 1"), (513, "side is 513, but it goes up to 512")],
)
def test_a_side_out_of_bounds_is_one_sentence(side: int, sentence: str, moons: Prepared) -> None:
    with pytest.raises(ValueError, match=sentence):
        boundary(split_by_height(moons), side)
