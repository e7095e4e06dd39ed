"""Intervals cover what they say, and the differences that are said to be seen are seen."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from explainer.evaluation.intervals import (
    BEYOND,
    COVERED,
    SPLITS,
    Floats,
    exact,
    same_set,
    standard_error,
    two_sets,
    wilson,
)
from explainer.evaluation.intervals_script import script

INTERVALS = {"exact": exact, "wilson": wilson}
DRAWS = 20_000


def coverage(low: Floats, high: Floats, true: Floats, size: int) -> Floats:
    """With which probability the interval of what is drawn holds each of the `true` shares."""
    counts = np.arange(size + 1)[:, None]
    held = (low[:, None] <= true) & (true <= high[:, None])
    return np.asarray((binom.pmf(counts, size, true) * held).sum(0))


@pytest.mark.parametrize("slug", INTERVALS)
@pytest.mark.parametrize(("right", "size"), [(0, 1), (90, 100), (100, 100), (3, 40), (991, 1000)])
def test_an_interval_is_that_of_scipy(slug: str, right: int, size: int) -> None:
    wanted = binomtest(right, size).proportion_ci(COVERED, method=slug)
    np.testing.assert_allclose(INTERVALS[slug](right, size), (wanted.low, wanted.high), atol=1e-9)


@pytest.mark.parametrize("size", [10, 100, 400])
def test_the_exact_interval_covers_at_least_what_it_says_and_wilson_s_on_average(size: int) -> None:
    true = np.linspace(0.5, 0.995, 100)
    counts = np.arange(size + 1)
    found = coverage(*exact(counts, size), true, size)
    shorter = coverage(*wilson(counts, size), true, size)
    assert found.min() >= COVERED
    assert shorter.mean() == pytest.approx(COVERED, abs=0.01)
    assert shorter.min() < COVERED - 0.01
    wide, short = (np.diff(one(counts, size), axis=0) for one in (exact, wilson))
    assert short.mean() < wide.mean()
    assert shorter.mean() < found.mean()


@pytest.mark.parametrize(("true", "size"), [(0.9, 100), (0.99, 50), (0.6, 1000)])
def test_the_coverage_is_the_one_of_test_sets_that_are_drawn(true: float, size: int) -> None:
    low, high = exact(np.random.default_rng(4).binomial(size, true, DRAWS), size)
    held = ((low <= true) & (true <= high)).mean()
    wanted = coverage(*exact(np.arange(size + 1), size), np.array([true]), size)[0]
    assert held == pytest.approx(wanted, abs=4 * (wanted * (1 - wanted) / DRAWS) ** 0.5)


def test_two_standard_errors_reach_beyond_one_where_the_exact_interval_does_not() -> None:
    assert 0.98 + 2 * float(standard_error(0.98, 50)) > 1
    assert float(exact(49, 50)[1]) < 1


@pytest.mark.parametrize(("accuracy", "size"), [(0.9, 400), (0.75, 2000)])
def test_models_that_far_apart_are_seen_on_two_test_sets(accuracy: float, size: int) -> None:
    gap = two_sets(accuracy, size)
    generator = np.random.default_rng(6)
    first, second = (generator.binomial(size, one, DRAWS) for one in (accuracy, accuracy - gap))
    mean = (first + second) / (2 * size)
    seen = np.abs(first - second) / size > BEYOND * np.sqrt(2 * mean * (1 - mean) / size)
    assert seen.mean() == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("differing", "size"), [(0.1, 500), (0.3, 300)])
def test_models_that_far_apart_are_seen_on_the_same_test_set(differing: float, size: int) -> None:
    gap = same_set(differing, size)
    shares = [(differing + gap) / 2, (differing - gap) / 2, 1 - differing]
    first, second, __ = np.random.default_rng(8).multinomial(size, shares, DRAWS).T
    seen = np.abs(first - second) > BEYOND * np.sqrt(first + second)  # McNemar
    assert seen.mean() == pytest.approx(0.8, abs=0.03)


def test_the_same_test_set_shows_less_and_most_where_models_are_alike() -> None:
    independent = 2 * 0.9 * 0.1
    assert same_set(0.02, 1000) < same_set(0.1, 1000) < same_set(independent, 1000)
    assert same_set(independent, 10_000) == pytest.approx(two_sets(0.9, 10_000), rel=0.1)


def test_four_times_the_pictures_halve_width_and_difference() -> None:
    for count in (10_000, 40_000):
        ratio = np.diff(exact(0.9 * count, count), axis=0) / np.diff(
            exact(3.6 * count, 4 * count), axis=0
        )
        assert float(ratio[0]) == pytest.approx(2, rel=0.01)
        assert two_sets(0.9, count) / two_sets(0.9, 4 * count) == pytest.approx(2, rel=0.06)


@pytest.mark.parametrize("accuracy", [0.5, 0.9, 0.999])
def test_where_right_answers_are_expected_the_width_falls_without_a_jump(accuracy: float) -> None:
    sizes = np.arange(10, 3001)
    widths = np.diff(exact(accuracy * sizes, sizes), axis=0)[0]
    shrunk = np.diff(np.log(widths)) / np.diff(np.log(sizes))
    assert (shrunk < -0.4).all()
    assert (shrunk > -1.1).all()


@given(st.integers(1, 500), st.floats(0, 1))
def test_between_whole_numbers_the_ends_lie_between_theirs(size: int, share: float) -> None:
    right = share * size
    low, high = exact([math.floor(right), right, math.ceil(right)], size)
    assert (np.diff(low) >= -1e-12).all()
    assert (np.diff(high) >= -1e-12).all()


def test_what_no_difference_can_show_is_no_number() -> None:
    assert np.isnan(two_sets(0.5, 2))
    assert np.isnan(same_set(0.1, 25))
    assert np.isnan(exact(0, 0)).all()
    assert np.isnan(standard_error(0.9, 0))


def test_the_splits_of_the_lecture_leave_so_many_pictures() -> None:
    assert [int(one.pictures(10_000)) for one in SPLITS] == [3000, 2000, 100, 25, 10]
    assert int(SPLITS["98-1-1"].pictures(1_000_000)) == 10_000
    low, high = exact(9000, 10_000)
    assert (high - low) / 2 == pytest.approx(0.006, abs=2e-4)


@pytest.mark.parametrize(("split", "count"), [("98-1-1", 10_000), ("995-1", 1_000)])
def test_the_script_gives_the_numbers_of_the_page(tmp_path: Path, split: str, count: int) -> None:
    file = tmp_path / "intervals.py"
    file.write_text(script(SPLITS[split], count, 0.9, 0.1), encoding="utf-8")
    names = runpy.run_path(str(file))
    size = int(SPLITS[split].pictures(count))
    np.testing.assert_allclose((names["low"], names["high"]), exact(0.9 * size, size))
    assert names["error"] == pytest.approx(float(standard_error(0.9, size)))
    for name, gap in (("apart", two_sets(0.9, size)), ("same", same_set(0.1, size))):
        assert (names[name] is None) == bool(np.isnan(gap))
        assert np.isnan(gap) or names[name] == pytest.approx(gap)
