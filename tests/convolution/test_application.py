"""Settings and the sizes that follow from them."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.convolution.application import (
    CHANNEL_MODES,
    PADDINGS,
    Application,
    Padding,
    output_shape,
    pads,
)

BORDERS = [pytest.param(entry, id=entry.slug) for entry in PADDINGS]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bias": 11.0}, "bias is 11, but it goes from -10 to 10"),
        ({"bias": math.nan}, "bias is nan"),
        ({"stride": 0}, "stride is 0, but it is a whole number from 1 to 8"),
        ({"stride": 9}, "stride is 9"),
        ({"dilation": 1.5}, r"dilation is 1\.5, but it is a whole number from 1 to 8"),
        ({"padding": "mirror"}, "no padding 'mirror'; there are none, zero, reflect"),
        ({"channels": "red"}, "no channel mode 'red'; there are each, grey, summed"),
    ],
)
def test_settings_out_of_bounds_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Application(**settings)


@given(
    size=st.integers(1, 60),
    taps=st.integers(1, 15),
    stride=st.integers(1, 8),
    dilation=st.integers(1, 4),
)
def test_sizes_without_padding_are_torchs(size: int, taps: int, stride: int, dilation: int) -> None:
    settings = Application(stride=stride, dilation=dilation, padding="none")
    if size < dilation * (taps - 1) + 1:
        with pytest.raises(ValueError, match=f"the picture only {size}"):
            output_shape(size, 99, (taps, 1), settings)
        return
    layer = torch.nn.Conv2d(1, 1, (taps, 1), stride=stride, dilation=dilation)
    expected = layer(torch.zeros(1, 1, size, 99)).shape
    assert output_shape(size, 99, (taps, 1), settings) == (*expected[2:], 3)


@given(size=st.integers(1, 99), taps=st.integers(1, 15), stride=st.integers(1, 8))
def test_with_padding_the_size_is_the_pictures_over_the_stride(
    size: int, taps: int, stride: int
) -> None:
    settings = Application(stride=stride, padding="zero")
    assert output_shape(size, 7, (taps, 1), settings)[0] == math.ceil(size / stride)


def test_even_kernels_are_padded_more_at_the_end() -> None:
    assert pads(4, Application()) == (1, 2)
    assert pads(4, Application(dilation=3)) == (4, 5)
    assert pads(4, Application(padding="none")) == (0, 0)


def test_padding_a_picture_cannot_give_is_refused() -> None:
    with pytest.raises(ValueError, match="“Reflect” needs 7 pixels"):
        output_shape(7, 50, (15, 15), Application(padding="reflect"))
    assert output_shape(8, 50, (15, 15), Application(padding="reflect")) == (8, 50, 3)
    with pytest.raises(ValueError, match="6 pixels wide has at most 6 to give"):
        output_shape(50, 6, (15, 15), Application(padding="wrap"))
    assert output_shape(50, 7, (15, 15), Application(padding="wrap")) == (50, 7, 3)


@pytest.mark.parametrize("border", BORDERS)
def test_resolving_indices_is_numpys_padding(border: Padding) -> None:
    mode: Any = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap"}.get(border.slug)
    indices = np.arange(-5, 11)
    if mode is None:
        expected = np.pad(np.arange(6), 5, constant_values=-1)
    else:
        expected = np.pad(np.arange(6), 5, mode=mode)
    np.testing.assert_array_equal(border.resolve(indices, 6), expected)


def test_a_single_pixel_reflects_into_itself() -> None:
    np.testing.assert_array_equal(PADDINGS["reflect"].resolve(np.arange(0, 1), 1), [0])


@pytest.mark.parametrize("channels", [entry.slug for entry in CHANNEL_MODES])
def test_only_each_colour_keeps_colours(channels: str) -> None:
    expected = 3 if channels == "each" else 1
    assert output_shape(9, 9, (3, 3), Application(channels=channels))[2] == expected
