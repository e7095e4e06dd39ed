"""Random guessers, the best of many, and the robot: what the board shows, and what is true."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, norm

from explainer.evaluation.contest import HIDDEN, MOST_DEVELOPMENT
from explainer.evaluation.leaderboard import (
    MOST_LOOKS,
    READER,
    ROBOT,
    Floats,
    best_of,
    expected_best,
    guesses,
    right_of,
    robot_keeps,
    votes,
)
from explainer.evaluation.leaderboard_script import script

SEEDS = tuple(range(1001, 1013))
SIZE = 200
LAST = np.array([MOST_LOOKS])


@cache
def robots(size: int, *, ladder: bool) -> tuple[Floats, Floats]:
    """Development score and truth of the robot after all looks, one for each seed."""
    found = []
    for seed in SEEDS:
        right = guesses(seed, ROBOT)
        kept = robot_keeps(right[1:], size, ladder=ladder)
        parts = right[:, :size], right[:, MOST_DEVELOPMENT:]
        found.append([votes(part, kept, LAST)[0] for part in parts])
    development, hidden = np.array(found).T
    return development, hidden


def at_one_half(hidden: Floats) -> bool:
    return bool(abs(hidden.mean() - 0.5) < 3 * 0.5 / (HIDDEN * len(hidden)) ** 0.5)


@pytest.mark.parametrize("count", [1, 10, 100])
def test_the_best_of_many_guessers_lies_inside_the_band(count: int) -> None:
    low, __, high = best_of(SIZE, np.array([count]))[:, 0]
    draws = np.random.default_rng(7).binomial(SIZE, 0.5, (200, count)).max(1) / SIZE
    assert ((draws >= low) & (draws <= high)).mean() > 0.92


def test_the_guessers_of_the_page_throw_fair_coins() -> None:
    right = right_of(guesses(SEEDS[0], READER), SIZE)
    assert abs(right.mean() - SIZE / 2) < 4 * (SIZE / 4 / len(right)) ** 0.5
    best = right[:MOST_LOOKS].reshape(-1, 100).max(1) / SIZE
    low, __, high = best_of(SIZE, np.array([100]))[:, 0]
    assert ((best >= low) & (best <= high)).sum() >= 8


@pytest.mark.parametrize(("size", "count"), [(50, 1), (200, 37), (1000, 1000)])
def test_quantiles_of_the_best_are_those_of_scipys_binomial(size: int, count: int) -> None:
    levels = (0.025, 0.5, 0.975)
    below = binom.cdf(np.arange(size + 1), size, 0.5) ** count
    wanted = [np.flatnonzero(below >= level)[0] / size for level in levels]
    assert best_of(size, np.array([count]), levels)[:, 0].tolist() == wanted


@pytest.mark.parametrize(("size", "wanted"), [(100, 0.967), (300, 0.941), (1000, 0.923)])
def test_the_best_of_a_hundred_equally_good_models_looks_better(size: int, wanted: float) -> None:
    found = expected_best(size, 100, 0.9)
    assert found == pytest.approx(wanted, abs=5e-4)
    draws = np.random.default_rng(3).binomial(size, 0.9, (2000, 100)).max(1) / size
    assert found == pytest.approx(draws.mean(), abs=4 * draws.std() / 2000**0.5)


def test_the_robot_climbs_as_the_formula_says_and_is_at_one_half_in_truth() -> None:
    for size, least in ((SIZE, 0.8), (1000, 0.65)):
        development, hidden = robots(size, ladder=False)
        wanted = norm.cdf((MOST_LOOKS / (np.pi * size)) ** 0.5)
        error = (wanted * (1 - wanted) / size / len(SEEDS)) ** 0.5
        assert development.min() > least
        assert abs(development.mean() - wanted) < 3 * error
        assert at_one_half(hidden)


def test_with_the_ladder_the_robot_ends_at_the_best_guesser_or_below() -> None:
    development, hidden = robots(SIZE, ladder=True)
    low, middle, high = best_of(SIZE, LAST)[:, 0]
    assert development.max() <= high
    assert np.median(development) < low < middle
    assert (robots(SIZE, ladder=False)[0] > development + 0.15).all()
    assert at_one_half(hidden)


def test_votes_are_counted_as_by_hand() -> None:
    generator = np.random.default_rng(5)
    right = generator.random((13, 9)) < 0.5
    kept = generator.random(12) < 0.6
    looks = np.arange(1, 13)
    wanted = []
    for look in looks:
        rows = right[1:][:look][kept[:look]]
        against = len(rows) - rows.sum(0)
        ahead = (rows.sum(0) > against) | ((rows.sum(0) == against) & right[0])
        wanted.append(ahead.mean())
    np.testing.assert_allclose(votes(right, kept, looks), wanted)


@pytest.mark.parametrize("ladder", [False, True])
def test_the_script_gives_the_numbers_of_the_page(tmp_path: Path, *, ladder: bool) -> None:
    looks, seed = 60, SEEDS[0]
    file = tmp_path / "robot.py"
    file.write_text(script(seed, 100, looks, ladder=ladder), encoding="utf-8")
    names = runpy.run_path(str(file))
    right = guesses(seed, ROBOT)[: looks + 1]
    kept = robot_keeps(right[1:], 100, ladder=ladder)
    last = np.array([looks])
    assert names["development"] == votes(right[:, :100], kept, last)[0]
    assert names["hidden"] == votes(right[:, MOST_DEVELOPMENT:], kept, last)[0]
