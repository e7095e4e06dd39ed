"""Captum, by other hands, computes the same maps wherever it has the method."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.target import ClassLogit
from explainer.parameters import Value
from tests.gradients.attribution.conftest import Awake

captum: Any = pytest.importorskip("captum.attr")

CLASS, LAYER = 3, "stage3_block2"


@pytest.fixture
def network(awake: Awake) -> nn.Sequential:
    return awake("resnet20")


def by_captum(attributor: Any, picture: Tensor, **settings: Any) -> np.ndarray:
    """Captum's map, its channels summed. It warns that it sets hooks on ReLU; that is expected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = attributor.attribute(picture.clone().requires_grad_(), target=CLASS, **settings)
    return np.asarray(found.detach()[0].sum(dim=0))


def assert_equal_maps(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-4 * float(np.abs(expected).max()))


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("gradient-times-input", "InputXGradient"),
        ("guided-backpropagation", "GuidedBackprop"),
        ("deconvnet", "Deconvolution"),
    ],
)
def test_a_gradient_is_captums(
    network: nn.Sequential, picture: Tensor, slug: str, name: str
) -> None:
    found = attribute(network, picture, ClassLogit(CLASS), slug)
    assert_equal_maps(found.values, by_captum(getattr(captum, name)(network), picture))


def test_the_gradient_is_captums_saliency_with_its_sign(
    network: nn.Sequential, picture: Tensor
) -> None:
    found = attribute(network, picture, ClassLogit(CLASS), "gradient")
    assert_equal_maps(found.values, by_captum(captum.Saliency(network), picture, abs=False))


def test_integrated_gradients_are_captums(awake: Awake, picture: Tensor) -> None:
    # A smooth network: at a kink of ReLU, the last bit of a step would decide.
    network = awake("vgg-sigmoid")
    black = torch.tensor([-2.0, -1.9, -1.8])
    found = attribute(
        network,
        picture,
        ClassLogit(CLASS),
        "integrated-gradients",
        settings={"steps": 20},
        black=black,
    )
    expected = by_captum(
        captum.IntegratedGradients(network),
        picture,
        baselines=black[None, :, None, None].expand_as(picture),
        n_steps=20,
        method="riemann_middle",
    )
    assert_equal_maps(found.values, expected)


@pytest.mark.parametrize(("window", "stride"), [(8, 4), (7, 5), (6, 6)])
def test_occlusion_is_captums(
    network: nn.Sequential, picture: Tensor, window: int, stride: int
) -> None:
    settings: dict[str, Value] = {"window": window, "stride": stride, "baseline": "black"}
    found = attribute(network, picture, ClassLogit(CLASS), "occlusion", settings=settings)
    with torch.no_grad():
        expected = by_captum(
            captum.Occlusion(network),
            picture,
            sliding_window_shapes=(3, window, window),
            strides=(3, stride, stride),
            perturbations_per_eval=16,
        )
    # Captum gives each channel of a window the whole fall.
    assert_equal_maps(found.values, expected / 3)


def test_grad_cam_is_captums_before_and_after_its_relu(
    network: nn.Sequential, picture: Tensor
) -> None:
    found = attribute(network, picture, ClassLogit(CLASS), "grad-cam", layer=LAYER)
    attributor = captum.LayerGradCam(network, network.get_submodule(LAYER))
    assert found.cam is not None
    assert_equal_maps(found.cam.coarse, by_captum(attributor, picture))
    enlarged = captum.LayerAttribution.interpolate(
        attributor.attribute(picture, target=CLASS, relu_attributions=True), (32, 32), "bilinear"
    )
    assert_equal_maps(found.values, enlarged.detach()[0, 0].numpy())
