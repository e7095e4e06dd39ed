"""Charts of what a unit likes and of kindred kernels: what they show of what they are given."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explainer.charts.colour import rgb
from explainer.charts.feature_maps.kernel_likeness import (
    LEARNED,
    RANDOM,
    chance_points,
    chance_spec,
    large_pattern,
    pair_picture,
    pattern_picture,
)
from explainer.charts.feature_maps.units import FRAMED, framed, growth_points, growth_spec
from explainer.charts.theme import DARK, LIGHT, Theme
from explainer.convolution.bank import bank
from explainer.convolution.kernels import weights
from explainer.networks.recording.receptive_field import Box
from explainer.networks.visualisation.first_kernels import READINGS, Compared, compared


def learned() -> tuple[Compared, ...]:
    """Sobel's kernel, and a random one."""
    made = nn.Conv2d(3, 2, 3).requires_grad_(False)
    made.weight[0] = torch.from_numpy(np.ones((3, 1, 1)) * -weights("sobel-x"))
    made.weight[1] = torch.from_numpy(np.random.default_rng(8).standard_normal((3, 3, 3)))
    return compared(made, READINGS["own-colours"])


def test_the_growth_of_every_picture_is_a_row_a_step() -> None:
    history = tuple((step, np.array([step, 2.0 * step], np.float32)) for step in range(4))
    points = growth_points(history, ["seed 1", "seed 2"], 2.5)
    assert len(points) == 8
    assert points[points.picture == "seed 2"].value.tolist() == [0, 2, 4, 6]
    assert set(points.best) == {2.5}


def test_a_long_growth_is_thinned_and_keeps_both_ends() -> None:
    history = tuple((step, np.array([step], np.float32)) for step in range(1001))
    points = growth_points(history, ["seed 1"], None)
    assert len(points) == 200
    assert points.step.iloc[[0, -1]].tolist() == [0, 1000]


def test_the_frame_is_drawn_around_what_is_seen() -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    drawn = framed(picture, Box(8, 4, 20, 16), LIGHT)
    assert drawn.shape == (FRAMED, FRAMED, 3)
    colour = rgb(LIGHT.categorical[1])
    assert tuple(drawn[8 * 4, 40]) == tuple(drawn[40, 4 * 4]) == colour
    assert tuple(drawn[60, 40]) == tuple(drawn[5, 5]) == (0, 0, 0)
    assert not picture.any()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_zero_has_the_colour_of_the_page_and_an_edge_around_it(theme: Theme) -> None:
    picture = pattern_picture(weights("sobel-x"), theme)
    # The colour table has 256 entries, so its middle may be a step off.
    assert picture[0, 1].tolist() == pytest.approx(rgb(theme.background), abs=2)
    large = large_pattern(weights("sobel-x"), theme)
    assert tuple(large[0, 60]) == rgb(theme.grid)
    assert large[20, 66].tolist() == pytest.approx(rgb(theme.background), abs=2)


def test_a_pair_shows_both_with_the_sign_that_makes_them_alike() -> None:
    one = learned()[0]
    assert one.match is not None
    assert one.match.correlation == pytest.approx(-1)
    pair = pair_picture(one, LIGHT, side=30, close=True)
    np.testing.assert_array_equal(pair[5:25, 3:27], pair[5:25, 38:62])
    pale = pair_picture(one, LIGHT, side=30, close=False)
    np.testing.assert_array_equal(pale[:, :30], pair[:, :30])
    assert pale[15, 40].astype(int).sum() > pair[15, 40].astype(int).sum()


def test_the_shares_of_both_kinds_of_kernels_sum_to_a_hundred_percent() -> None:
    points = chance_points(learned(), bank(3))
    for name in (RANDOM, LEARNED):
        assert points[points.kernels == name].share.sum() == pytest.approx(100)
    assert points[points.kernels == LEARNED].high.max() == 1
    assert set(points.threshold) == {bank(3).threshold}


@pytest.mark.parametrize("spec", [partial(growth_spec, best=True), chance_spec])
def test_a_specification_holds_no_data_and_is_built_once(
    spec: Callable[[Theme], dict[str, Any]],
) -> None:
    assert spec(LIGHT) is spec(LIGHT)
    assert "datasets" not in spec(DARK)
