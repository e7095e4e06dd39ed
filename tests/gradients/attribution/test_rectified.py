from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

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
