"""Networks with rates of their own: torch.optim is the oracle of the steps, autograd's included."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from explainer.descent.rated_stack import INPUTS, RatedStack, batches
from explainer.generalisation.small_stack import digits

SEEDS, RATES = (50, 51), (0.003, 0.05, 0.4)
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def one_of(stack: RatedStack, seed: int, place: int) -> nn.Sequential:
    """A network of the stack as a module."""
    network = nn.Sequential(nn.Linear(INPUTS, 32), nn.ReLU(), nn.Linear(32, 10))
    first, bias, last, last_bias = stack.parameters
    tensors = (first[seed, :, place].T, bias[seed, 0, place], last[seed, place].T,
               last_bias[seed, place, 0])  # fmt: skip
    for own, given in zip(network.parameters(), tensors, strict=True):
        own.data = given.clone()
    return network


@pytest.mark.parametrize("slug", CLASSES)
@torch.no_grad()
def test_every_network_takes_the_steps_of_torch_at_its_own_rate(slug: str) -> None:
    stack, data = RatedStack(SEEDS, len(RATES), slug), digits(100, SEEDS)
    networks = [[one_of(stack, seed, place) for place in range(3)] for seed in range(2)]
    methods = [[CLASSES[slug](one.parameters(), lr=rate)
                for one, rate in zip(row, RATES, strict=True)] for row in networks]  # fmt: skip
    drawn = batches(data, SEEDS)
    for step in range(4):
        factor = 1 - step / 5  # rates may change from step to step
        inputs, labels = next(drawn)
        losses = stack.step(inputs, labels, factor * torch.tensor(RATES).expand(2, -1))
        for seed in range(2):
            for place, rate in enumerate(RATES):
                network, method = networks[seed][place], methods[seed][place]
                method.param_groups[0]["lr"] = factor * rate
                method.zero_grad()
                with torch.enable_grad():
                    loss = cross_entropy(network(inputs[seed]), labels[seed])
                    torch.autograd.backward(loss)
                method.step()
                assert losses[seed, place].item() == pytest.approx(loss.item(), abs=1e-4)
    for seed in range(2):
        for place in range(3):
            for own, theirs in zip(one_of(stack, seed, place).parameters(),
                                   networks[seed][place].parameters(), strict=True):  # fmt: skip
                torch.testing.assert_close(own, theirs, atol=2e-4, rtol=1e-3)


@torch.no_grad()
def test_networks_of_a_seed_start_alike_and_see_the_same_digits() -> None:
    stack, data = RatedStack(SEEDS, 2, "adam"), digits(100, SEEDS)
    drawn = batches(data, SEEDS)
    for __ in range(3):
        stack.step(*next(drawn), torch.full((2, 2), 0.01))
    first, last = stack.parameters[0], stack.parameters[2]
    assert torch.equal(first[:, :, 0], first[:, :, 1])
    assert torch.equal(last[:, 0], last[:, 1])
    assert not torch.equal(first[0], first[1])


@torch.no_grad()
def test_scores_are_the_mean_loss_and_the_share_that_is_wrong() -> None:
    stack, data = RatedStack((50,), 2, "sgd"), digits(60, (50,))
    stack.parameters[0][:, :, 1] = math.nan
    loss, wrong = stack.scores(data.inputs, data.labels)
    answers = one_of(stack, 0, 0)(data.inputs[0])
    torch.testing.assert_close(loss[0, 0], cross_entropy(answers, data.labels[0]))
    assert wrong[0, 0] == (answers.argmax(1) != data.labels[0]).double().mean()
    assert loss[0, 1].isnan()
    assert wrong[0, 1] == 1  # a network of numbers that are none is never right


@torch.no_grad()
def test_a_restored_stack_goes_on_as_if_nothing_had_been() -> None:
    data, rate = digits(100, SEEDS), torch.full((2, 1), 0.01)
    one, other = RatedStack(SEEDS, 1, "adam"), RatedStack(SEEDS, 1, "adam")
    given = [next(drawn) for drawn in [batches(data, SEEDS)] for __ in range(4)]
    for stack in (one, other):
        stack.step(*given[0], rate)
    before = one.state()
    one.step(*given[1], torch.full((2, 1), math.inf))
    one.restore(before)
    for stack in (one, other):
        stack.step(*given[2], rate)
    for mine, theirs in zip(one.parameters, other.parameters, strict=True):
        assert torch.equal(mine, theirs)
