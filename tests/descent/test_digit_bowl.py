"""The bowl of real digits against scikit-learn's pictures and NumPy's least squares."""

import numpy as np
from sklearn.datasets import load_digits

from explainer.descent.digit_bowl import COUNT, bowl, digits


def test_the_pictures_are_scikit_learns_with_a_column_of_ones() -> None:
    inputs, labels = digits(50)
    known = load_digits()
    np.testing.assert_allclose(inputs[:, :64], known.data[:50] / 16)
    np.testing.assert_array_equal(inputs[:, 64], 1)
    np.testing.assert_array_equal(labels.argmax(1), known.target[:50])


def test_the_sharpness_is_the_largest_eigenvalue_of_the_hessian() -> None:
    inputs, __ = digits()
    values = np.linalg.eigvalsh(inputs.T @ inputs / COUNT)
    assert abs(bowl().sharpness - values[-1]) < 1e-9
    assert round(bowl().sharpness, 3) == 11.572
    assert round(2 / bowl().sharpness, 4) == 0.1728
    assert (bowl().curvatures > 0).all()


def test_the_gap_at_the_start_is_what_least_squares_can_win() -> None:
    inputs, targets = digits()
    least = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    losses = [((inputs @ w - targets) ** 2).sum() / (2 * COUNT) for w in (0 * least, least)]
    np.testing.assert_allclose(bowl().gap(np.ones(len(bowl().curvatures))), losses[0] - losses[1])


def test_the_gap_of_what_overflowed_is_infinite() -> None:
    assert np.isinf(bowl().gap(np.full(len(bowl().curvatures), 1e300)))
