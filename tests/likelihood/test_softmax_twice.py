"""Softmax before cross-entropy: the loss that it makes, its floor, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.likelihood.logits import least_loss_of_two_softmaxes
from explainer.likelihood.softmax_twice import EARLY, RATES, race, twice
from explainer.training.instruments.student import interval

FRESH = (101, 102, 103, 104)


def test_the_mistake_is_a_logarithm_of_a_softmax_of_a_softmax() -> None:
    outputs = torch.randn(7, 10, generator=torch.Generator().manual_seed(0)).double()
    labels = torch.arange(7)
    p = np.exp(outputs.numpy())
    p /= p.sum(1, keepdims=True)
    again = np.exp(p) / np.exp(p).sum(1, keepdims=True)
    wanted = -np.log(again[np.arange(7), labels.numpy()]).sum()
    assert twice(outputs, labels).item() == pytest.approx(wanted)


def test_it_learns_later_and_its_loss_stays_above_the_floor_that_logits_pass() -> None:
    told: list[float] = []
    found = race(RATES[1], FRESH, steps=EARLY, told=told.append)
    assert interval(found.more_wrong(EARLY).tolist())[1] > 0
    floor = least_loss_of_two_softmaxes(10)
    assert (found.loss[1] > floor).all()
    assert (found.loss[0, -1] < floor).all()
    np.testing.assert_array_equal(found.wrong[0, 0], found.wrong[1, 0])  # the same start
    assert told[-1] == 1


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
def test_after_300_steps_it_is_still_behind_at_every_rate(rate: float) -> None:
    found = race(rate, tuple(range(200, 212)))
    for step in (EARLY, found.steps[-1]):
        assert interval(found.more_wrong(step).tolist())[1] > 0
    assert found.without[0] == 0 < found.without[1]
    assert (found.loss[1, -1] > least_loss_of_two_softmaxes(10)).all()
