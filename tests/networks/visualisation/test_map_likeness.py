"""Likeness of maps to what hand-made kernels give: found among others, at any layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explainer.convolution.bank import laid_on
from explainer.convolution.kernels import weights
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import fit
from explainer.networks.recording.graph import layers, maps
from explainer.networks.recording.recording import record
from explainer.networks.visualisation.map_likeness import DETECTORS, likeness

KERNELS = {
    "vertical-edges": weights("prewitt-x"),
    "horizontal-edges": weights("prewitt-y"),
    "diagonal-edges": weights("diagonal-edge", direction=135),
    "blobs": weights("difference-of-gaussians", narrow=1, wide=1.6),
}
COLOURS = {"red-green": (1, -1, 0), "blue-yellow": (-0.4, -0.6, 1), "brightness": (1, 1, 1)}


def made_network() -> nn.Sequential:
    """One filter for each detector, near it and not the same, then ReLU of both signs, pooling."""
    first = nn.Conv2d(3, len(KERNELS) + len(COLOURS), 11, padding=5, bias=False)
    filters = []
    for small in KERNELS.values():
        kernel = laid_on(small, 11)[0]
        grey = torch.tensor(kernel, dtype=torch.float32) / np.abs(kernel).sum()
        filters.append(torch.stack([0.3 * grey, 0.6 * grey, 0.1 * grey]))
    for colours in COLOURS.values():
        point = torch.zeros(3, 11, 11)
        point[:, 5, 5] = torch.tensor(colours)
        filters.append(point)
    first.weight.data = torch.stack(filters)
    return nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2)).eval()


@pytest.mark.parametrize("photo", ["chelsea", "coffee", "astronaut", "rocket"])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_map_of_a_hand_made_kernel_comes_first_in_its_own_order(photo: str, depth: int) -> None:
    pixels = fit(gallery_picture(photo).codes, 128, 128).astype(np.float32) / 255
    network = made_network()
    inputs = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    layer = layers(network, (3, *pixels.shape[:2]))[depth]
    values = maps(record(network, inputs), layer).numpy()
    names = [*KERNELS, *COLOURS]
    for place, name in enumerate(names):
        found = likeness(values, pixels, layer.field, DETECTORS[name])
        assert found is not None
        assert found.argmax() == place, (name, dict(zip(names, found.round(2), strict=True)))
        assert (found <= 1 + 1e-5).all()


def test_maps_that_say_nothing_are_like_nothing_and_tiny_ones_are_not_compared() -> None:
    pixels = np.random.default_rng(0).random((32, 32, 3)).astype(np.float32)
    layer = layers(nn.Sequential(nn.Conv2d(3, 2, 3, padding=1)), (3, 32, 32))[0]
    flat = np.zeros((2, 32, 32), np.float32)
    flat[1] = np.nan
    found = likeness(flat, pixels, layer.field, DETECTORS["blobs"])
    np.testing.assert_array_equal(found, [0, 0])
    whole: Any = layers(nn.Sequential(nn.AdaptiveAvgPool2d(1)), (3, 32, 32))[0]
    tiny = np.ones((3, 1, 1), np.float32)
    assert likeness(tiny, pixels, whole.field, DETECTORS["blobs"]) is None


def test_the_sign_of_a_map_counts_for_nothing_and_its_scale_neither() -> None:
    pixels = np.random.default_rng(1).random((24, 40, 3)).astype(np.float32)
    layer = layers(nn.Sequential(nn.Conv2d(3, 1, 3, padding=1)), (3, 24, 40))[0]
    grey = torch.from_numpy(pixels @ np.array([0.299, 0.587, 0.114], np.float32))[None, None]
    kernel = torch.tensor(weights("sobel-y"), dtype=torch.float32)[None, None]
    edges = F.conv2d(F.pad(grey, (1, 1, 1, 1), mode="reflect"), kernel)[0].numpy()
    for changed in (edges, -3 * edges + 5):
        found = likeness(changed, pixels, layer.field, DETECTORS["horizontal-edges"])
        assert found is not None
        assert found[0] == pytest.approx(1, abs=1e-3)
