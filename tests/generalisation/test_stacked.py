"""Networks that are trained at once: one by itself, in plain products, is the oracle."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from explainer.generalisation.stacked import Stacked, trained
from explainer.regularisation.plain_optimiser import PlainOptimiser


def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return cross_entropy(logits, labels, reduction="sum")


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_steps_are_those_of_each_network_by_itself(decay: float) -> None:
    stacked = Stacked(6, 4, [torch.Generator().manual_seed(seed) for seed in (1, 2)])
    start = [one.detach().clone() for one in stacked.parameters]
    random = torch.Generator().manual_seed(0)
    inputs = torch.rand(2, 5, 6, generator=random)
    labels = torch.randint(10, (2, 5), generator=random)
    heard: list[int] = []
    trained(stacked, inputs, labels, loss, steps=3, rate=0.01, decay=decay, seen=heard.append)
    assert heard == [1, 2, 3]
    for place in range(2):
        own = [one[place].clone().requires_grad_() for one in start]
        optimiser = PlainOptimiser(own, 0.01)
        for _ in range(3):
            optimiser.zero_grad()
            hidden = torch.relu(inputs[place] @ own[0] + own[1])
            whole = cross_entropy(hidden @ own[2] + own[3], labels[place])
            whole = whole + decay * (own[0].square().sum() + own[2].square().sum())
            torch.autograd.backward(whole)
            optimiser.step()
        for one, expected in zip(stacked.parameters, own, strict=True):
            torch.testing.assert_close(one[place].detach(), expected.detach(), atol=2e-5, rtol=0)


def test_batches_hold_a_network_s_own_pictures_each_once() -> None:
    """Where a batch is all of them, their order changes nothing."""
    results = []
    for batch in (0, 5):
        randoms = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
        stacked = Stacked(6, 4, randoms)
        drawn = torch.Generator().manual_seed(0)
        inputs = torch.rand(2, 5, 6, generator=drawn)
        labels = torch.randint(10, (2, 5), generator=drawn)
        batches = randoms if batch else ()
        trained(stacked, inputs, labels, loss, steps=2, rate=0.01, batches=batches, batch=batch)
        results.append(stacked(inputs).detach())
    torch.testing.assert_close(results[0], results[1], atol=1e-5, rtol=0)
