"""A filter's output as a small picture."""

import numpy as np

from explainer.charts.colour import CLIPPED, SIGNED
from explainer.charts.filters.analysis import kernel_picture
from explainer.charts.filters.output import SHOWN_SIDE, filter_output, small_picture
from explainer.charts.theme import LIGHT


def test_a_small_output_keeps_its_pixels_and_a_large_one_its_proportions() -> None:
    values = np.zeros((40, 30, 1), np.float32)
    assert small_picture(filter_output(values, SIGNED), LIGHT).shape == (40, 30, 3)
    wide = np.zeros((500, 2000, 1), np.float32)
    assert small_picture(filter_output(wide, SIGNED), LIGHT).shape == (160, SHOWN_SIDE, 3)


def test_the_scale_is_that_of_the_whole_output() -> None:
    values = np.zeros((1280, 1280, 1), np.float32)
    values[:640] = 4
    found = filter_output(values, SIGNED)
    assert (found.scale.low, found.scale.high) == (-4, 4)
    picture = small_picture(found, LIGHT)
    np.testing.assert_array_equal(picture[0, 0], picture[300, 0])
    assert (picture[0, 0] != picture[-1, 0]).any()


def test_three_channels_are_shown_each_as_light() -> None:
    values = np.broadcast_to(np.array([0, 0.5, 2], np.float32), (4, 4, 3))
    picture = small_picture(filter_output(np.ascontiguousarray(values), CLIPPED), LIGHT)
    assert picture[0, 0].tolist() == [0, 128, 255]


def test_a_kernel_is_painted_a_square_a_weight_zero_in_the_middle_of_the_colours() -> None:
    picture = kernel_picture(np.array([[-2.0, 0.0, 2.0]]), LIGHT)
    assert picture.shape == (80, 240, 3)
    assert len({tuple(picture[0, at]) for at in (0, 79)}) == 1
    assert len({tuple(picture[0, at]) for at in (0, 80, 160)}) == 3
