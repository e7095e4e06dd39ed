from __future__ import annotations

from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.method import Attribution
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.target import PREDICTED, ClassLogit
from tests.gradients.attribution.conftest import Awake

PICTURE = torch.tensor([[[[1.0, 2.0], [3.0, -4.0]]]])
CAMS = ["grad-cam", "grad-cam-plus-plus", "score-cam"]


def two_layers(first: float, second: float) -> nn.Sequential:
    """Maps x and −2x, their mean over the four pixels, weights `first` and `second`."""
    convolution = nn.Conv2d(1, 2, 1, bias=False)
    convolution.weight = nn.Parameter(torch.tensor([1.0, -2.0]).reshape(2, 1, 1, 1))
    dense = nn.Linear(2, 1, bias=False)
    dense.weight = nn.Parameter(torch.tensor([[float(first), float(second)]]))
    return nn.Sequential(convolution, nn.AdaptiveAvgPool2d(1), nn.Flatten(), dense).eval()


def of(network: nn.Module, slug: str, layer: str = "0") -> Attribution:
    return attribute(network, PICTURE, ClassLogit(0), slug, layer=layer)


def test_grad_cam_of_two_layers_is_as_worked_out_by_hand() -> None:
    # Weights 8/4 and 3/4 of the maps x and −2x: 2x − 1.5x = 0.5x.
    found = of(two_layers(8, 3), "grad-cam")
    assert found.cam is not None
    assert found.cam.weights.tolist() == [2, 0.75]
    assert found.cam.coarse.tolist() == [[0.5, 1], [1.5, -2]]
    np.testing.assert_array_equal(found.cam.before_relu, found.cam.coarse)
    assert found.values.tolist() == [[0.5, 1], [1.5, 0]]
    assert found.cam.clipped_share == pytest.approx(2 / 5)
    assert (found.cam.positive_weight, found.cam.negative_weight) == (2.75, 0)


def test_a_blank_grad_cam_is_explained_by_what_was_clipped() -> None:
    network = two_layers(-8, 0)
    found = attribute(network, PICTURE.abs(), ClassLogit(0), "grad-cam", layer="0")
    assert found.blank
    assert found.cam is not None
    assert found.cam.clipped_share == 1
    assert (found.cam.positive_weight, found.cam.negative_weight) == (0, -2)
    assert found.cam.before_relu.tolist() == [[-2, -4], [-6, -8]]


def test_grad_cam_plus_plus_of_two_layers_is_as_worked_out_by_hand() -> None:
    # g = (2, 0.75); sums of the maps (2, −4); a = 1 / (2 + g Σ A) = (1/6, −1); four pixels each.
    found = of(two_layers(8, 3), "grad-cam-plus-plus")
    assert found.cam is not None
    np.testing.assert_allclose(found.cam.weights, [4 / 6 * 2, -4 * 0.75], rtol=1e-6)
    expected = (4 / 3 + 6) * PICTURE[0, 0].numpy()
    np.testing.assert_allclose(found.cam.coarse, expected, rtol=1e-6)


def test_score_cam_of_two_layers_is_as_worked_out_by_hand() -> None:
    # H of x: (5, 6, 7, 0) / 7; H of −2x: (2, 1, 0, 7) / 7. Score: mean of x·H times 8 − 2·3 = 2.
    found = of(two_layers(8, 3), "score-cam")
    scores = np.array([2 * (5 + 12 + 21) / 28, 2 * (2 + 2 - 28) / 28])
    weights = np.exp(scores) / np.exp(scores).sum()
    assert found.cam is not None
    np.testing.assert_allclose(found.cam.weights, weights, rtol=1e-5)
    expected = (weights[0] - 2 * weights[1]) * PICTURE[0, 0].numpy()
    np.testing.assert_allclose(found.values, np.maximum(expected, 0), rtol=1e-5)


def test_score_cam_tries_the_maps_that_vary_most() -> None:
    found = attribute(
        two_layers(8, 3), PICTURE, ClassLogit(0), "score-cam", layer="0", settings={"channels": 1}
    )
    assert found.cam is not None
    assert found.cam.weights.tolist() == [0, 1]


def test_the_map_of_a_deep_layer_is_enlarged_to_the_picture(awake: Awake, picture: Tensor) -> None:
    found = attribute(awake("vgg"), picture, PREDICTED, "grad-cam", layer="conv3_2")
    assert found.cam is not None
    assert found.cam.coarse.shape == (8, 8)
    assert found.cam.before_relu.shape == found.values.shape == (32, 32)
    assert found.layer == "conv3_2"


def test_grad_cam_of_the_last_maps_of_vgg_adds_up_to_its_logit(
    awake: Awake, picture: Tensor
) -> None:
    network = awake("vgg")
    found = attribute(network, picture, PREDICTED, "grad-cam", layer="conv3_2_activation")
    assert found.cam is not None
    bias = network.state_dict()["out.bias"][found.target.index].item()
    assert found.cam.coarse.sum() == pytest.approx(found.score - bias, rel=1e-4)


def test_an_addition_in_place_behind_the_layer_does_not_change_its_maps() -> None:
    class AddsInPlace(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.maps, self.mean = nn.Conv2d(1, 1, 1, bias=False), nn.AdaptiveAvgPool2d(1)

        def forward(self, pictures: Tensor) -> Tensor:
            maps = self.maps(pictures)
            maps += 100
            return cast(Tensor, self.mean(maps)).flatten(1)

    network = AddsInPlace()
    for slug in CAMS:
        found = of(network, slug, layer="maps")
        assert found.cam is not None
        scale = found.cam.weights[0] * network.maps.weight.item()
        np.testing.assert_allclose(found.cam.coarse, scale * PICTURE[0, 0], rtol=1e-5)


def test_of_a_module_called_twice_the_last_call_counts() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.twofold = two_layers(1, 0)[0]

        def forward(self, pictures: Tensor) -> Tensor:
            once: Tensor = self.twofold(pictures)
            twice: Tensor = self.twofold(once[:, 1:])
            return twice.mean(dim=(2, 3))

    found = attribute(Twice(), PICTURE, ClassLogit(1), "grad-cam", layer="twofold")
    assert found.cam is not None
    # −2 · (−2x), each pixel a quarter of the mean.
    np.testing.assert_allclose(found.cam.coarse, PICTURE[0, 0].numpy(), rtol=1e-6)


@pytest.mark.parametrize("slug", CAMS)
@pytest.mark.parametrize("layer", [None, "", "nowhere", "out"])
def test_a_layer_without_maps_is_refused_by_name(
    awake: Awake, picture: Tensor, slug: str, layer: str | None
) -> None:
    with pytest.raises(ValueError, match="layer"):
        attribute(awake("vgg"), picture, PREDICTED, slug, layer=layer)
