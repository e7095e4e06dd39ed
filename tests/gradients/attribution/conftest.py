"""Networks with random weights whose layers are awake, pictures, and one thread to compute on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache

import pytest
import torch
from torch import Tensor, nn

from explainer.networks.zoo.shipped import SHIPPED

Awake = Callable[[str], nn.Sequential]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Torch on one thread; afterwards it is as it was."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def awake(one_thread: None) -> Awake:
    """A shipped architecture by slug: random weights, and norms that have seen random pictures."""
    return lambda slug: deepcopy(_awake(slug))


@cache
def _awake(slug: str) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        network = SHIPPED[slug].build()
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight)
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            network(torch.randn(32, 3, 32, 32))
    return network.eval()


@pytest.fixture
def picture() -> Tensor:
    """A normalised picture `(1, 3, 32, 32)`: noise, with a smooth hill in the middle."""
    generator = torch.Generator().manual_seed(1)
    steps = torch.linspace(-2, 2, 32)
    hill = torch.exp(-(steps[:, None] ** 2) - steps[None, :] ** 2)
    return 0.5 * torch.randn(1, 3, 32, 32, generator=generator) + 2 * hill
