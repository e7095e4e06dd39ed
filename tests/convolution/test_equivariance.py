"""Move first or filter first: when it is the same, and by how much it is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from explainer.convolution.equivariance import Layer, compared, moved_right, output_of, pooled
from explainer.convolution.kernels import weights

GREY = np.random.default_rng(0).random((48, 64)).astype(np.float32)
SOBEL = weights("sobel-x")
PADDINGS = ["none", "zero", "reflect", "replicate", "wrap"]
ROUNDING = 1e-5


@given(
    shift=st.integers(0, 16),
    stride=st.integers(1, 4),
    pooled=st.booleans(),
    padding=st.sampled_from(PADDINGS),
)
def test_inside_the_order_does_not_matter_for_multiples_of_the_step(
    shift: int, stride: int, pooled: bool, padding: str
) -> None:
    layer = Layer(stride, padding, pooled)
    usable = GREY[:, : 64 - 64 % layer.step] if padding == "wrap" else GREY
    found = compared(usable, SOBEL, layer, shift)
    assert found.exact == (shift % layer.step == 0)
    assert found.largest_inside is not None
    if not found.exact:
        assert found.largest_inside > 0.1
    elif padding != "wrap" or usable.shape[0] % layer.step == 0:
        assert found.largest_inside < ROUNDING


@pytest.mark.parametrize("padding", ["zero", "reflect", "replicate"])
def test_with_a_border_it_matters_there_alone(padding: str) -> None:
    found = compared(GREY, SOBEL, Layer(1, padding), 5)
    columns = np.nonzero(np.abs(found.difference).max(axis=0) > ROUNDING)[0]
    assert set(columns) <= {0, 1, 2, 3, 4, 5, 63}
    assert found.largest > 0.1
    assert np.flatnonzero(found.inside[24]).tolist() == list(range(6, 63))


def test_where_the_picture_wraps_around_there_is_no_border() -> None:
    for shift in range(0, 17, 4):
        assert compared(GREY, SOBEL, Layer(4, "wrap"), shift).largest < ROUNDING


@pytest.mark.parametrize("shift", range(5))
def test_pooling_is_equivariant_to_even_shifts_alone(shift: int) -> None:
    found = compared(GREY, SOBEL, Layer(1, "wrap", pooled=True), shift)
    assert (found.largest < ROUNDING) == (shift % 2 == 0)
    assert found.places == shift // 2


@pytest.mark.parametrize("layer", [Layer(2, "zero"), Layer(1, "zero", pooled=True)], ids=str)
def test_the_answers_are_pytorchs(layer: Layer) -> None:
    def by_torch(grey: torch.Tensor) -> torch.Tensor:
        kernel = torch.from_numpy(SOBEL).float()[None, None]
        found = F.conv2d(grey[None, None], kernel, stride=layer.stride, padding=1)
        return (F.max_pool2d(found, 2) if layer.pooled else found)[0, 0]

    moved = F.pad(torch.from_numpy(GREY), [6, 0])[:, :64]
    found = compared(GREY, SOBEL, layer, 6)
    np.testing.assert_allclose(found.before, by_torch(moved).numpy(), atol=1e-5)
    after = F.pad(by_torch(torch.from_numpy(GREY)), [3, 0])[:, :32]
    np.testing.assert_allclose(found.after, after.numpy(), atol=1e-5)


def test_pooling_keeps_the_largest_and_leaves_out_an_odd_rest() -> None:
    values = np.array([[1, 5, 9], [3, 2, 9], [9, 9, 9]], np.float32)
    assert pooled(values).tolist() == [[5]]


def test_what_moves_out_is_gone_or_comes_in_again() -> None:
    values = np.array([[1, 2, 3]], np.float32)
    assert moved_right(values, 1, False).tolist() == [[0, 1, 2]]
    assert moved_right(values, 1, True).tolist() == [[3, 1, 2]]
    assert values.tolist() == [[1, 2, 3]]


def test_a_shift_beyond_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the shift is 64, but it lies in 0\.\.63"):
        compared(GREY, SOBEL, Layer(), 64)


def test_a_layer_without_shift_answers_the_same_twice() -> None:
    found = compared(GREY, SOBEL, Layer(3, "reflect", pooled=True), 0)
    np.testing.assert_array_equal(found.before, found.after)
    np.testing.assert_array_equal(found.before, output_of(GREY, SOBEL, Layer(3, "reflect", True)))
