"""Results as pictures: zero in the middle, ends where they belong, nothing lost in rounding."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.colour import (
    CLIPPED,
    MAGNITUDE,
    SIGNED,
    VIEWS,
    View,
    colour_result,
    extent,
    to_codes,
)
from explainer.charts.theme import THEMES, Theme, centred
from explainer.convolution.view import statistics

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def coloured(values: np.ndarray, view: View, theme: Theme) -> np.ndarray:
    scale = view.scale(values, statistics(values))
    return colour_result(view.prepare(values), scale, view.stops(theme))


@themes
def test_a_signed_result_shows_zero_in_the_colour_of_the_page(theme: Theme) -> None:
    values = np.array([[[-2.0], [0.0], [2.0]]], np.float32)
    low, zero, high = coloured(values, SIGNED, theme)[0]
    stops = centred(theme)
    assert np.abs(zero.astype(int) - rgb(theme.background)).max() <= 2
    assert low.tolist() == rgb(stops[0])
    assert high.tolist() == rgb(stops[-1])


@themes
def test_a_magnitude_does_not_know_the_sign(theme: Theme) -> None:
    values = np.array([[[-1.5], [1.5], [0.0]]], np.float32)
    negative, positive, zero = coloured(values, MAGNITUDE, theme)[0]
    assert negative.tolist() == positive.tolist() == rgb(theme.sequential[-1])
    assert zero.tolist() == rgb(theme.sequential[0])


@themes
def test_a_picture_is_clipped_and_rounded_to_the_nearest_code(theme: Theme) -> None:
    values = np.array([[[-0.5, 0.0, 100.4 / 255], [100.6 / 255, 1.0, 7.0]]], np.float32)
    assert coloured(values, CLIPPED, theme).tolist() == [[[0, 0, 100], [101, 255, 255]]]


def test_codes_come_back_from_a_picture_unchanged() -> None:
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    np.testing.assert_array_equal(to_codes(codes.astype(np.float32) / np.float32(255), 0, 1), codes)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.title)
def test_a_result_of_zeros_has_a_scale_that_is_not_empty(view: View) -> None:
    values = np.zeros((4, 5, 1), np.float32)
    scale = view.scale(values, statistics(values))
    assert scale.high > scale.low
    assert coloured(values, view, THEMES["light"]).shape == (4, 5, 3)


def test_one_bright_pixel_keeps_its_full_scale() -> None:
    values = np.zeros((33, 33, 1), np.float32)
    values[16, 16] = 0.75
    assert extent(values, statistics(values)) == 0.75


def test_one_glint_does_not_make_the_rest_pale() -> None:
    values = np.random.default_rng(0).uniform(-1, 1, (200, 200, 1)).astype(np.float32)
    values[7, 7] = 3
    assert 0.95 < extent(values, statistics(values)) <= 1


@pytest.mark.parametrize("unit", [1e-37, 1e-30, 1e-13, 1.0, 1e30])
def test_codes_know_no_unit(unit: float) -> None:
    values = np.array([[-1.0, 0.0, 0.5, 1.0]], np.float32) * np.float32(unit)
    assert to_codes(values, -unit, unit).tolist() == to_codes(values / unit, -1.0, 1.0).tolist()
