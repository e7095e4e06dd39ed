"""Single values dropped or whole maps: what is gone, and how well it can be told."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.regularisation.dropout.spatial import spatial, told_by_maps, told_by_neighbours


@pytest.mark.parametrize("seed", [3, 8])
def test_kept_values_are_divided_by_the_keep_probability_and_maps_go_whole(seed: int) -> None:
    one = spatial(0.5, seed)
    kept = one.pixels != 0
    np.testing.assert_allclose(one.pixels[kept], 2 * one.whole[kept], rtol=1e-6)
    for whole, dropped in zip(one.whole, one.maps, strict=True):
        assert (dropped == 0).all() or np.allclose(dropped, 2 * whole)
    assert ((one.pixels == 0) & (one.whole > 0)).any()


@pytest.mark.parametrize("drop", [0.2, 0.5, 0.8])
def test_a_dropped_value_is_told_better_than_a_dropped_map(drop: float) -> None:
    assert spatial(drop, 4).told_pixel > 1.1 * spatial(drop, 4).told_map


def test_the_gap_widens_in_proportion_as_more_is_dropped() -> None:
    ratios = [(one := spatial(drop, 5)).told_pixel / one.told_map for drop in (0.2, 0.5, 0.8)]
    assert ratios == sorted(ratios)


def test_a_smooth_map_tells_a_dropped_value_and_noise_does_not() -> None:
    torch.manual_seed(0)
    ramp = torch.arange(30.0).expand(20, 2, 30, 30).clone()
    assert told_by_neighbours(ramp, 0.5) > 0.98
    assert abs(told_by_neighbours(torch.rand(20, 2, 30, 30), 0.5)) < 0.01


def test_equal_maps_tell_of_each_other_and_unrelated_ones_do_not() -> None:
    torch.manual_seed(0)
    one = torch.rand(60, 1, 12, 12)
    assert told_by_maps(one.repeat(1, 4, 1, 1), 0.1) > 0.95
    assert abs(told_by_maps(torch.rand(60, 4, 12, 12), 0.1)) < 0.01
