"""Frequency responses and spectra."""

import numpy as np
import pytest
from hypothesis import given

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.spectrum import frequency_response, gain_profile, spectrum
from tests.convolution.reference import kernels


@given(kernels)
def test_the_centre_is_the_absolute_sum_of_the_weights(weights: np.ndarray) -> None:
    response = frequency_response(weights, size=32)
    assert response[16, 16] == pytest.approx(abs(weights.sum()), abs=1e-4)


def test_the_identity_leaves_every_frequency() -> None:
    np.testing.assert_allclose(frequency_response(weights("identity")), 1)


def test_turning_by_180_degrees_leaves_the_gains() -> None:
    kernel = weights("gabor", theta=20)
    np.testing.assert_allclose(
        frequency_response(kernel), frequency_response(kernel[::-1, ::-1]), atol=1e-6
    )


def test_a_wave_leaves_the_filter_larger_by_its_gain() -> None:
    kernel, period = weights("gaussian", sigma=1), 8
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(64) / period)
    pixels = np.broadcast_to(wave[None, :, None], (64, 64, 1)).astype(np.float32)
    result = apply(pixels, kernel, Application(padding="wrap"))
    gain = float(np.ptp(result))
    profile = gain_profile(kernel)
    at_wave = np.interp(1 / period, profile.frequencies, profile.horizontal)
    assert gain == pytest.approx(at_wave, abs=1e-4)
    assert gain == pytest.approx(frequency_response(kernel, 64)[32, 32 + 64 // period], abs=1e-4)


def test_profiles_are_the_axes_of_the_response() -> None:
    kernel = weights("sobel-x")
    profile, response = gain_profile(kernel, points=65), frequency_response(kernel, size=128)
    np.testing.assert_allclose(profile.horizontal[:64], response[64, 64:], atol=1e-5)
    np.testing.assert_allclose(profile.vertical[:64], response[64:, 64], atol=1e-5)
    assert profile.frequencies[-1] == 0.5


def test_a_kernel_larger_than_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="size is 8, but the kernel has 11 taps a side"):
        frequency_response(weights("gaussian"), size=8)


def test_stripes_show_as_two_dots_at_their_frequency() -> None:
    columns = np.arange(128)
    stripes = np.broadcast_to(np.cos(2 * np.pi * columns / 8), (128, 128)).astype(np.float32)
    found = spectrum(stripes)
    brightest = np.argwhere(found == found.max())
    assert {tuple(place) for place in brightest} <= {(64, 64 - 16), (64, 64 + 16)}


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (600, 513), (40, 30)])
def test_spectra_are_from_zero_to_one_and_at_most_512_wide(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).random(shape, dtype=np.float32)
    found = spectrum(noise)
    assert found.shape == (min(512, shape[0]), min(512, shape[1]))
    assert found.min() >= 0
    assert found.max() == pytest.approx(1)


def test_a_black_picture_has_an_empty_spectrum() -> None:
    np.testing.assert_array_equal(spectrum(np.zeros((20, 20), np.float32)), 0)


def test_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="grey picture"):
        spectrum(np.zeros((20, 20, 3), np.float32))


def factors(weights: np.ndarray, seed: int) -> np.ndarray:
    """What each wave of a random picture is multiplied by, where the picture has such a wave."""
    picture = np.random.default_rng(seed).random((24, 24, 1), dtype=np.float32)
    answer = apply(picture, weights, Application(padding="wrap"))
    before, after = (np.fft.fft2(one[..., 0].astype(np.float64)) for one in (picture, answer))
    return np.asarray(after / before)


@pytest.mark.parametrize(("dx", "dy", "seed"), [(1, 0, 3), (-5, 2, 4), (15, -15, 5)])
def test_shift_leaves_the_strength_of_every_wave_and_changes_phases(
    dx: int, dy: int, seed: int
) -> None:
    found = factors(weights("shift", dx=dx, dy=dy), seed)
    np.testing.assert_allclose(np.abs(found), 1, atol=1e-3)
    assert (np.abs(np.angle(found)) > 0.1).mean() > 0.5


def test_the_row_minus_one_zero_one_turns_every_frequency_by_90_degrees() -> None:
    found = factors(np.array([[-1.0, 0.0, 1.0]]), seed=6)[:, 1:12]  # to the right, below 1/2
    np.testing.assert_allclose(np.degrees(np.angle(found)), 90, atol=0.1)


@pytest.mark.parametrize("slug", ["box", "gaussian", "sharpen", "laplacian", "ridge"])
def test_a_kernel_that_stays_the_same_when_turned_moves_no_wave(slug: str) -> None:
    kernel = weights(slug)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-12)
    assert np.abs(factors(kernel, seed=7).imag).max() < 1e-3


@pytest.mark.parametrize("size", [3, 5, 7, 31])
def test_a_box_blur_removes_stripes_with_its_width_as_period_and_all_its_fractions(
    size: int,
) -> None:
    kernel = weights("box", size=size)
    profile = gain_profile(kernel)
    whole = [count / size for count in range(1, size // 2 + 1)]
    np.testing.assert_allclose(profile.horizontal_zeros, whole, atol=1e-12)
    assert profile.vertical_zeros == profile.horizontal_zeros
    random = np.random.default_rng(size)
    for frequency in whole:
        phase = random.uniform(0, 2 * np.pi)
        stripes = 0.5 + 0.5 * np.cos(2 * np.pi * frequency * np.arange(4 * size) + phase)
        pixels = np.broadcast_to(stripes[None, :, None], (size, 4 * size, 1)).astype(np.float32)
        assert np.ptp(apply(pixels, kernel, Application(padding="wrap"))) < 1e-5


def test_zeros_are_those_of_the_kernel() -> None:
    sobel = gain_profile(weights("sobel-x"))
    assert sobel.horizontal_zeros == (0.0, 0.5)
    assert sobel.vertical.max() == 0
    assert sobel.vertical_zeros == ()
    binomial = gain_profile(np.outer([1, 2, 1], [1, 2, 1]) / 16)
    assert binomial.horizontal_zeros == (0.5,)
    assert gain_profile(weights("laplacian")).vertical_zeros == (0.0,)
    for gentle in ("gaussian", "identity", "shift", "sharpen"):
        assert gain_profile(weights(gentle)).horizontal_zeros == ()
