"""Feature maps as pictures, and the network at a glance."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.colour import rgb
from explainer.charts.feature_maps.effective_receptive_field import strength_picture
from explainer.charts.maps import (
    ORDERS,
    Span,
    montage,
    painted,
    sorted_places,
    span_of,
    span_within,
    tile_size,
)
from explainer.charts.network import (
    blocks,
    links,
    shown_layers,
)
from explainer.charts.theme import LIGHT, THEMES, Theme
from explainer.networks.architectures.feed_forward import vgg
from explainer.networks.architectures.residual import resnet20
from explainer.networks.recording.graph import layers
from explainer.networks.recording.receptive_field import Box

RISING = np.arange(12, dtype=np.float32).reshape(3, 2, 2)


def test_values_below_zero_make_a_scale_around_zero() -> None:
    signed = span_of(np.array([[-2.0, 1.0]], np.float32))
    assert (signed.low, signed.high, signed.signed) == (-signed.high, signed.high, True)
    plain = span_of(np.array([[0.0, 1.0]], np.float32))
    assert (plain.low, plain.signed) == (0.0, False)
    assert span_of(np.zeros((2, 2), np.float32)) == Span(0.0, 1.0, False)


def test_a_single_bright_pixel_is_not_lost_beyond_the_usual_share() -> None:
    lonely = np.zeros((100, 100), np.float32)
    lonely[3, 4] = 7.0
    assert span_of(lonely).high == 7.0


def test_maps_are_sorted_by_mean_and_by_variance_the_largest_first() -> None:
    maps = np.stack([RISING[0], RISING[2], np.array([[9.0, -9.0], [9.0, -9.0]], np.float32)])
    places = {order.slug: sorted_places(maps, order) for order in ORDERS}
    assert places["network"] == [0, 1, 2]
    assert places["mean"] == [1, 0, 2]
    assert places["variance"][0] == 2


def test_tiles_are_reduced_but_small_maps_enlarged_by_whole_numbers() -> None:
    assert tile_size((100, 200), 50, 20) == (25, 50)
    assert tile_size((30, 40), 50, 20) == (30, 40)
    assert tile_size((4, 8), 50, 20) == (12, 24)
    assert tile_size((1, 1), 50, 20) == (20, 20)


def test_a_montage_has_each_map_in_its_own_colours() -> None:
    spans = [Span(0.0, 3.0, False)] * 3
    picture = montage(RISING, [2, 0], LIGHT, columns=2, size=(2, 2), spans=spans, gap=1)
    assert picture.shape == (2, 5, 3)
    np.testing.assert_array_equal(picture[:, :2], painted(RISING[2], spans[2], LIGHT))
    np.testing.assert_array_equal(picture[:, 3:], painted(RISING[0], spans[0], LIGHT))


def test_a_block_says_what_its_layer_is() -> None:
    found = layers(vgg(), (3, 32, 48))
    drawn = blocks(found, LIGHT)
    assert [one["name"] for one in drawn] == [layer.name for layer in found]
    assert (drawn[0]["maps"], drawn[0]["side"], drawn[0]["shape"]) == (32, 48, "32 × 32 × 48")
    assert drawn[-1]["shape"] == "10"
    kinds = {one["kind"]: one["colour"] for one in drawn}
    assert len(set(kinds.values())) == len(kinds)


def test_of_a_deep_network_blocks_are_the_layers_that_mix_values() -> None:
    found = layers(resnet20(), (3, 32, 32))
    norm = next(layer for layer in found if layer.kind == "batch-norm")
    assert shown_layers(found, norm.name, every=True) == list(found)
    shown = shown_layers(found, norm.name, every=False)
    assert norm in shown
    assert sum(layer.kind == "batch-norm" for layer in shown) == 1
    for kind, count in (("convolution", 19), ("addition", 9), ("linear", 1)):
        assert sum(layer.kind == kind for layer in shown) == count


@pytest.mark.parametrize("every", [True, False])
def test_links_are_those_of_the_network_past_the_layers_that_have_no_block(every: bool) -> None:
    found = layers(resnet20(), (3, 32, 32))
    shown = shown_layers(found, found[0].name, every=every)
    pairs = links(found, shown)
    names = ["input", *(one.name for one in shown)]
    named = [(names[one + 1], names[other + 1]) for one, other in pairs]
    assert named[0] == ("input", "conv1")
    sums = [one.name for one in shown if one.kind == "addition"]
    assert all(sum(other == name for __, other in named) == 2 for name in sums)
    assert all(one < other for one, other in pairs)
    assert {other for __, other in pairs} == set(range(len(shown)))
    if every:
        wanted = {(source, one.name) for one in found for source in one.inputs}
        assert set(named) == wanted
    else:
        assert ("stage1_block1.addition", "stage1_block2.addition") in named


def test_one_scale_for_a_network_is_the_same_for_all_its_layers() -> None:
    signed, positive = span_within(RISING - 1, 5.0), span_within(RISING, 5.0)
    assert (signed.low, signed.high) == (-5.0, 5.0)
    assert (positive.low, positive.high) == (0.0, 5.0)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_what_moves_a_pixel_is_in_colour_and_the_box_is_outlined(theme: Theme) -> None:
    photo, strength = np.full((6, 8, 3), 128, np.uint8), np.zeros((6, 8), np.float32)
    strength[2, 3], strength[2, 4] = 4.0, 1.0
    plain = strength_picture(photo, strength, theme, part=Box(0, 0, 6, 8), boxes=())
    assert plain.shape == (6 * 24, 8 * 24, 3)
    accent = np.array(rgb(theme.categorical[1]), float)
    distance = np.abs(plain[12::24, 12::24].astype(float) - accent).sum(-1)
    assert distance[2, 3] < distance[2, 4] < distance[0, 0]
    assert len(np.unique(plain[12::24, 12::24].reshape(-1, 3), axis=0)) == 3
    boxed = strength_picture(photo, strength, theme, part=Box(0, 0, 6, 8), boxes=(Box(1, 2, 4, 6),))
    np.testing.assert_array_equal(boxed[24, 60], rgb(theme.text))
    np.testing.assert_array_equal(boxed[72, 96], plain[72, 96])
