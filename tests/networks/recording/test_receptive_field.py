from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from explainer.networks.recording.graph import Layer, layer_named, layers
from explainer.networks.recording.layer_kinds import ACTIVATIONS
from explainer.networks.recording.receptive_field import Box, box, effective, unbounded_box
from tests.networks.random_networks import SHIPPED_SLUGS, any_network

pytestmark = pytest.mark.usefixtures("one_thread")
SIDES = {"lenet": 32, "googlenet": 33, "resnet18": 33, "mobilenet_v3_large": 40}


def averaging(network: nn.Module) -> nn.Module:
    """The network with every weight positive and nothing that stops a gradient.

    So a pixel's gradient is zero exactly where it does not see the picture.
    """
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, ACTIVATIONS) and not isinstance(module, nn.Hardsigmoid):
            network.set_submodule(name, nn.Identity())
        elif isinstance(module, nn.MaxPool2d):
            mean = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
            network.set_submodule(name, mean)
    return network.double()


def support(strength: np.ndarray) -> Box:
    """The smallest box that holds all that is not zero."""
    rows, columns = np.nonzero(strength.any(1))[0], np.nonzero(strength.any(0))[0]
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def places(layer: Layer) -> set[tuple[int, int]]:
    _, height, width = layer.shape
    return {(height // 2, width // 3), (height - 1, width - 1)}


@pytest.mark.parametrize("name", [*SHIPPED_SLUGS, "googlenet", "resnet18", "mobilenet_v3_large"])
def test_theory_is_the_support_of_the_gradient(name: str) -> None:
    network, side = copy.deepcopy(any_network(name)), SIDES.get(name, 40)
    found = layers(network, (3, side, side))
    network = averaging(network)
    picture = torch.full((1, 3, side, side), 0.1, dtype=torch.float64)
    for layer in found[:: max(1, len(found) // 6)] + found[-4:]:
        for y, x in places(layer):
            strength = effective(network, picture, layer, y, x)
            assert strength.shape == (side, side)
            assert support(strength) == box(found, layer.name, y, x, (side, side)), layer.name


@pytest.mark.parametrize("name", SHIPPED_SLUGS)
def test_a_box_inside_the_picture_is_that_of_the_field(name: str) -> None:
    found = layers(any_network(name), (3, 32, 32))
    compared = 0
    for layer in found:
        for y, x in places(layer):
            free = unbounded_box(layer, y, x)
            cut = box(found, layer.name, y, x, (32, 32))
            assert free.top <= cut.top <= cut.bottom <= free.bottom
            if free.top >= 0 <= free.left and max(free.bottom, free.right) <= 32:
                assert free == cut
                compared += 1
    assert compared >= 3


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Conv2d(3, 1, 3, dilation=2, stride=2), Box(4, 2, 9, 7)),
        (nn.Conv2d(3, 1, 5, padding="same"), Box(0, 0, 5, 4)),
        (nn.MaxPool2d(3, 2, padding=1), Box(3, 1, 6, 4)),
        (nn.AdaptiveAvgPool2d((5, 3)), Box(4, 3, 6, 7)),
    ],
    ids=["dilated", "same", "padded pooling", "adaptive"],
)
def test_the_window_of_one_layer_is_as_worked_out_by_hand(layer: nn.Module, expected: Box) -> None:
    network = nn.Sequential(layer)
    found = layers(network, (3, 10, 10))
    y, x = 2, 1
    assert box(found, "0", y, x, (10, 10)) == expected
    assert (expected.height, expected.width) == (
        expected.bottom - expected.top,
        expected.right - expected.left,
    )


def test_a_pixel_that_sees_only_padding_sees_nothing() -> None:
    found = layers(nn.Sequential(nn.Conv2d(3, 1, 1, padding=2)), (3, 4, 4))
    nothing = box(found, "0", 0, 0, (4, 4))
    assert (nothing.height, nothing.width) == (0, 0)


def test_the_strength_of_a_linear_layer_is_its_weights() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 3, bias=False))
    found = layers(network, (3, 5, 5))
    strength = effective(network, torch.randn(1, 3, 5, 5), found[0], 1, 2, channel=1)
    expected = np.zeros((5, 5), np.float32)
    expected[1:4, 2:5] = network[0].weight[1].detach().abs().sum(0)  # type: ignore[index]
    np.testing.assert_allclose(strength, expected, rtol=1e-6)


def test_a_pixel_outside_the_map_is_refused() -> None:
    found = layers(any_network("lenet"), (3, 32, 32))
    with pytest.raises(ValueError, match=r"the maps of 'conv1' are 28 × 28: no pixel \(28, 0\)"):
        box(found, "conv1", 28, 0, (32, 32))
    with pytest.raises(ValueError, match="no pixel"):
        effective(any_network("lenet"), torch.ones(1, 3, 32, 32), found[0], 0, 99)
    with pytest.raises(ValueError, match="no layer 'pool9'"):
        layer_named(found, "pool9")
