"""Stopping by patience as the lab stops, and what the words say of too soon and too late."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.generalisation.stopping import TIMES, Course, course
from explainer.training.instruments.student import BEHIND, judged
from explainer.training.measurement.early_stopping import Patience


@cache
def found() -> Course:
    return course((31, 32, 33, 34), steps=320)


def made_up(losses: np.ndarray) -> Course:
    steps = np.arange(5, 5 * len(losses) + 1, 5)
    return Course(steps, losses, losses, losses, losses)


@pytest.mark.parametrize("patience", [1, 5, 12, 30, 1000])
def test_a_run_stops_and_keeps_as_the_lab_s_rule_does(patience: int) -> None:
    losses = np.random.default_rng(2).random((40, 6))
    losses[:, 0] = 1.0  # ties: the first counts
    one = made_up(losses)
    end, kept = one.stopped(patience)
    for run in range(losses.shape[1]):
        rule, at = Patience(patience), 0
        for place, loss in enumerate(losses[:, run]):
            if rule.improves(float(loss), int(one.steps[place])):
                at = place
            if rule.exhausted:
                break
        assert (end[run], kept[run]) == (place, at)


def test_a_longer_patience_never_costs_more_and_an_endless_one_costs_nothing() -> None:
    costs = np.array([found().cost(patience) for patience in range(4, 330, 8)])
    assert (np.diff(costs, axis=0) <= 0).all()
    assert (costs >= 0).all()
    assert (costs[-1] == 0).all()
    assert costs[0].max() > 0


def test_validation_loss_turns_while_training_loss_goes_on_falling() -> None:
    best = found().best
    runs = np.arange(len(best))
    assert (found().validation[-1] > found().validation[best, runs] + 0.2).all()
    assert (found().training[-1] < found().training[best, runs]).all()


@pytest.mark.parametrize("times", [TIMES[0], TIMES[-1]])
def test_too_soon_and_too_late_cost_loss_on_fresh_digits(times: float) -> None:
    __, low, high = found().moment(times).more_loss
    assert judged(-high, -low) == BEHIND
    assert found().moment(1.0).more_loss == (0, 0, 0)
