"""Steps beside a page are those of `torch.optim`, and do not begin with its compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from explainer.regularisation.plain_optimiser import PlainOptimiser
from explainer.training.recipe.optimisers import OPTIMISERS

PROGRAM = """
import sys
from explainer.regularisation.dropout.small_network import PLACES, trained
trained(PLACES["last"])
assert not any(name.startswith("torch._dynamo") for name in sys.modules)
"""


@pytest.mark.parametrize("slug", ["adam", "sgd", "momentum"])
def test_twenty_steps_are_those_of_pytorch(slug: str) -> None:
    twins, method = [], OPTIMISERS[slug]
    more = {"momentum": 0.9} if method.uses_momentum else {}
    for make in (
        lambda parts: PlainOptimiser(parts, 0.01, slug),
        lambda parts: getattr(torch.optim, method.torch_class)(parts, 0.01, **more),
    ):
        torch.manual_seed(3)
        network = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2))
        optimiser = make(list(network.parameters()))
        for __ in range(20):
            optimiser.zero_grad()
            network(torch.randn(8, 5)).square().sum().backward()
            optimiser.step()
        twins.append(torch.cat([one.detach().flatten() for one in network.parameters()]))
    torch.testing.assert_close(twins[0], twins[1], rtol=1e-4, atol=1e-6)


def test_a_network_trains_without_the_compiler() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=120)
