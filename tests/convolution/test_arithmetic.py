"""One output pixel worked out, and the counts of a filter."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.convolution.application import Application, output_shape
from explainer.convolution.apply import apply
from explainer.convolution.arithmetic import counts, size_formula, window_at
from explainer.convolution.kernels import weights
from tests.convolution.reference import allowed_error, applications, kernels, picture


@given(weights=kernels, application=applications, data=st.data())
def test_a_window_sums_to_the_pixel_that_apply_gives(
    weights: np.ndarray, application: Application, data: st.DataObject
) -> None:
    shape = output_shape(50, 60, (weights.shape[0], weights.shape[1]), application)
    row = data.draw(st.integers(0, shape[0] - 1))
    column = data.draw(st.integers(0, shape[1] - 1))
    pixels = picture(50, 60)
    window = window_at(pixels, weights, application, row, column)
    expected = apply(pixels, weights, application)[row, column]
    error = allowed_error(weights, application)
    np.testing.assert_allclose(window.output, expected, atol=error, rtol=0)
    np.testing.assert_allclose(window.products.sum(axis=(0, 1)), window.sums)
    np.testing.assert_allclose(window.patch * window.weights[..., None], window.products)


def test_a_corner_worked_by_hand() -> None:
    pixels = np.array([[0.1, 0.2], [0.3, 0.4]], dtype=np.float32)[..., None]
    kernel = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    window = window_at(pixels, kernel, Application(padding="zero", bias=1), 0, 0)
    np.testing.assert_allclose(
        window.patch[..., 0], [[0.0, 0.0, 0.0], [0.0, 0.1, 0.2], [0.0, 0.3, 0.4]]
    )
    assert window.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    # 5 × 0.1 + 6 × 0.2 + 8 × 0.3 + 9 × 0.4 = 7.7, and the bias 1
    np.testing.assert_allclose(window.sums, [7.7])
    np.testing.assert_allclose(window.output, [8.7])
    assert window.rows.tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    ("channels", "planes", "outputs"), [("each", 3, 3), ("grey", 1, 1), ("summed", 3, 1)]
)
def test_windows_have_the_channels_the_kernel_sees(
    channels: str, planes: int, outputs: int
) -> None:
    window = window_at(picture(), weights("sobel-x"), Application(channels=channels), 5, 5)
    assert window.patch.shape == (3, 3, planes)
    assert window.sums.shape == (planes,)
    assert window.output.shape == (outputs,)


def test_a_pixel_outside_the_result_is_refused() -> None:
    with pytest.raises(ValueError, match="the result is 38 pixels high; it has no pixel 38"):
        window_at(picture(), weights("sobel-x"), Application(padding="none"), 38, 0)
    with pytest.raises(ValueError, match="it has no pixel -1"):
        window_at(picture(), weights("sobel-x"), Application(), 0, -1)


@pytest.mark.parametrize(
    ("channels", "layer"),
    [
        ("summed", torch.nn.Conv2d(3, 1, (5, 3))),
        ("each", torch.nn.Conv2d(3, 3, (5, 3), groups=3)),
        ("grey", torch.nn.Conv2d(1, 1, (5, 3))),
    ],
)
def test_one_table_serves_all_colours_and_a_layer_of_torch_has_one_for_each(
    channels: str, layer: torch.nn.Conv2d
) -> None:
    counted = counts(20, 30, (5, 3), Application(channels=channels, padding="none"))
    assert (counted.weights, counted.biases, counted.parameters) == (15, 1, 16)
    assert counted.with_own_colours == sum(p.numel() for p in layer.parameters())
    assert counted.unshared == 15 * 16 * 28
    seen = 1 if channels == "grey" else 3
    assert counted.multiplications == 15 * seen * 16 * 28


def test_the_size_formula_has_its_numbers_filled_in() -> None:
    formula = size_formula(28, 3, Application(padding="none", stride=2, dilation=2))
    assert formula == r"\left\lfloor\frac{28 + 0 - 2\,(3 - 1) - 1}{2}\right\rfloor + 1 = 12"
    assert size_formula(28, 3, Application()).endswith("= 28")
