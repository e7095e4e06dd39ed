"""Schedules raced: the plateau is torch's, areas are equal, and what the page says of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from explainer.descent.rate_script import script
from explainer.descent.rates import METHODS
from explainer.descent.schedule_race import (
    RACERS,
    WATCHED,
    Plateau,
    Schedules,
    backwards,
    half,
    place,
    schedule_race,
)
from explainer.training.instruments.student import interval, judged
from explainer.training.recipe.schedules import cosine
from tests.descent.test_rates import run

FRESH = (70, 71, 72, 73, 74)
"""Seeds that the page does not show."""
RATTLES, CLIFF = 10**-1.25, 10**0.25
"""A peak rate of Adam's, and one of SGD's, that are too large to be kept."""
FALLING = ("step", "cosine", "warm-up-cosine", "one-cycle")


@cache
def found(slug: str, budget: int, peak: float) -> Schedules:
    return schedule_race(METHODS[slug], budget, FRESH, np.array([peak]))


def verdict(of: Schedules, one: str, other: str, measure: str = "validation") -> str:
    return judged(*interval(of.more(one, other, 0, measure))[1:])


def test_the_controls_have_the_area_of_the_cosine() -> None:
    total = 200
    areas = [sum(one(step, total) for step in range(1, total)) for one in (cosine, half, backwards)]
    np.testing.assert_allclose(areas, areas[0])
    assert backwards(0, total) == 0
    assert backwards(total, total) == 1


def test_the_plateau_is_that_of_torch() -> None:
    losses = np.random.default_rng(1).random(60).round(1)
    mine = Plateau((1,))
    method = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        method, factor=0.5, patience=5, threshold=0, eps=0
    )
    for loss in losses:
        mine.see(np.array([loss]))
        theirs.step(loss)
        assert mine.factor[0] == method.param_groups[0]["lr"]
    assert mine.factor[0] < 0.01


def test_the_rates_are_the_peak_times_the_factor() -> None:
    of = found("sgd", 40, 0.5)
    for one in RACERS:
        if not one.watches:
            expected = [0.5 * one.factor(int(step), 40) for step in of.steps]
            np.testing.assert_allclose(of.rates[:, 0, place(one.slug)], expected)


def test_below_the_best_peak_and_in_few_steps_whatever_falls_is_behind() -> None:
    of = found("sgd", 40, 10**-0.5)
    for slug in FALLING:
        assert verdict(of, slug, "constant") == "behind"


def test_above_it_the_cosine_is_ahead_of_constant() -> None:
    assert verdict(found("sgd", 40, CLIFF), "cosine", "constant") == "ahead"


@pytest.mark.slow
def test_where_a_constant_rate_of_adam_rattles_all_that_fall_are_ahead() -> None:
    of = found("adam", 200, RATTLES)
    assert all(verdict(of, slug, "constant") == "ahead" for slug in FALLING)
    assert verdict(of, "cosine", "constant", "training") == "ahead"


def test_beyond_the_cliff_the_cosine_is_no_better_than_its_mean_held_constant() -> None:
    assert verdict(found("sgd", 40, CLIFF), "cosine", "half") != "ahead"


def test_a_plateau_has_not_seen_enough_in_40_steps() -> None:
    of = found("sgd", 40, CLIFF)
    assert of.more("plateau", "constant", 0) == [0.0] * len(FRESH)
    assert of.overlaid(0)
    met = of.rates.copy()
    met[-1, 0, place("plateau")] /= 2
    assert not replace(of, rates=met).overlaid(0)


def test_seeds_that_are_lost_with_one_of_two_count() -> None:
    of = found("sgd", 40, CLIFF)
    ends = np.full_like(of.validation, 0.4)
    ends[[0, 1], 0, place("constant")] = 2.3
    ends[[1, 2], 0, place("cosine")] = 2.3
    of = replace(of, validation=ends)
    assert of.lost("cosine", "constant", 0) == 2  # and one with both
    assert of.lost("cosine", "step", 0) == of.lost("step", "cosine", 0) == 2
    assert of.lost("step", "half", 0) == 0


def test_the_race_is_seen_after_its_first_steps() -> None:
    early: list[Schedules] = []
    of = schedule_race(METHODS["sgd"], 40, FRESH[:1], np.array([0.3]), seen=early.append)
    assert [int(one.steps[-1]) for one in early] == [10, 20]
    np.testing.assert_array_equal(early[1].losses, of.losses[:3])
    np.testing.assert_array_equal(early[1].rates, of.rates[:3])
    assert np.isfinite(of.training).all()


@pytest.mark.parametrize(("slug", "budget", "peak"), [
    ("sgd", 40, 1.0), pytest.param("adam", 200, RATTLES, marks=pytest.mark.slow),
])  # fmt: skip
def test_large_first_is_ahead_of_small_first_with_the_same_area(
    slug: str, budget: int, peak: float
) -> None:
    of = found(slug, budget, peak)
    assert verdict(of, "cosine", "backwards", "training") == "ahead"


def test_small_first_is_ahead_for_adam_at_a_low_peak_in_few_steps() -> None:
    assert verdict(found("adam", 40, 0.01), "backwards", "cosine") == "ahead"


def test_warm_up_does_not_save_sgd_from_a_peak_that_is_too_high() -> None:
    assert verdict(found("sgd", 40, CLIFF), "warm-up-cosine", "cosine") != "ahead"


@pytest.mark.slow
def test_warm_up_saves_most_where_adams_peak_is_high() -> None:
    high = np.mean(found("adam", 100, 0.1).more("warm-up-cosine", "cosine", 0, "training"))
    low = np.mean(found("adam", 200, RATTLES).more("warm-up-cosine", "cosine", 0, "training"))
    assert high > 0.02
    assert high > 2 * low


@pytest.mark.parametrize("schedule", ["plateau", "one-cycle", "backwards"])
def test_the_script_trains_with_the_schedule(
    schedule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = schedule_race(METHODS["sgd"], 100 if schedule == "plateau" else 40, (70,), np.array([0.3]))
    text = script("sgd", 0.3, of.budget, schedule=schedule, seed=70, judged=WATCHED)
    values = run(tmp_path, text, monkeypatch, 70)
    at = place(schedule)
    assert values["training"] == pytest.approx(of.training[0, 0, at], abs=5e-3)
    assert values["validation"] == pytest.approx(of.validation[0, 0, at], abs=5e-3)
    assert values["right"] == pytest.approx(1 - of.wrong[0, 0, at], abs=5e-3)
