"""Cameras: each against what it is said to be, and nothing at strength 0."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from explainer.evaluation.cameras import CAMERAS, LARGEST_SIGMA, Camera, Digits, seen, veiled
from explainer.evaluation.mismatch import SHOWN, drawn, shown_digits

DRAWN = np.random.default_rng(0).random((5, 28, 28), np.float32)
DIGITS = Digits(DRAWN, np.zeros(5, np.int64), (3, 1))


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda one: one.slug)
def test_a_camera_of_strength_0_changes_nothing_and_the_worst_stays_in_range(
    camera: Camera,
) -> None:
    np.testing.assert_array_equal(camera.change(DIGITS, 0), DRAWN)
    worst = camera.change(DIGITS, 1)
    assert worst.shape == DRAWN.shape
    assert worst.min() >= 0
    assert worst.max() <= 1 + 1e-6
    assert camera.other in CAMERAS
    assert camera.other != camera.slug


@pytest.mark.parametrize("strength", [0.1, 0.5, 1])
def test_out_of_focus_is_a_gaussian(strength: float) -> None:
    blurred = CAMERAS["blur"].change(DIGITS, strength)
    for before, after in zip(DRAWN, blurred, strict=True):
        known = gaussian_filter(before, LARGEST_SIGMA * strength, mode="constant", radius=27)
        np.testing.assert_allclose(after, known, atol=1e-5)


def test_noise_has_its_deviation_where_nothing_is_cut() -> None:
    grey = Digits(np.full((50, 28, 28), 0.5, np.float32), np.zeros(50, np.int64), (1,))
    noise = CAMERAS["noise"].change(grey, 0.1) - 0.5
    assert noise.std() == pytest.approx(0.1, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=0.003)


def test_haze_lifts_black_and_leaves_white() -> None:
    np.testing.assert_allclose(veiled(np.array([0, 0.5, 1], np.float32), 0.4), [0.4, 0.7, 1])


def test_a_network_sees_means_of_four_pixels() -> None:
    known = [cv2.resize(one, (14, 14), interpolation=cv2.INTER_AREA).ravel() for one in DRAWN]
    np.testing.assert_allclose(seen(DRAWN), known, atol=1e-6)


def test_the_first_digits_alone_have_the_noise_that_they_have_among_all() -> None:
    np.testing.assert_array_equal(shown_digits(7).noise, drawn(7).dev.noise[:SHOWN])
