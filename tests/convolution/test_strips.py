"""Strips give what the whole picture gives, for every padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.convolution.application import Application, output_shape
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.strips import apply_in_strips
from tests.convolution.reference import PADDINGS, allowed_error, applications, kernels
from tests.drawing import examples

CODES = np.random.default_rng(0).integers(0, 256, (61, 47, 3), dtype=np.uint8)


def _together(strips: list[tuple[int, np.ndarray]]) -> np.ndarray:
    """The strips one below the other, each where the last one ended."""
    row = 0
    for start, strip in strips:
        assert start == row
        row += len(strip)
    return np.concatenate([strip for _, strip in strips])


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("slug", ["sobel-x", "box", "gaussian", "ridge", "motion-blur", "shift"])
def test_strips_equal_the_whole(padding: str, slug: str) -> None:
    application = Application(padding=padding)
    whole = apply(CODES.astype(np.float32) / 255, weights(slug), application)
    strips = _together(list(apply_in_strips(CODES, weights(slug), application, strip_rows=16)))
    np.testing.assert_allclose(strips, whole, atol=2e-6)


@examples(60)
@given(weights=kernels, application=applications, strip_rows=st.integers(1, 70))
def test_strips_equal_the_whole_for_any_settings(
    weights: np.ndarray, application: Application, strip_rows: int
) -> None:
    try:
        shape = output_shape(61, 47, (weights.shape[0], weights.shape[1]), application)
    except ValueError:
        with pytest.raises(ValueError, match="pixels"):
            apply_in_strips(CODES, weights, application, strip_rows)
        return
    whole = apply(CODES.astype(np.float32) / 255, weights, application)
    strips = _together(list(apply_in_strips(CODES, weights, application, strip_rows)))
    assert strips.shape == shape
    assert np.abs(strips - whole).max() <= allowed_error(weights, application)


def test_bad_input_is_refused_before_the_first_strip() -> None:
    with pytest.raises(ValueError, match="these are float32"):
        apply_in_strips(CODES.astype(np.float32), np.ones((3, 3)), Application())
    with pytest.raises(ValueError, match="strip_rows is 0"):
        apply_in_strips(CODES, np.ones((3, 3)), Application(), 0)
