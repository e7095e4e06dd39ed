"""Planes as pictures: one scale for all, the low place where it is, nothing invented far away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explainer.charts.bands import band_picture
from explainer.charts.colour import rgb
from explainer.charts.landscape.planes import (
    bands_of,
    heights,
    off_plane_points,
    off_plane_spec,
    path_points,
    path_spec,
    plane_picture,
)
from explainer.charts.theme import DARK, LIGHT, THEMES, Theme
from explainer.gradients.landscape.grid import levels
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.survey import survey
from explainer.gradients.landscape.views import PanelView, Snapshot


@pytest.fixture(scope="module")
def seen() -> Snapshot:
    """A small survey of two planes."""
    return survey(SurveyPlan(Setup(layers=4, width=4, steps=50), points=13, planes=2))


def coarse(panel: PanelView) -> PanelView:
    """The panel as it is while only its coarsest grid is complete."""
    rows = levels(13)[0]
    known = np.zeros((13, 13), bool)
    known[np.ix_(rows, rows)] = True
    losses = np.where(known, panel.losses, np.float32(np.nan))
    return replace(panel, losses=losses, rows=tuple(rows))


def test_bands_have_one_colour_more_than_edges_and_reach_from_the_least_loss_to_10(
    seen: Snapshot,
) -> None:
    bands = bands_of(seen.panels, 0, LIGHT)
    least = min(float(one.losses[0].min()) for one in seen.panels)
    assert len(bands.colours) == len(bands.edges) + 1
    assert bands.edges[0] - 0.25 <= np.log10(least) < bands.edges[0]
    assert bands.edges[-1] == 1


def test_heights_are_the_logarithm_where_computed_and_between_neighbours_elsewhere(
    seen: Snapshot,
) -> None:
    panel = seen.panels[0]
    np.testing.assert_allclose(heights(panel, 0), np.log10(panel.losses[0]), rtol=1e-5)
    rough, rows = heights(coarse(panel), 0), levels(13)[0]
    known = np.log10(panel.losses[0][np.ix_(rows, rows)])
    np.testing.assert_allclose(rough[np.ix_(rows, rows)], known, rtol=1e-5)
    low, high = rows[0], rows[1]
    assert high - low == 2
    corners = rough[np.ix_([low, high], [low, high])]
    assert rough[low + 1, low + 1] == pytest.approx(corners.mean(), rel=1e-5)


def test_nothing_is_painted_before_anything_is_computed(seen: Snapshot) -> None:
    empty = replace(seen.panels[0], losses=np.full((2, 13, 13), np.nan, np.float32), rows=())
    picture = plane_picture(empty, 0, bands_of((empty,), 0, DARK), DARK, side=20)
    assert (picture == rgb(DARK.surface)).all()


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_top_of_a_picture_is_the_largest_y(seen: Snapshot, theme: Theme) -> None:
    panel, bands = seen.panels[0], bands_of(seen.panels, 0, theme)
    picture = plane_picture(panel, 0, bands, theme, side=13)
    value = np.log10(panel.losses[0][-1, 0])
    assert tuple(picture[0, 0]) == rgb(bands.colours[int(np.digitize(value, bands.edges))])


def test_what_overflows_has_the_colour_of_the_highest_band(seen: Snapshot) -> None:
    losses = seen.panels[0].losses.copy()
    losses[0, 0, 0] = np.inf
    panel = replace(seen.panels[0], losses=losses)
    edges = bands_of((panel,), 0, LIGHT).edges
    assert np.digitize(heights(panel, 0)[0, 0], edges) == len(edges)


def test_a_line_goes_where_a_band_ends() -> None:
    values = np.array([[0, 0, 1, 1]], np.float32)
    picture = band_picture(values, [0.5], ["#000000", "#ffffff"], LIGHT)
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[0, 3].tolist() == [255, 255, 255]
    assert picture[0, 2].tolist() not in ([0, 0, 0], [255, 255, 255])


def test_the_charts_of_the_path_have_a_row_for_each_checkpoint(seen: Snapshot) -> None:
    panel, steps = seen.panels[1], seen.variants[0].path_steps
    errors = off_plane_points(seen, panel)
    assert errors["step"].tolist() == list(steps[:-1])
    np.testing.assert_allclose(errors["error"], 100 * panel.off_plane[:-1])
    assert len(path_points(seen, panel, 1)) == 2 * len(steps)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_specifications_hold_no_data(theme: Theme) -> None:
    for spec in (off_plane_spec(theme), path_spec(theme)):
        assert "datasets" not in spec
        assert "data" not in spec
