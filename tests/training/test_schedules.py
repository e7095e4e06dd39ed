from __future__ import annotations

import math

import pytest
import torch

from explainer.training.early_stopping import Patience
from explainer.training.schedules import SCHEDULES, Schedule, schedule

STEPS = 50


def factors(slug: str, steps: int = STEPS) -> list[float]:
    return [schedule(slug).factor(step, steps) for step in range(steps)]


def rates(scheduler: torch.optim.lr_scheduler.LRScheduler, steps: int = STEPS) -> list[float]:
    found = []
    for _ in range(steps):
        found.append(float(scheduler.get_last_lr()[0]))
        scheduler.optimizer.step()
        scheduler.step()
    return found


def sgd() -> torch.optim.SGD:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


@pytest.mark.parametrize("entry", SCHEDULES, ids=lambda entry: entry.slug)
@pytest.mark.parametrize("total", [1, 2, 7, 1000])
def test_a_factor_lies_between_zero_and_one_also_past_the_plan(entry: Schedule, total: int) -> None:
    for step in (*range(total), total, 10 * total):
        assert 0 <= entry.factor(step, total) <= 1 + 1e-12


def test_cosine_is_that_of_torch() -> None:
    theirs = rates(torch.optim.lr_scheduler.CosineAnnealingLR(sgd(), STEPS))
    assert factors("cosine") == pytest.approx(theirs, abs=1e-12)


def test_one_cycle_is_that_of_torch() -> None:
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        sgd(), max_lr=1.0, total_steps=STEPS, cycle_momentum=False
    )
    found = [float(scheduler.get_last_lr()[0])]
    for _ in range(STEPS - 1):
        scheduler.optimizer.step()
        scheduler.step()
        found.append(float(scheduler.get_last_lr()[0]))
    assert factors("one-cycle") == pytest.approx(found, abs=1e-12)


def test_steps_fall_to_a_tenth_after_each_third() -> None:
    assert factors("step", 6) == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_warm_up_rises_over_a_tenth_and_then_follows_a_cosine() -> None:
    found = factors("warm-up-cosine", 20)
    assert found[:3] == pytest.approx([0.5, 1.0, 1.0])
    assert found[11] == pytest.approx((1 + math.cos(math.pi * 9 / 18)) / 2)


def test_patience_runs_out_after_so_much_without_a_better_loss() -> None:
    patience = Patience(3)
    losses = [1.0, 0.5, 0.6, 0.7, 0.5]
    improved = [patience.improves(loss, at) for at, loss in enumerate(losses)]
    assert improved == [True, True, False, False, False]
    assert patience.waited == 3
    assert patience.exhausted
    patience.renew(4)
    assert not patience.exhausted


def test_no_patience_waits_for_ever_and_nan_is_never_better() -> None:
    patience = Patience(0)
    assert patience.improves(1.0, 0)
    assert not patience.improves(math.nan, 10**6)
    assert not patience.exhausted
