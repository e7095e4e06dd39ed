"""Networks whose weights and statistics are drawn at random: what the tests record and drill."""

from __future__ import annotations

from functools import cache

import torch
import torchvision
from torch import Tensor, nn

from explainer.networks.recording.graph import Layer, layers
from explainer.networks.recording.recording import Recording, record
from explainer.networks.recording.unfolding import unfolded
from explainer.networks.zoo.shipped import SHIPPED

# By torchvision's name: what to build it with, and billions of multiplications on 224 × 224 as
# torchvision states them.
TORCHVISION: dict[str, tuple[dict[str, bool], float]] = {
    "alexnet": ({}, 0.714),
    "vgg16": ({}, 15.47),
    "googlenet": ({"init_weights": False, "aux_logits": False}, 1.498),
    "resnet18": ({}, 1.814),
    "resnet50": ({}, 4.089),
    "mobilenet_v3_large": ({}, 0.217),
    "convnext_tiny": ({}, 4.456),
}
# One of each design; the others have dense layers with a hundred million weights to draw.
SMALL = ("googlenet", "resnet18", "mobilenet_v3_large", "convnext_tiny")
SHIPPED_SLUGS = tuple(entry.slug for entry in SHIPPED)


def randomised(network: nn.Module, seed: int = 0) -> nn.Module:
    """The network in evaluation mode, its norms with statistics as if it had been trained."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.normal_(module.weight, 1, 0.2, generator=generator)
            nn.init.normal_(module.bias, 0, 0.5, generator=generator)
    return network.eval()


def torchvision_network(name: str, *, hollow: bool = False) -> nn.Module:
    """A network of torchvision's as it is, with random weights or, `hollow`, without numbers."""
    options, _ = TORCHVISION[name]
    with torch.device("meta" if hollow else "cpu"):
        network: nn.Module = getattr(torchvision.models, name)(weights=None, **options)
    return network.eval() if hollow else randomised(network)


@cache
def any_network(name: str) -> nn.Module:
    """A shipped architecture, or one of torchvision's unfolded, with random weights.

    One for all tests, which leave it as it is.
    """
    for entry in SHIPPED:
        if entry.slug == name:
            return randomised(entry.build())
    return unfolded(torchvision_network(name))


def pictures(side: int, count: int = 1, seed: int = 0) -> Tensor:
    """Random pictures `(N, 3, side, side)`."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, side, side, generator=generator)


@cache
def seen(name: str) -> tuple[nn.Module, tuple[Layer, ...], Recording]:
    """A network, its layers for 32 × 32 pixels, and a recording of one such picture."""
    network = any_network(name)
    return network, layers(network, (3, 32, 32)), record(network, pictures(32))
