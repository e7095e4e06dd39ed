"""Attributions as pictures, and the curves that judge them."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.attribution.attributions import attribution_picture, trust_points, trust_spec
from explainer.charts.theme import LIGHT, THEMES, Theme
from explainer.gradients.attribution.deletion_insertion import Comparison, Curve


def curve(*probabilities: float) -> Curve:
    shares = np.linspace(0, 1, len(probabilities), dtype=np.float32)
    values = np.array(probabilities, np.float32)
    return Curve(shares, values, values)


def test_what_speaks_for_it_is_red_and_what_speaks_against_it_blue() -> None:
    picture = attribution_picture(np.array([[1.0, -1.0, 0.0]], np.float32), LIGHT)
    (red, _, blue), against, nothing = picture[0].tolist()
    assert red > blue
    assert against[2] > against[0]
    assert min(nothing) > 250


def test_a_map_of_zeros_is_a_picture_too() -> None:
    picture = attribution_picture(np.zeros((4, 5), np.float32), LIGHT)
    assert picture.shape == (4, 5, 3)
    assert np.ptp(picture.reshape(-1, 3), axis=0).max() == 0


def test_chance_is_a_band_around_its_mean_in_percent() -> None:
    points = trust_points(Comparison(curve(1.0, 0.0), (curve(1.0, 0.5), curve(1.0, 0.7))))
    own = points[points.part == "this map"]
    assert own["median"].tolist() == [100.0, 0.0]
    last = points[points.part != "this map"].iloc[-1]
    assert (last.low, last["median"], last.high) == pytest.approx((50, 60, 70))


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_specification_holds_no_data(theme: Theme) -> None:
    spec = trust_spec(theme, "pixels deleted (%)")
    assert "data" not in spec
    assert trust_spec(theme, "pixels deleted (%)") is spec
