"""How much of its receptive field a pixel uses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explainer.networks.recording.effective_receptive_field import EffectiveField, effective_field
from explainer.networks.recording.graph import layers
from explainer.networks.recording.receptive_field import Box
from tests.networks.random_networks import any_network, pictures

pytestmark = pytest.mark.usefixtures("one_thread")


def twice(padding: int = 1) -> nn.Sequential:
    """Two convolutions of ones: the middle of the box is reached along nine paths, a corner one."""
    network = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=padding, bias=False) for _ in range(2)))
    for weight in network.parameters():
        nn.init.ones_(weight)
    return network.eval()


def seen(network: nn.Module, y: int, x: int, name: str = "1") -> EffectiveField:
    inputs = torch.randn(1, 1, 9, 9, generator=torch.Generator().manual_seed(0))
    return effective_field(network, inputs, layers(network, (1, 9, 9)), name, 0, y, x)


def test_two_convolutions_of_ones_count_the_paths() -> None:
    found = seen(twice(), 4, 4)
    paths = np.array([0, 0, 1, 2, 3, 2, 1, 0, 0], np.float32)
    np.testing.assert_array_equal(found.strength, np.outer(paths, paths))
    assert found.box == found.whole == Box(2, 2, 7, 7)
    assert found.middle == (3, 3)
    assert found.share_within(3, 3) == pytest.approx(7**2 / 9**2)
    assert found.share_within(5, 5) == 1
    assert found.side_of_most == 5


def test_at_the_border_the_middle_is_still_that_of_the_whole_box() -> None:
    found = seen(twice(), 0, 0)
    assert found.whole == Box(-2, -2, 3, 3)
    assert found.box == Box(0, 0, 3, 3)
    assert found.share_within(1, 1) == pytest.approx(found.strength[0, 0] / found.strength.sum())


@pytest.mark.parametrize(
    ("size", "half"), [(1, 1), (2, 2), (3, 1), (4, 2), (5, 3), (7, 3), (8, 4), (29, 15), (30, 16)]
)
def test_the_middle_has_half_the_side_and_lies_evenly(size: int, half: int) -> None:
    strength = np.ones((40, 40), np.float32)
    found = EffectiveField(strength, Box(0, 0, size, size), Box(0, 0, size, size))
    assert found.middle == (half, half)
    assert (size - half) % 2 == 0


def test_a_unit_that_is_off_sees_nothing() -> None:
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU()).eval()
    for parameter in network.parameters():
        nn.init.constant_(parameter, -1 if parameter.dim() == 1 else 0)
    assert seen(network, 2, 2).silent


def test_deep_in_a_network_most_of_the_gradient_lies_in_the_middle() -> None:
    network, inputs = any_network("resnet20"), pictures(64)
    found = layers(network, (3, 64, 64))
    deep = next(one for one in found if one.name == "stage2_block2.addition")
    told = effective_field(network, inputs, found, deep.name, 0, 16, 16)
    height, width = told.middle
    assert told.whole.height == deep.field[0].size
    assert told.share_within(height, width) > 0.5
    assert height * width / (told.whole.height * told.whole.width) < 0.3
