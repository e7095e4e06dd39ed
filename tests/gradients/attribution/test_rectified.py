from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_large

from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.rectified import NO_RELU
from explainer.gradients.attribution.target import PREDICTED, ClassLogit
from tests.gradients.attribution.conftest import Awake

# Three pixels, each with its own ReLU: x = (2, −1, 3), weights out (1, 4, −5).
PIXELS = torch.tensor([[[[2.0, -1.0, 3.0]]]])
WEIGHTS = torch.tensor([[1.0, 4.0, -5.0]])
BY_HAND = {
    "gradient": [1, 0, -5],  # what went in above 0
    "deconvnet": [1, 4, 0],  # what comes back above 0
    "guided-backpropagation": [1, 0, 0],  # both
}


class Functional(nn.Module):
    """The three pixels through a ReLU that is a function, then the weights."""

    def forward(self, pictures: Tensor) -> Tensor:
        return F.relu(pictures).flatten(1) @ WEIGHTS.T


class InPlace(nn.Module):
    """The same, through a ReLU that overwrites its input."""

    def forward(self, pictures: Tensor) -> Tensor:
        return torch.relu_(pictures * 1).flatten(1) @ WEIGHTS.T


def of_modules(relu: nn.Module) -> nn.Sequential:
    """The same, of modules."""
    dense = nn.Linear(3, 1, bias=False)
    dense.weight = nn.Parameter(WEIGHTS)
    return nn.Sequential(relu, nn.Flatten(), dense)


NETWORKS = {
    "module": of_modules(nn.ReLU()),
    "module in place": of_modules(nn.ReLU(inplace=True)),
    "function": Functional(),
    "function in place": InPlace(),
}


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("slug", BY_HAND)
def test_a_relu_passes_back_what_the_rule_says(slug: str, kind: str) -> None:
    found = attribute(NETWORKS[kind].eval(), PIXELS, ClassLogit(0), slug)
    assert found.values.tolist() == [BY_HAND[slug]]
    assert not found.note
    assert found.score == 2 * 1 + 3 * -5


@pytest.mark.parametrize("slug", ["deconvnet", "guided-backpropagation"])
def test_without_a_relu_the_map_is_the_gradient_and_says_so(
    awake: Awake, picture: Tensor, slug: str
) -> None:
    network = awake("lenet")
    plain = attribute(network, picture, PREDICTED, "gradient")
    found = attribute(network, picture, PREDICTED, slug)
    np.testing.assert_array_equal(found.values, plain.values)
    assert found.note == NO_RELU


@pytest.mark.parametrize("slug", ["deconvnet", "guided-backpropagation"])
def test_a_network_that_has_other_activations_too_is_told_where_the_rule_holds(slug: str) -> None:
    both = nn.Sequential(
        nn.Hardswish(), nn.ReLU(), nn.Hardswish(), nn.Sigmoid(), of_modules(nn.ReLU())
    )
    found = attribute(both.eval(), PIXELS, ClassLogit(0), slug)
    assert "holds for the 2 ReLUs of this network only" in found.note
    assert "back through its 2 Hardswish and 1 sigmoid" in found.note


def test_mobilenet_has_nineteen_relus_and_twenty_one_hardswishes() -> None:
    network = mobilenet_v3_large().eval()
    found = attribute(network, torch.rand(1, 3, 32, 32), ClassLogit(0), "guided-backpropagation")
    assert "for the 19 ReLUs of this network only; back through its 21 Hardswish" in found.note


OTHER_MODULES = (
    nn.CELU, nn.ELU, nn.GELU, nn.Hardswish, nn.Hardtanh, nn.LeakyReLU, nn.Mish, nn.PReLU, nn.ReLU6,
    nn.RReLU, nn.SELU, nn.SiLU, nn.Softplus, nn.Softsign, nn.Sigmoid, nn.Tanh,
)  # fmt: skip


@pytest.mark.parametrize("module", OTHER_MODULES, ids=lambda one: one.__name__)
def test_every_other_activation_is_seen(module: type[nn.Module]) -> None:
    network = nn.Sequential(module(), of_modules(nn.ReLU())).eval()
    assert " 1 " in attribute(network, PIXELS, ClassLogit(0), "deconvnet").note
