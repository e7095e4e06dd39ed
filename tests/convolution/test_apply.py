"""`apply` against torch and SciPy, and the laws a linear, shift-invariant filter obeys."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, signal

from explainer.convolution.application import Application, output_shape
from explainer.convolution.apply import apply
from explainer.convolution.kernels import KERNELS, weights
from tests.convolution.reference import (
    PADDINGS,
    allowed_error,
    applications,
    by_torch,
    kernels,
    picture,
)

SCIPY_MODES = {"zero": "constant", "reflect": "mirror", "replicate": "nearest", "wrap": "grid-wrap"}


@given(
    weights=kernels,
    application=applications,
    height=st.integers(1, 60),
    width=st.integers(1, 60),
)
def test_results_are_torchs(
    weights: np.ndarray, application: Application, height: int, width: int
) -> None:
    pixels = picture(height, width)
    try:
        shape = output_shape(height, width, (weights.shape[0], weights.shape[1]), application)
    except ValueError:
        with pytest.raises(ValueError, match="pixels"):
            apply(pixels, weights, application)
        return
    result = apply(pixels, weights, application)
    assert result.shape == shape
    assert result.dtype == np.float32
    assert result.flags.c_contiguous
    error = np.abs(result - by_torch(pixels, weights, application)).max()
    assert error <= allowed_error(weights, application)


@given(weights=kernels, mode=st.sampled_from(sorted(SCIPY_MODES)))
def test_results_are_scipys(weights: np.ndarray, mode: str) -> None:
    pixels = picture()[..., :1]
    application = Application(padding=mode)
    origin = [0 if size % 2 else -1 for size in weights.shape]
    expected = ndimage.correlate(
        pixels[..., 0].astype(np.float64), weights, mode=SCIPY_MODES[mode], origin=origin
    )
    result = apply(pixels, weights, application)[..., 0]
    assert np.abs(result - expected).max() <= allowed_error(weights, application)


@pytest.mark.parametrize("entry", [pytest.param(k, id=k.slug) for k in KERNELS])
@pytest.mark.parametrize("padding", PADDINGS)
def test_every_registered_kernel_gives_torchs_result(entry, padding: str) -> None:  # type: ignore[no-untyped-def]
    built, application = weights(entry.slug), Application(padding=padding)
    result = apply(picture(), built, application)
    error = np.abs(result - by_torch(picture(), built, application)).max()
    assert error <= allowed_error(built, application)


@pytest.mark.parametrize("side", [13, 21, 31])
@pytest.mark.parametrize("dilation", [1, 3])
def test_large_dense_kernels_give_torchs_result(side: int, dilation: int) -> None:
    dense = np.random.default_rng(side).standard_normal((side, side))
    application = Application(padding="zero", dilation=dilation)
    pixels = picture(300, 97)
    error = np.abs(apply(pixels, dense, application) - by_torch(pixels, dense, application)).max()
    assert error <= allowed_error(dense, application)


def test_without_padding_flipping_is_scipys_convolution() -> None:
    kernel = np.random.default_rng(0).standard_normal((4, 5))
    grey = picture()[..., :1]
    result = apply(grey, kernel, Application(padding="none", flip=True))
    expected = signal.convolve2d(grey[..., 0], kernel, mode="valid")
    np.testing.assert_allclose(result[..., 0], expected, atol=1e-5)


def test_a_window_worked_by_hand() -> None:
    pixels = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], dtype=np.float32)[..., None] / 10
    kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    # (0.1 - 0.3) + 2 (0.4 - 0.6) + (0.7 - 0.9) = -0.8; turned by 180° the sign changes.
    crossed = apply(pixels, kernel, Application(padding="none"))
    convolved = apply(pixels, kernel, Application(padding="none", flip=True, bias=0.5))
    assert crossed.item() == pytest.approx(-0.8)
    assert convolved.item() == pytest.approx(1.3)


@given(kernels)
def test_an_impulse_gives_the_kernel_turned_by_180_degrees(weights: np.ndarray) -> None:
    impulse = np.zeros((31, 31, 1), dtype=np.float32)
    impulse[15, 15] = 1
    rows, columns = weights.shape
    # The picture tap (i, j) sees is moved by its distance from the anchor, so it lands opposite.
    top, left = 15 - rows // 2, 15 - columns // 2
    window = slice(top, top + rows), slice(left, left + columns)
    crossed = apply(impulse, weights, Application(padding="zero"))[window][..., 0]
    convolved = apply(impulse, weights, Application(padding="zero", flip=True))[window][..., 0]
    error = 2e-6 * max(1e-3, float(np.abs(weights).sum()))
    np.testing.assert_allclose(crossed, weights[::-1, ::-1], atol=error)
    np.testing.assert_allclose(convolved, weights, atol=error)


@given(weights=kernels, application=applications, share=st.floats(-2, 2))
def test_the_result_is_linear_in_the_picture(
    weights: np.ndarray, application: Application, share: float
) -> None:
    plain = replace(application, bias=0.0, padding="zero")
    first, second = picture(seed=1), picture(seed=2)
    together = apply(first + np.float32(share) * second, weights, plain)
    apart = apply(first, weights, plain) + np.float32(share) * apply(second, weights, plain)
    assert np.abs(together - apart).max() <= 4 * allowed_error(weights, plain)


@given(weights=kernels, application=applications)
def test_the_result_is_linear_in_the_kernel(weights: np.ndarray, application: Application) -> None:
    plain = replace(application, bias=0.0, padding="replicate")
    other = np.random.default_rng(3).standard_normal(weights.shape)
    together = apply(picture(), weights + other, plain)
    apart = apply(picture(), weights, plain) + apply(picture(), other, plain)
    error = allowed_error(weights, plain) + allowed_error(other, plain)
    assert np.abs(together - apart).max() <= 2 * error


@given(weights=kernels, rows=st.integers(-60, 60), columns=st.integers(-60, 60))
def test_under_wrapping_a_moved_picture_gives_the_moved_result(
    weights: np.ndarray, rows: int, columns: int
) -> None:
    wrap = Application(padding="wrap")
    moved = np.roll(picture(), (rows, columns), axis=(0, 1))
    expected = np.roll(apply(picture(), weights, wrap), (rows, columns), axis=(0, 1))
    assert np.abs(apply(moved, weights, wrap) - expected).max() <= allowed_error(weights, wrap)


@pytest.mark.parametrize("padding", PADDINGS)
def test_away_from_the_border_a_moved_picture_gives_the_moved_result(padding: str) -> None:
    kernel = weights("gabor", theta=30)
    result = apply(picture(60, 60)[:50, :50], kernel, Application(padding=padding))
    moved = apply(picture(60, 60)[5:55, 3:53], kernel, Application(padding=padding))
    inner = slice(10, 20)
    np.testing.assert_allclose(moved[inner, inner], result[15:25, 13:23], atol=2e-6)


def test_summing_equals_the_sum_of_each_colours_result() -> None:
    kernel = weights("sobel-x")
    each = apply(picture(), kernel, Application()).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(
        apply(picture(), kernel, Application(channels="summed", bias=1)), each + 1, atol=1e-5
    )


def test_the_picture_is_left_as_it_was() -> None:
    pixels = picture()
    for entry in KERNELS:
        apply(pixels, weights(entry.slug), Application(bias=1))
    np.testing.assert_array_equal(pixels, picture())


def test_a_read_only_picture_of_float64_and_weights_of_float32_do_as_well() -> None:
    pixels = picture().astype(np.float64)
    pixels.setflags(write=False)
    kernel = weights("gaussian").astype(np.float32)
    expected = by_torch(pixels, kernel.astype(np.float64), Application())
    np.testing.assert_allclose(apply(pixels, kernel, Application()), expected, atol=2e-6)


@pytest.mark.parametrize("rows", [slice(None, None, 2), slice(None, None, -1)])
def test_a_view_of_a_picture_does_as_well(rows: slice) -> None:
    view = picture()[rows, ::-1]
    expected = by_torch(view.copy(), weights("sobel-x"), Application())
    np.testing.assert_allclose(apply(view, weights("sobel-x"), Application()), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("pixels", "kernel", "message"),
    [
        (np.zeros((5, 5), np.float32), np.ones((3, 3)), r"shape \(H, W, 1 to 4\)"),
        (np.zeros((5, 5, 5), np.float32), np.ones((3, 3)), r"this one has \(5, 5, 5\)"),
        (np.zeros((0, 5, 3), np.float32), np.ones((3, 3)), "a picture has shape"),
        (np.zeros((5, 5, 3), np.uint8), np.ones((3, 3)), "floats from 0 to 1, these are uint8"),
        (np.zeros((5, 5, 3), np.float32), np.ones(3), r"a kernel has shape \(kh, kw\)"),
        (np.zeros((5, 5, 3), np.float32), np.ones((0, 3)), "a kernel has shape"),
        (np.zeros((5, 5, 3), np.float32), np.full((3, 3), np.nan), "finite numbers"),
    ],
)
def test_what_is_no_picture_or_no_kernel_is_refused(
    pixels: np.ndarray, kernel: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        apply(pixels, kernel, Application())


def test_mixing_needs_three_colours() -> None:
    with pytest.raises(ValueError, match="channels 'grey' mixes 3 colours, not 2"):
        apply(picture()[..., :2], weights("sobel-x"), Application(channels="grey"))
