"""Kernels of one's own: the operations on the grid and the text form."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explainer.convolution import grid
from explainer.convolution.kernels import KERNELS, Kernel
from explainer.ui.filters.controls import is_balanced

SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
grids = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=15),
    elements=st.floats(-1000, 1000),
)


@given(grids)
def test_text_gives_back_exactly_the_same_grid(weights: np.ndarray) -> None:
    np.testing.assert_array_equal(grid.parse(grid.format(weights)), weights)


@given(grids)
def test_the_text_needs_no_escaping_but_for_commas(weights: np.ndarray) -> None:
    assert set(grid.format(weights)) <= set("0123456789.-,_e")


def test_sobel_as_text() -> None:
    assert grid.format(SOBEL) == "-1,0,1_-2,0,2_-1,0,1"


def test_negative_zero_is_written_as_zero() -> None:
    assert grid.format([[-0.0, 0.5]]) == "0,0.5"


@pytest.mark.parametrize("text", ["1,2_3,4", "1,2;3,4", " 1, 2\n3 ,4\n"])
def test_rows_end_with_underscores_semicolons_or_line_breaks(text: str) -> None:
    np.testing.assert_array_equal(grid.parse(text), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "“” is not a number"),
        ("1,x", "“x” is not a number"),
        ("1,2_3", "All rows need the same number of weights, these have 2, 1"),
        ("1,nan", "finite numbers"),
        ("1,inf", "finite numbers"),
        ("1,1001", "A weight of size 1001 is too large"),
        (",".join("1" * 32), "1×1 to 31×31, this one is 1×32"),
        ("_".join("1" * 32), "1×1 to 31×31, this one is 32×1"),
        ("1" * 40_000, "at most 30000 characters, this one 40000"),
    ],
)
def test_text_that_is_no_grid_is_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        grid.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_grid_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert grid.parse(text).ndim == 2


def test_a_sum_becomes_one() -> None:
    np.testing.assert_allclose(grid.normalise([[1, 2], [3, 4]]), [[0.1, 0.2], [0.3, 0.4]])


def test_where_the_sum_is_zero_the_absolute_sum_becomes_one() -> None:
    np.testing.assert_allclose(grid.normalise(SOBEL), np.array(SOBEL) / 8)
    np.testing.assert_allclose(np.abs(grid.normalise([[0.1, 0.2, -0.3]])).sum(), 1)


def test_zeros_stay_zeros() -> None:
    np.testing.assert_array_equal(grid.normalise([[0, 0]]), [[0, 0]])


def test_random_grids_repeat_with_their_seed() -> None:
    np.testing.assert_array_equal(grid.random(3, 4, seed=7), grid.random(3, 4, seed=7))
    assert not np.array_equal(grid.random(3, 4, seed=7), grid.random(3, 4, seed=8))


def test_transpose_flip_and_rotate_by_hand() -> None:
    weights = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(grid.transpose(weights), [[1, 3], [2, 4]])
    np.testing.assert_array_equal(grid.flip(weights), [[2, 1], [4, 3]])
    np.testing.assert_array_equal(grid.flip(weights, vertical=True), [[3, 4], [1, 2]])
    np.testing.assert_array_equal(grid.rotate(weights), [[2, 4], [1, 3]])
    np.testing.assert_array_equal(grid.rotate(weights, quarter_turns=2), [[4, 3], [2, 1]])


def test_a_larger_grid_has_the_old_one_in_its_middle() -> None:
    np.testing.assert_array_equal(grid.resize(SOBEL, 5, 5)[1:4, 1:4], SOBEL)
    np.testing.assert_array_equal(grid.resize([[1, 2]], 1, 4), [[0, 1, 2, 0]])


@given(grids, st.integers(1, 31), st.integers(1, 31))
def test_resizing_keeps_the_middle_tap(weights: np.ndarray, rows: int, columns: int) -> None:
    resized = grid.resize(weights, rows, columns)
    assert resized.shape == (rows, columns)
    middle = resized[(rows - 1) // 2, (columns - 1) // 2]
    assert middle == weights[(weights.shape[0] - 1) // 2, (weights.shape[1] - 1) // 2]


@given(grids)
def test_growing_and_shrinking_again_changes_nothing(weights: np.ndarray) -> None:
    np.testing.assert_array_equal(
        grid.resize(grid.resize(weights, 31, 31), *weights.shape), weights
    )


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.slug)
def test_every_kernel_can_be_taken_over_and_linked_at_both_ends_of_its_sliders(
    kernel: Kernel,
) -> None:
    for end in ("minimum", "maximum"):
        made = kernel.build(**{one.name: getattr(one, end) for one in kernel.parameters})
        own = grid.short_enough(made)
        np.testing.assert_allclose(own, made, atol=1e-4 * np.abs(made).max())
        assert own.sum() == pytest.approx(made.sum(), abs=1e-4 * np.abs(made).max())
        assert is_balanced(own) == is_balanced(made)
        text = grid.format(own)
        np.testing.assert_array_equal(grid.parse(text), own)
        assert len(text) < 10_000  # what a proxy passes on


def test_filling_sets_every_weight() -> None:
    np.testing.assert_array_equal(grid.filled(SOBEL, 1), np.ones((3, 3)))


def test_sizes_beyond_31_are_refused() -> None:
    with pytest.raises(ValueError, match="this one is 32×3"):
        grid.resize(SOBEL, 32, 3)
    with pytest.raises(ValueError, match="this one is 0×3"):
        grid.random(0, 3, seed=0)
