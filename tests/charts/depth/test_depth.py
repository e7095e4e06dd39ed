"""The charts of the page on depth: what they show is what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.depth.batch_norm import CHANGE, SWING, line_spec
from explainer.charts.depth.one_pass import (
    DEPTH_MEASURES,
    LIMIT,
    MEASURED,
    SMALLEST_FLOAT32,
    THEORY,
    depth_points,
    depth_spec,
    idle_points,
    value_points,
)
from explainer.charts.home.depth import KINDS, _lengths
from explainer.charts.theme import DARK, LIGHT, Theme
from explainer.gradients.depth.batch import digit_batch
from explainer.gradients.depth.mean_field import predicted
from explainer.gradients.depth.settings import setting
from explainer.gradients.depth.untrained_pass import UntrainedPass, at_depth, pass_through

BATCH = digit_batch(40, 0)


def passage(slug: str, depth: int) -> UntrainedPass:
    """One pass through layers of 20 units."""
    return pass_through(at_depth(setting(slug, "xavier"), depth, 20), BATCH, 0)


def test_every_layer_has_its_dot_and_its_place_on_the_line() -> None:
    found = [passage("tanh", 5), passage("relu", 5)]
    points = depth_points(found, [predicted(found[0], BATCH), None], DEPTH_MEASURES["gradient"])
    measured = points[(points.recipe == "1") & (points.part == MEASURED)]
    assert measured.layer.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(measured.value, found[1].gradient)
    assert set(points[points.part == THEORY].recipe) == {"0"}
    assert points.setting[0] == "Tanh, Xavier"


def test_what_float32_cannot_hold_is_marked_and_nothing_else() -> None:
    deep, shallow = passage("sigmoid", 90), passage("sigmoid", 5)
    limits = [
        depth_points([one], [None], DEPTH_MEASURES["gradient"]).query(f"part == '{LIMIT}'")
        for one in (deep, shallow)
    ]
    assert limits[0].value.tolist() == [SMALLEST_FLOAT32]
    assert limits[1].empty


def test_the_values_of_each_layer_are_all_there() -> None:
    points = value_points(passage("relu", 4))
    np.testing.assert_allclose(points.groupby("layer").share.sum(), 100, atol=0.1)


def test_idle_units_are_in_percent() -> None:
    found = passage("relu", 4)
    np.testing.assert_allclose(idle_points([found]).saturated, 100 * found.saturated)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_specification_holds_no_data(theme: Theme) -> None:
    for measure in DEPTH_MEASURES:
        assert "datasets" not in depth_spec(theme, measure, limited=True)
    assert len(line_spec(theme, SWING)["layer"]) == 2
    assert len(line_spec(theme, CHANGE)["layer"]) == 1


def test_the_invitation_shows_a_gradient_that_is_lost_and_two_that_are_not() -> None:
    sigmoid, tanh, relu = (_lengths(kind) for kind in KINDS)
    assert sigmoid[0] < 1e-10
    assert tanh[0] > 0.05
    assert 0.2 < relu[0] < 5
