"""The map over sizes and drop probabilities: torch is the oracle of a step; what the words say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explainer.regularisation.dropout.data_sizes import (
    LEARNING_RATE,
    POOLED,
    UNITS,
    Best,
    DataSizes,
    Stack,
    data_sizes,
    pooled,
)
from explainer.training.instruments.student import AHEAD, NOISE, judged

RATES = (0.0, 0.2, 0.4, 0.6, 0.8)


@cache
def found() -> DataSizes:
    return data_sizes((250, 2000), RATES, (31, 32, 33))


def test_pictures_at_half_their_size_are_means_of_four_pixels() -> None:
    picture = np.random.default_rng(0).random((1, 784)).astype(np.float32)
    halved = picture.reshape(14, 2, 14, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(pooled(picture).numpy().reshape(14, 14), halved, rtol=1e-5)


def test_a_stacked_step_is_a_step_of_each_network_by_itself() -> None:
    randoms = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    stack = Stack.started((0.0, 0.5), randoms)
    start = [one.detach().clone() for one in stack.parameters]
    torch.manual_seed(0)
    inputs, labels = torch.rand(2, 5, POOLED**2), torch.randint(10, (2, 5))
    noise = torch.rand(2, 5, UNITS)
    stack.step(inputs, labels, noise)
    for place in range(4):
        rate, seed = (0.0, 0.5)[place // 2], place % 2
        own = [one[place].clone().requires_grad_() for one in start]
        hidden = torch.relu(inputs[seed] @ own[0] + own[1])
        hidden = hidden * (noise[seed] < 1 - rate) / (1 - rate)
        loss = cross_entropy(hidden @ own[2] + own[3], labels[seed])
        optimiser = torch.optim.Adam(own, LEARNING_RATE)
        torch.autograd.backward(loss)
        optimiser.step()
        for one, expected in zip(stack.parameters, own, strict=True):
            torch.testing.assert_close(one[place].detach(), expected.detach(), atol=2e-5, rtol=0)


def test_the_map_is_told_and_shown_size_by_size() -> None:
    shares: list[float] = []
    sizes: list[tuple[int, ...]] = []
    data_sizes(
        (60, 80), (0.0, 0.5), (1, 2), steps=2,
        told=shares.append, seen=lambda one: sizes.append(one.sizes),
    )  # fmt: skip
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert sizes == [(60,), (60, 80)]


@pytest.mark.slow
def test_the_best_rate_of_the_loss_goes_down_as_data_grow() -> None:
    few, many = (found().best(place, "loss") for place in range(2))
    assert few.rate > many.rate
    assert few.low > 0


def test_a_high_drop_probability_costs_where_there_are_many_pictures() -> None:
    assert (found().loss[1, -1] > found().loss[1, 0]).all()


def side(best: Best) -> str:
    return judged(best.low, best.high)


def test_nothing_dropped_is_never_ahead_of_itself_and_a_mixed_gain_is_noise() -> None:
    loss = np.ones((1, 2, 3))
    made_up = replace(found(), sizes=(9,), rates=(0.0, 0.5), loss=loss, error=loss)
    assert side(made_up.best(0, "loss")) == NOISE
    loss[0, 1] = 0.7, 1.1, 0.9
    assert made_up.best(0, "loss").rate == 0.5
    assert side(made_up.best(0, "loss")) == NOISE
    loss[0, 1] = 0.7, 0.71, 0.69
    assert side(made_up.best(0, "loss")) == AHEAD
