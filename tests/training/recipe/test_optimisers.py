from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
import torch
from torch import Tensor, nn

from explainer.training.engine.flat_parameters import FlatParameters, Memory, Strengths, update
from explainer.training.recipe.optimisers import OPTIMISERS, Optimiser

OFF: Strengths = {"l1_subgradient": 0.0, "l1_proximal": 0.0, "l2": 0.0, "weight_decay": 0.0}
RATE = 0.05
Factory = Callable[[Iterable[Tensor]], torch.optim.Optimizer]
ORACLES: dict[str, Factory] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=RATE),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=RATE, momentum=0.9),
    "nesterov": lambda parameters: torch.optim.SGD(
        parameters, lr=RATE, momentum=0.9, nesterov=True
    ),
    "rmsprop": lambda parameters: torch.optim.RMSprop(parameters, lr=RATE),
    "adagrad": lambda parameters: torch.optim.Adagrad(parameters, lr=RATE),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=RATE),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0),
}


def network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(4, 5, bias=False), nn.Tanh(), nn.Linear(5, 3, bias=False))
    return layers.double()


def batches() -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(8, 4, generator=generator, dtype=torch.float64) for _ in range(30)]


def step(
    flat: FlatParameters,
    entry: Optimiser,
    number: int,
    rates: list[float],
    strengths: Strengths | None = None,
) -> None:
    update(
        flat,
        entry,
        step=number,
        rates=rates,
        momentum=0.9,
        strengths=[strengths or OFF] * len(rates),
        max_norms=[0.0] * len(rates),
    )


@pytest.mark.parametrize("entry", OPTIMISERS, ids=lambda entry: entry.slug)
def test_the_trajectory_is_that_of_torch_optim(entry: Optimiser) -> None:
    mine, theirs = network(), network()
    flat = FlatParameters([mine], [{}], entry.slots)
    oracle = ORACLES[entry.slug](theirs.parameters())
    for number, inputs in enumerate(batches(), 1):
        mine.zero_grad(set_to_none=False)
        mine(inputs).square().sum().backward()
        step(flat, entry, number, [RATE])
        oracle.zero_grad()
        theirs(inputs).square().sum().backward()
        oracle.step()
        for one, other in zip(mine.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_l2_in_the_loss_is_the_weight_decay_of_torch_sgd() -> None:
    mine, theirs = network(), network()
    flat = FlatParameters([mine], [{}], ("velocity",))
    oracle = torch.optim.SGD(theirs.parameters(), lr=RATE, momentum=0.9, weight_decay=0.3)
    for number, inputs in enumerate(batches(), 1):
        for model in (mine, theirs):
            model.zero_grad(set_to_none=False)
            model(inputs).square().sum().backward()
        step(flat, OPTIMISERS["momentum"], number, [RATE], {**OFF, "l2": 0.3})
        oracle.step()
    for one, other in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_decoupled_decay_is_that_of_adamw() -> None:
    mine, theirs = network(), network()
    flat = FlatParameters([mine], [{}], ("mean", "squares"))
    oracle = torch.optim.AdamW(theirs.parameters(), lr=RATE, weight_decay=0.2)
    for number, inputs in enumerate(batches(), 1):
        for model in (mine, theirs):
            model.zero_grad(set_to_none=False)
            model(inputs).square().sum().backward()
        step(flat, OPTIMISERS["adam"], number, [RATE], {**OFF, "weight_decay": 0.2})
        oracle.step()
    for one, other in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("entry", OPTIMISERS, ids=lambda entry: entry.slug)
def test_rows_with_rates_of_their_own_move_as_they_would_alone(entry: Optimiser) -> None:
    rates = [0.01, 0.05, 0.0]
    together = [network() for _ in rates]
    alone = [network() for _ in rates]
    stack = FlatParameters(together, [{} for _ in rates], entry.slots)
    lone = [FlatParameters([model], [{}], entry.slots) for model in alone]
    for number in (1, 2, 3):
        gradients = torch.randn(stack.values.shape, dtype=torch.float64)
        stack.gradients.copy_(gradients)
        step(stack, entry, number, rates)
        for row, (flat, rate) in enumerate(zip(lone, rates, strict=True)):
            flat.gradients.copy_(gradients[row : row + 1])
            step(flat, entry, number, [rate])
            torch.testing.assert_close(stack.values[row : row + 1], flat.values)


def test_what_an_optimiser_remembers_moves_from_one_matrix_to_the_next() -> None:
    model, memory = network(), Memory()
    entry = OPTIMISERS["momentum"]
    flat = FlatParameters([model], [memory], entry.slots)
    flat.gradients.fill_(1.0)
    step(flat, entry, 1, [RATE])
    again = FlatParameters([model], [memory], entry.slots)
    assert torch.equal(again.slots["velocity"], torch.ones_like(flat.values))
    assert torch.equal(again.values, flat.values)


def test_parameters_and_gradients_of_the_models_are_windows() -> None:
    models = [network(), network()]
    flat = FlatParameters(models, [{}, {}], ())
    flat.values[1].fill_(7.0)
    flat.gradients[0].fill_(3.0)
    assert all((one == 7).all() for one in models[1].parameters())
    assert not any((one == 7).any() for one in models[0].parameters())
    gradients = [one.grad for one in models[0].parameters()]
    assert all(one is not None and (one == 3).all() for one in gradients)
