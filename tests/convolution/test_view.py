"""Magnitudes and statistics of signed results."""

import numpy as np

from explainer.convolution.view import Statistics, magnitude, statistics, strongest

RESULT = np.array([[-3.0, 0.5], [2.0, 0.0]], dtype=np.float32)[..., None]


def test_magnitudes_by_hand() -> None:
    np.testing.assert_array_equal(magnitude(RESULT)[..., 0], [[3, 0.5], [2, 0]])


def test_statistics_by_hand() -> None:
    assert statistics(RESULT) == Statistics(minimum=-3, maximum=2, mean=-0.125)


def test_statistics_run_over_all_channels() -> None:
    values = np.random.default_rng(0).normal(size=(7, 5, 3)).astype(np.float32)
    found = statistics(values)
    assert (found.minimum, found.maximum) == (values.min(), values.max())
    np.testing.assert_allclose(found.mean, values.mean(dtype=np.float64), rtol=1e-7)


def test_the_strongest_place_of_a_result_may_be_negative() -> None:
    result = np.zeros((4, 5, 3), np.float32)
    result[1, 2, 0], result[3, 4, 0], result[0, 0, 1] = 0.5, -0.7, 9
    assert strongest(result) == (3, 4)
