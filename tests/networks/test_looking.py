"""A photo on its way into a network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.networks.architectures import vgg
from explainer.networks.graph import layers
from explainer.networks.looking import answer, as_input, for_answer, for_maps, see
from explainer.networks.shipped import shipped

VGG, LENET = shipped("vgg"), shipped("lenet")
PHOTO = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)


def test_a_photo_is_reduced_for_its_maps_and_cut_to_a_square_for_its_answer() -> None:
    assert for_maps(PHOTO, VGG, 60).shape == (45, 60, 3)
    assert for_maps(PHOTO, VGG, 500).shape == PHOTO.shape
    assert for_maps(PHOTO, LENET, 60).shape == (32, 32, 3)
    assert for_answer(PHOTO, VGG).shape == (32, 32, 3)


@pytest.mark.parametrize("side", [1, 7, 31, 32])
def test_a_photo_smaller_than_the_network_expects_is_enlarged(side: int) -> None:
    small = PHOTO[:side, :side]
    square = for_answer(small, VGG)
    assert square.shape == (32, 32, 3)
    np.testing.assert_array_equal(square[0, 0], small[0, 0])


def test_codes_are_normalised_as_in_training() -> None:
    inputs = as_input(np.full((4, 5, 3), 255, np.uint8), VGG)
    assert inputs.shape == (1, 3, 4, 5)
    wanted = (1 - torch.tensor(VGG.mean)) / torch.tensor(VGG.deviation)
    torch.testing.assert_close(inputs[0, :, 2, 2], wanted)


def test_what_is_seen_of_a_layer_is_what_the_layer_gives() -> None:
    torch.manual_seed(0)
    network = vgg().eval()
    inputs = as_input(for_maps(PHOTO, VGG, 48), VGG)
    found = layers(network, (3, *inputs.shape[2:]))
    seen = see(network, inputs, found, "conv1_1_norm")
    with torch.no_grad():
        wanted = network[1](network[0](inputs))[0]
    np.testing.assert_allclose(seen.values, wanted.numpy(), atol=1e-6)
    assert set(seen.recording.activations) == {"conv1_1", "conv1_1_norm"}


def test_probabilities_add_up_and_are_torchs() -> None:
    torch.manual_seed(0)
    network = vgg().eval()
    found = answer(network, PHOTO, VGG)
    with torch.no_grad():
        logits = network(as_input(for_answer(PHOTO, VGG), VGG))
    np.testing.assert_allclose(found.probabilities, logits.softmax(1)[0].numpy(), atol=1e-6)
    assert found.probabilities.sum() == pytest.approx(1)
