"""L2 in the loss and AdamW in networks: against PyTorch's optimisers, and what the page says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explainer.regularisation import decay_maps as maps
from explainer.regularisation.decay_maps import LAMBDAS, RATES, DecayMaps, decay_maps
from explainer.regularisation.stacked_networks import Sizes


def test_the_gradient_is_that_of_autograd() -> None:
    sizes, generator = Sizes(5, 4, 3), torch.Generator().manual_seed(1)
    rows = torch.cat([sizes.start(seed) for seed in (1, 2)]).requires_grad_()
    inputs = torch.randn(2, 7, 5, generator=generator)
    labels = torch.randint(3, (2, 7), generator=generator)
    logits = sizes.logits(rows, inputs)[1]
    loss = torch.nn.functional.cross_entropy(logits.mT, labels, reduction="none").mean(1).sum()
    torch.autograd.backward(loss)
    assert rows.grad is not None
    assert torch.allclose(sizes.gradient(rows.detach(), inputs, labels), rows.grad, atol=1e-6)


@pytest.mark.parametrize(("method", "optimiser"), [(0, torch.optim.Adam), (1, torch.optim.AdamW)])
def test_a_cell_is_what_pytorch_trains(
    method: int, optimiser: Callable[..., torch.optim.Optimizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "RATES", (0.01,))
    monkeypatch.setattr(maps, "LAMBDAS", (0.03,))
    found = decay_maps((7,)).accuracy[method, 0, 0, 0]
    inputs, labels, outside, truth = maps._drawn(7)
    sizes = Sizes(64, maps.HIDDEN, 10)
    parts = [one[0].clone().requires_grad_() for one in sizes.views(sizes.start(7))]
    groups = [{"params": parts[::2], "weight_decay": 0.03}, {"params": parts[1::2]}]
    steps = optimiser(groups, lr=0.01, weight_decay=0)
    generator = torch.Generator().manual_seed(7)

    def logits(given: torch.Tensor) -> torch.Tensor:
        return (given @ parts[0] + parts[1]).relu() @ parts[2] + parts[3]

    for _ in range(maps.STEPS):
        rows = torch.randperm(maps.TRAINING, generator=generator)[: maps.BATCH]
        steps.zero_grad()
        loss = torch.nn.functional.cross_entropy(logits(inputs[rows]), labels[rows])
        torch.autograd.backward(loss)
        steps.step()
    right = (logits(outside).argmax(1) == truth).float().mean()
    assert found == pytest.approx(float(right), abs=0.011)


@pytest.mark.slow
def test_l2_in_the_loss_wants_a_far_smaller_lambda_than_adamw() -> None:
    found = decay_maps((20, 21, 22))
    for place in range(2, len(RATES)):  # with smaller rates many λ are as good for AdamW
        coupled, decoupled = (found.at_rate(method, place)[0] for method in (0, 1))
        assert coupled * 9.9 <= decoupled
        there = LAMBDAS.index(decoupled)
        assert found.mean[0, place, there] < found.mean[1, place, there] - 0.15


def test_what_is_best_and_about_as_good_is_read_from_the_means() -> None:
    accuracy = np.zeros((2, len(RATES), len(LAMBDAS), 2))
    accuracy[0, 1, 2:5] = [[0.5, 0.6], [0.61, 0.5], [0.54, 0.555]]
    accuracy[1, 2, 7] = [0.6, 0.7]
    found = DecayMaps(1, accuracy)
    assert found.best(0) == (1, 3)
    assert found.best(1) == (2, 7)
    assert found.at_rate(0, 1) == (LAMBDAS[3], LAMBDAS[2], LAMBDAS[4])
    gain, low, high = found.between()
    assert gain == pytest.approx(0.095)
    assert low < 0 < high
