from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from explainer.training.measurement.early_stopping import Patience
from explainer.training.measurement.history import Point
from explainer.training.measurement.run_record import RunRecord
from explainer.training.recipe.recipe import Recipe, Training
from explainer.training.recipe.schedules import PLATEAU_PATIENCE, SCHEDULES, Schedule

STEPS = 50


def factors(slug: str, steps: int = STEPS) -> list[float]:
    return [SCHEDULES[slug].factor(step, steps) for step in range(steps)]


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


@pytest.mark.parametrize("total", [1, 2, 10, 11, 20, 1000])
def test_warm_up_is_its_formula_at_both_ends_and_where_its_halves_meet(total: int) -> None:
    entry = SCHEDULES["warm-up-cosine"]
    warm = math.ceil(total / 10)  # the formula's W; t counts from 0
    assert r"\tfrac{t+1}{W} \text{ for } t < W = \lceil T/10 \rceil" in entry.formula
    assert r"\tfrac12 (1 + \cos \pi\tfrac{t-W}{T-W})" in entry.formula
    found = factors("warm-up-cosine", total)
    expected = [
        (t + 1) / warm if t < warm else (1 + math.cos(math.pi * (t - warm) / (total - warm))) / 2
        for t in range(total)
    ]
    assert found == pytest.approx(expected, abs=1e-12)
    assert found[0] == 1 / warm
    assert found[warm - 1] == 1


def test_a_plateau_halves_the_rate_at_the_sixth_evaluation_without_a_lower_loss() -> None:
    record = RunRecord(Recipe(training=Training(schedule="plateau")), 2, torch.float32)
    model, factors_seen = nn.Linear(1, 1), []
    for number, loss in enumerate([1.0, 0.5, *[0.5] * 12]):
        point = Point(number, loss, 0, loss, 0, loss, 0, 0, 0, 0)
        record.point(point, model, scheduled=True)
        factors_seen.append(record.plateau_factor)
    lowest_at = 1
    first = next(n for n, factor in enumerate(factors_seen) if factor == 0.5)
    second = next(n for n, factor in enumerate(factors_seen) if factor == 0.25)
    assert (first - lowest_at, second - first) == (6, 6)
    assert PLATEAU_PATIENCE + 1 == 6
    assert "after more than 5 evaluations in a row" in SCHEDULES["plateau"].meaning


def test_a_plateau_has_the_patience_of_torch() -> None:
    optimiser = sgd()
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, factor=0.5, patience=PLATEAU_PATIENCE, threshold=0, eps=0
    )
    rates_seen = []
    for loss in [1.0, *[1.0] * 12]:
        theirs.step(loss)
        rates_seen.append(optimiser.param_groups[0]["lr"])
    assert (rates_seen.index(0.5), rates_seen.index(0.25)) == (6, 12)
