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
    answer_points,
    answer_spec,
    shape_text,
    strip_layers,
    strip_points,
    strip_spec,
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


def test_the_strip_has_a_bar_for_each_layer_and_says_what_it_sees() -> None:
    found = layers(vgg(), (3, 32, 32))
    points = strip_points(found, found[1].name)
    assert points.name.tolist() == [layer.name for layer in found]
    assert points.numbers[0] == 32 * 32 * 32
    assert points.sees[0] == 3
    assert points[points.chosen].name.tolist() == [found[1].name]
    assert shape_text(found[0]) == "32 × 32 × 32"
    assert shape_text(found[-1]) == "10"


def test_the_strip_says_where_maps_of_a_new_size_begin() -> None:
    found = layers(vgg(), (3, 32, 48))
    labels = [place.partition(" ")[2] for place in strip_points(found, found[0].name).place]
    assert [label for label in labels if label] == ["32 × 48", "16 × 24", "8 × 12"]
    assert labels[0] == "32 × 48"
    sizes = [layer.shape[1:] for layer in found]
    assert labels.index("16 × 24") == sizes.index((16, 24))


def test_of_a_deep_network_the_strip_shows_the_layers_that_mix_values() -> None:
    found = layers(resnet20(), (3, 32, 32))
    norm = next(layer for layer in found if layer.kind == "batch-norm")
    assert strip_layers(found, norm.name, every=True) == list(found)
    shown = strip_layers(found, norm.name, every=False)
    assert norm in shown
    assert sum(layer.kind == "batch-norm" for layer in shown) == 1
    for kind, count in (("convolution", 19), ("addition", 9), ("linear", 1)):
        assert sum(layer.kind == kind for layer in shown) == count


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


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_specifications_hold_no_data_and_are_made_once(theme: Theme) -> None:
    for make in (strip_spec, answer_spec):
        assert "data" not in make(theme)
        assert make(theme) is make(theme)


def test_answers_come_in_percent_the_likeliest_first() -> None:
    points = answer_points(["cat", "dog"], [0.25, 0.75])
    assert points["class"].tolist() == ["dog", "cat"]
    assert points.probability.tolist() == [75.0, 25.0]
