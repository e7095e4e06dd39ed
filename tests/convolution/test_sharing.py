"""What first layers cost, held to PyTorch's own layers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explainer.charts.why_convolution.first_layers import count_points, in_bytes, in_words
from explainer.convolution.sharing import CONNECTIONS, Count, FirstLayer, scaled_size

DENSE, LOCAL, SHARED = CONNECTIONS
SIZES = [FirstLayer(7, 5, 4, 3), FirstLayer(6, 6, 1, 1), FirstLayer(9, 4, 3, 5)]
PHOTO = FirstLayer(3000, 4000, 64, 3)  # 12 megapixels


def numel(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


@pytest.mark.parametrize("layer", [*SIZES, PHOTO], ids=str)
def test_a_dense_layer_has_the_parameters_of_linear(layer: FirstLayer) -> None:
    linear = nn.Linear(layer.inputs, layer.outputs, device="meta")
    assert DENSE.count(layer).parameters == numel(linear)
    assert DENSE.count(layer).nbytes == sum(one.nbytes for one in linear.parameters())


@pytest.mark.parametrize("layer", [*SIZES, PHOTO], ids=str)
def test_a_convolution_has_the_parameters_of_conv2d_whatever_the_size(layer: FirstLayer) -> None:
    size = layer.kernel_size
    convolution = nn.Conv2d(3, layer.maps, size, padding=size // 2, device="meta")
    assert SHARED.count(layer).parameters == numel(convolution)
    assert SHARED.count(layer).nbytes == sum(one.nbytes for one in convolution.parameters())


@pytest.mark.parametrize("layer", SIZES, ids=str)
def test_a_local_layer_has_a_convolution_for_each_place(layer: FirstLayer) -> None:
    places = layer.height * layer.width
    one = nn.Conv2d(3, layer.maps, layer.kernel_size)
    assert LOCAL.count(layer).parameters == places * numel(one)


def test_the_multiplications_are_the_links_of_a_convolution_without_its_border() -> None:
    layer = FirstLayer(6, 5, 2, 3)
    convolution = nn.Conv2d(3, 2, 3, padding=1, bias=False)
    nn.init.ones_(convolution.weight)
    picture = torch.zeros(3, 6, 5)
    links = torch.func.jacrev(convolution)(picture)
    beyond = 2 * 3 * (3 * (2 * 5 + 2 * 6) - 4)  # maps × colours × taps that lie on padding
    assert int((links != 0).sum()) == SHARED.count(layer).multiplications - beyond
    assert LOCAL.count(layer).multiplications == SHARED.count(layer).multiplications
    assert DENSE.count(layer).multiplications == links.numel()


def test_the_count_of_twelve_megapixels_by_hand() -> None:
    dense = DENSE.count(PHOTO)
    assert dense.weights == 36_000_000 * 768_000_000
    assert SHARED.count(PHOTO) == Count(1728, 64, 1728 * 12_000_000)
    assert in_words(dense.weights) == "2.8 · 10¹⁶"
    assert in_bytes(SHARED.count(PHOTO).nbytes) == "7.2 kB"


def test_numbers_are_told_in_words() -> None:
    assert in_words(1_728) == "1,728"
    assert in_words(57_673_728) == "57.7 million"
    assert in_words(213_879_816_192) == "213.9 billion"
    assert in_bytes(448) == "448 bytes"
    assert in_bytes(855_527_809_024) == "855.5 GB"


def test_the_formulas_hold_the_numbers_of_the_layer() -> None:
    layer = FirstLayer(149, 224, 64, 3)
    assert DENSE.formula(layer) == r"(3 \cdot 149 \cdot 224) \times (64 \cdot 149 \cdot 224)"
    assert LOCAL.formula(layer) == r"(3 \cdot 3 \cdot 3) \times (64 \cdot 149 \cdot 224)"
    assert SHARED.formula(layer) == r"(3 \cdot 3 \cdot 3) \times 64"


def test_a_scaled_picture_keeps_its_proportions_and_a_pixel() -> None:
    assert scaled_size(451, 300, 224) == (224, 149)
    assert scaled_size(4000, 2, 8) == (8, 1)
    with pytest.raises(ValueError, match="the side is 0"):
        scaled_size(4, 4, 0)


def test_the_bars_hold_every_layer() -> None:
    points = count_points(FirstLayer(149, 224, 64, 3), "weights")
    assert points["title"].tolist() == ["Dense", "Local", "Convolution"]
    assert points["value"].tolist() == [213_879_816_192, 57_673_728, 1728]
    assert points["words"].tolist() == ["213.9 billion", "57.7 million", "1,728"]
