"""Ranges and statistics of signed results."""

import numpy as np
import pytest

from explainer.convolution.view import (
    Scale,
    Statistics,
    clipped,
    magnitude,
    signed_scale,
    statistics,
)

RESULT = np.array([[-3.0, 0.5], [2.0, 0.0]], dtype=np.float32)[..., None]


def test_a_signed_scale_is_symmetric_around_zero() -> None:
    assert signed_scale(RESULT) == Scale(low=-3, high=3, centre=0)
    assert signed_scale(RESULT, extent=8) == Scale(low=-8, high=8, centre=0)


def test_a_result_of_zeros_still_has_a_scale() -> None:
    assert signed_scale(np.zeros((2, 2, 1), np.float32)) == Scale(low=-1, high=1, centre=0)


@pytest.mark.parametrize("extent", [0.0, -1.0, float("nan"), float("inf")])
def test_an_extent_is_positive_and_finite(extent: float) -> None:
    with pytest.raises(ValueError, match="extent is"):
        signed_scale(RESULT, extent)


def test_magnitudes_and_clipped_values() -> None:
    np.testing.assert_array_equal(magnitude(RESULT)[..., 0], [[3, 0.5], [2, 0]])
    np.testing.assert_array_equal(clipped(RESULT)[..., 0], [[0, 0.5], [1, 0]])


def test_statistics_by_hand() -> None:
    assert statistics(RESULT) == Statistics(minimum=-3, maximum=2, mean=-0.125)
