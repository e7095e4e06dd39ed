"""Rank, passes and composition of kernels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.structure import compose, dilated, factors, separability
from tests.convolution.reference import kernels, picture


@pytest.mark.parametrize(
    ("slug", "rank"),
    [
        ("sobel-x", 1),
        ("gaussian", 1),
        ("laplacian", 2),
        ("laplacian-of-gaussian", 2),
        ("unsharp-mask", 2),
    ],
)
def test_ranks_of_known_kernels(slug: str, rank: int) -> None:
    assert separability(weights(slug)).rank == rank


def test_sobel_is_a_column_times_a_row() -> None:
    found = separability(weights("sobel-x"))
    np.testing.assert_allclose(np.outer(found.column, found.row), weights("sobel-x"), atol=1e-12)
    np.testing.assert_allclose(found.column / found.column[0], [1, 2, 1])
    assert found.relative_error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("slug", "parameters", "scale", "column", "row"),
    [
        ("sobel-x", {}, 1, [1, 2, 1], [-1, 0, 1]),
        ("sobel-y", {}, 1, [-1, 0, 1], [1, 2, 1]),
        ("scharr-x", {}, 1, [3, 10, 3], [-1, 0, 1]),
        ("box", {"size": 3}, 1 / 9, [1, 1, 1], [1, 1, 1]),
    ],
)
def test_factors_are_written_as_people_write_them(
    slug: str, parameters: dict[str, float], scale: float, column: list[int], row: list[int]
) -> None:
    found = factors(separability(weights(slug, **parameters)))
    assert found is not None
    assert found.scale == pytest.approx(scale)
    np.testing.assert_allclose(found.column, column, atol=1e-9)
    np.testing.assert_allclose(found.row, row, atol=1e-9)


@pytest.mark.parametrize("slug", ["gaussian", "gabor", "ridge", "shift"])
def test_factors_give_the_kernel_back(slug: str) -> None:
    found = factors(separability(weights(slug)))
    assert found is not None
    product = found.scale * np.outer(found.column, found.row)
    np.testing.assert_allclose(product, weights(slug), atol=1e-9)
    assert factors(separability(weights("laplacian"))) is None


def test_two_passes_of_15_cost_30_multiplications_instead_of_225() -> None:
    found = separability(weights("gaussian", sigma=2.3))
    assert (found.multiplications_full, found.multiplications_separable) == (225, 30)


def test_the_identity_matrix_is_as_far_from_separable_as_can_be() -> None:
    found = separability(np.eye(3))
    assert found.rank == 3
    assert found.relative_error == pytest.approx(np.sqrt(2 / 3))


def test_zeros_have_rank_zero() -> None:
    found = separability(np.zeros((3, 5)))
    assert (found.rank, found.relative_error) == (0, 0.0)


@given(kernels)
def test_the_relative_error_is_what_the_best_product_misses(weights: np.ndarray) -> None:
    found = separability(weights)
    missed = np.linalg.norm(weights - np.outer(found.column, found.row))
    assert missed == pytest.approx(found.relative_error * np.linalg.norm(weights), abs=1e-9)


odd = st.integers(0, 4).map(lambda half: 2 * half + 1)


@given(rows=odd, columns=odd, others=odd, seed=st.integers(0, 99), flip=st.booleans())
def test_one_composed_kernel_does_what_two_filters_in_a_row_do(
    rows: int, columns: int, others: int, seed: int, flip: bool
) -> None:
    generator = np.random.default_rng(seed)
    first = generator.standard_normal((rows, columns))
    second = generator.standard_normal((others, others))
    wrap = Application(padding="wrap", flip=flip)
    twice = apply(apply(picture(), first, wrap), second, wrap)
    once = apply(picture(), compose(first, second), wrap)
    scale = np.abs(first).sum() * np.abs(second).sum()
    assert np.abs(once - twice).max() <= 4e-6 * scale


@given(kernels, kernels)
def test_composing_is_scipys_full_convolution(first: np.ndarray, second: np.ndarray) -> None:
    np.testing.assert_allclose(
        compose(first, second), signal.convolve2d(first, second, mode="full"), atol=1e-9
    )


def test_two_boxes_make_a_triangle() -> None:
    np.testing.assert_array_equal(compose([[1, 1, 1]], [[1, 1, 1]]), [[1, 2, 3, 2, 1]])


def test_a_kernel_spread_by_zeros_is_the_dilated_kernel() -> None:
    pixels = np.random.default_rng(3).random((20, 23, 1)).astype(np.float32)
    kernel = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]])
    by_dilation = apply(pixels, kernel, Application(dilation=3, padding="none", channels="each"))
    by_zeros = apply(pixels, dilated(kernel, 3), Application(padding="none", channels="each"))
    np.testing.assert_allclose(by_zeros, by_dilation, atol=1e-6)


@pytest.mark.parametrize("unit", [1e-200, 1e-160, 1.0, 1e150])
def test_what_the_best_product_misses_knows_no_unit(unit: float) -> None:
    assert separability(np.eye(3) * unit).relative_error == pytest.approx((2 / 3) ** 0.5)
