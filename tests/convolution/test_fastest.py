"""Every way to compute gives the same numbers, and the choice among them is the sensible one."""

import cv2
import numpy as np
import pytest
from hypothesis import given

from explainer.convolution.application import Application
from explainer.convolution.apply import plan
from explainer.convolution.fastest import METHODS, Method
from explainer.convolution.kernels import KERNELS, weights
from explainer.convolution.lowrank import factors
from explainer.convolution.tiles import tiles
from explainer.convolution.ways import Job
from tests.convolution.reference import allowed_error, by_torch, kernels, picture

ZERO = Application(padding="zero")


def _job(kernel: np.ndarray) -> Job:
    rows, columns = kernel.shape
    return Job(kernel, ((rows - 1) // 2, (columns - 1) // 2), cv2.BORDER_CONSTANT)


@pytest.mark.parametrize("method", [pytest.param(m, id=m.slug) for m in METHODS])
def test_each_method_gives_torchs_result_for_every_kernel_it_can_do(method: Method) -> None:
    done = 0
    for entry in KERNELS:
        kernel = weights(entry.slug)
        job = _job(kernel)
        if method.cost(job) is not None:
            done += 1
            error = np.abs(method.run(picture(), job) - by_torch(picture(), kernel, ZERO)).max()
            assert error <= allowed_error(kernel, ZERO), entry.slug
    assert done


@given(kernels)
def test_each_method_gives_torchs_result_for_any_kernel_it_can_do(weights: np.ndarray) -> None:
    expected = by_torch(picture(), weights, ZERO)
    for method in METHODS:
        if method.cost(_job(weights)) is not None:
            error = np.abs(method.run(picture(), _job(weights)) - expected).max()
            assert error <= allowed_error(weights, ZERO), method.slug


@pytest.mark.parametrize(
    ("slug", "values", "title", "multiplications"),
    [
        ("identity", {}, "One factor", 1),
        ("sobel-x", {}, "Weight by weight", 6),
        ("shift", {}, "Weight by weight", 1),
        ("box", {"size": 15}, "Running sums", 1),
        ("gaussian", {"sigma": 2.3}, "Two passes", 30),
        ("laplacian-of-gaussian", {"sigma": 1.75}, "A sum of two-pass filters", 60),
    ],
)
def test_structure_decides_how_a_kernel_is_computed(
    slug: str, values: dict[str, float], title: str, multiplications: int
) -> None:
    chosen = plan(weights(slug, **values), Application())
    assert (chosen.title, chosen.multiplications) == (title, multiplications)
    assert chosen.why.endswith(".")


def test_a_15_by_15_gaussian_takes_15_plus_15_instead_of_225() -> None:
    chosen = plan(weights("gaussian", sigma=2.3), Application())
    assert chosen.taps == 225
    assert "15 + 15 multiplications do the work of 225" in chosen.why


@pytest.mark.parametrize(("side", "title"), [(15, "Weight by weight, in parts"), (31, "Fourier")])
def test_dense_kernels_go_in_parts_and_then_by_fourier(side: int, title: str) -> None:
    dense = np.random.default_rng(0).standard_normal((side, side))
    assert plan(dense, Application()).title.startswith(title)


def test_a_kernel_of_zeros_has_a_plan() -> None:
    assert plan(np.zeros((3, 3)), Application()).title == "One factor"


@given(kernels)
def test_factors_sum_to_the_kernel(weights: np.ndarray) -> None:
    pairs = factors(weights, most=15)
    assert pairs is not None
    assert len(pairs) == np.linalg.matrix_rank(weights)
    total = sum((np.outer(*pair) for pair in pairs), np.zeros_like(weights))
    np.testing.assert_allclose(total, weights, atol=2e-7 * np.abs(weights).sum())


def test_a_kernel_of_too_high_a_rank_has_no_factors() -> None:
    assert factors(np.eye(4), most=3) is None


def test_a_symmetric_kernel_has_exactly_symmetric_factors() -> None:
    for column, row in factors(weights("laplacian-of-gaussian"), most=3) or ():
        np.testing.assert_array_equal(column, column[::-1])
        np.testing.assert_array_equal(row, row[::-1])


@given(kernels)
def test_tiles_are_small_and_make_up_the_kernel(weights: np.ndarray) -> None:
    whole = np.zeros_like(weights)
    for tile in tiles(weights, most=20):
        rows, columns = tile.weights.shape
        assert rows * columns <= 20
        whole[tile.row : tile.row + rows, tile.column : tile.column + columns] += tile.weights
    np.testing.assert_array_equal(whole, weights)
