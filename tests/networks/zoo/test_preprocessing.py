"""A photo on its way into a network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.networks.architectures.feed_forward import vgg
from explainer.networks.recording.graph import layers
from explainer.networks.recording.recording import record
from explainer.networks.zoo.preprocessing import (
    answer,
    as_input,
    for_answer,
    for_maps,
    see,
    usual_reach,
)
from explainer.networks.zoo.shipped import SHIPPED
from explainer.networks.zoo.torchvision_models import CLASSIFIERS

VGG, LENET = SHIPPED["vgg"], SHIPPED["lenet"]
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


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 200, 3), (200, 1, 3), (2, 3, 3)])
def test_a_photo_too_thin_for_the_network_has_its_pixels_repeated(
    shape: tuple[int, int, int],
) -> None:
    codes = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for entry in (VGG, CLASSIFIERS["alexnet"]):
        shown = for_maps(codes, entry, 256)
        assert min(shown.shape[:2]) >= entry.smallest
        assert max(shown.shape[:2]) <= 256
        np.testing.assert_array_equal(shown[0, 0], codes[0, 0])


def test_torchvisions_square_is_cut_from_the_resized_photo() -> None:
    entry = CLASSIFIERS["resnet18"]
    assert (entry.resize, entry.input_size) == (256, 224)
    ramp = np.zeros((512, 600, 3), np.uint8)
    ramp[32:480, 76:524] = 255  # 448 of 512 pixels around the middle are 224 of 256
    assert (for_answer(ramp, entry) == 255).all()
    ramp[31, 75:525] = 255
    assert for_maps(ramp, entry, 512).shape == (437, 512, 3)
    square = for_answer(PHOTO, entry)
    assert square.shape == (224, 224, 3)


def test_one_scale_for_a_network_is_the_percentile_of_all_its_layers() -> None:
    torch.manual_seed(0)
    network = vgg().eval()
    inputs = as_input(PHOTO[:64, :64], VGG)
    recording = record(network, inputs)
    values = [one.abs().flatten() for one in recording.activations.values()]
    drawn = [one[torch.linspace(0, len(one) - 1, 4096).long()] for one in values]
    wanted = float(np.percentile(torch.cat(drawn).numpy(), 99.5))
    assert usual_reach(network, inputs) == pytest.approx(wanted, rel=0.1)
    assert not any(module._forward_hooks for module in network.modules())


def test_a_network_of_zeros_has_a_scale_all_the_same() -> None:
    network = vgg().eval()
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    assert usual_reach(network, as_input(PHOTO[:32, :32], VGG)) > 0


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
