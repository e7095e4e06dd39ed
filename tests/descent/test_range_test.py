"""The range test: what is read off a curve, the bias of its mean, and weights put back."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from explainer.descent.range_test import (
    RULES,
    RangeTest,
    between,
    range_test,
    smoothed,
    suggested,
    swept,
    trained_with,
)
from explainer.descent.rated_stack import RatedStack, batches
from explainer.descent.rates import LARGEST, METHODS, Race, race
from explainer.generalisation.small_stack import digits

FRESH = (60, 61, 62, 63)
"""Seeds that the page does not show."""
SMOOTH = (0.9, 0.94, 0.98)
MORE = (*FRESH, 80, 81, 82, 83, 84, 85, 86, 87)
RATES = np.array([1e-3, 1e-2, 1e-1, 1.0, 10.0])


@cache
def swept_of(slug: str) -> RangeTest:
    return range_test(METHODS[slug], MORE)


@pytest.mark.parametrize("slug", ["sgd", "adam"])
@torch.no_grad()
def test_weights_and_what_the_method_remembers_are_restored_to_the_last_bit(slug: str) -> None:
    data = digits(100, FRESH)
    stack = RatedStack(FRESH, 2, slug)
    given = batches(data, FRESH)
    stack.step(*next(given), torch.full((4, 2), 0.01))
    steps, before = stack.state()
    found = swept(stack, given, 10.0 ** np.arange(-2, 30, dtype=float))
    assert found.shape == (4, 2, 32)
    assert np.isfinite(found).all()
    assert found.max() == LARGEST  # it did blow up, and its numbers were none
    after = stack.state()
    assert after[0] == steps
    assert all(torch.equal(one, other) for one, other in zip(before, after[1], strict=True))


def test_the_running_mean_is_a_filter_and_its_correction_lets_a_constant_be() -> None:
    losses = np.random.default_rng(0).random((3, 40))
    np.testing.assert_allclose(
        smoothed(losses, 0.8, corrected=False), lfilter([0.2], [1, -0.8], losses), atol=1e-12
    )
    np.testing.assert_allclose(smoothed(np.full((1, 9), 2.3), 0.95), 2.3)
    assert smoothed(np.full((1, 9), 2.3), 0.95, corrected=False)[0, 0] == pytest.approx(0.115)
    np.testing.assert_array_equal(smoothed(losses, 0.0, corrected=False), losses)


def test_what_the_rules_read_off() -> None:
    curve = np.array([2.0, 1.9, 1.0, 0.9, 5.0])
    assert [one.read(curve, RATES) for one in RULES] == [1.0, 0.1, 0.01]


def test_where_the_curve_is_smooth_the_minimum_is_larger_than_the_rate_that_is_best() -> None:
    for slug, best in (("sgd", 1.0), ("adam", 10**-1.5)):
        found = [suggested(swept_of(slug), RULES[0], keep) for keep in SMOOTH]
        assert (found > 1.1 * np.array(best)).all()
        assert (np.diff(found, axis=0) >= 0).all()  # smoother is later
    bare = suggested(swept_of("sgd"), RULES[0], 0.0)
    assert 0 < (bare < 1.0).sum() < len(MORE) / 2  # a batch decides: in a few it lies below


@pytest.mark.parametrize("keep", SMOOTH)
def test_which_rule_is_near_the_best_rate_depends_on_the_method(keep: float) -> None:
    sgd, adam = (suggested(swept_of(slug), RULES[1], keep) for slug in ("sgd", "adam"))
    assert np.median(sgd) < 0.237  # nearer to a rate that is low than to the least good one, 0.32
    if keep >= 0.94:
        assert ((adam > 10**-2.125) & (adam < 10**-1.125)).all()  # good: 0.01 to 0.056, or nearest
    steep = [np.median(suggested(swept_of(slug), RULES[2], keep)) for slug in ("sgd", "adam")]
    assert 0.5 < steep[0] < 1.5
    assert 0.01 < steep[1] < 0.04


@pytest.mark.parametrize("keep", SMOOTH)
@pytest.mark.parametrize("slug", ["sgd", "adam"])
def test_a_mean_that_starts_at_0_has_its_minimum_at_the_first_step(slug: str, keep: float) -> None:
    of = swept_of(slug)
    assert (suggested(of, RULES[0], keep, corrected=False) == of.rates[0]).all()


def test_the_rate_at_the_minimum_ends_behind_the_best() -> None:
    method = METHODS["adam"]
    of = race(method, FRESH, method.rates[[8, 10, 11]], steps=150)
    ends = trained_with(of, suggested(swept_of("adam"), RULES[0], 0.9)[: len(FRESH)])
    assert (ends > of.losses[-1, :, 0]).all()


def test_a_rate_is_worth_what_lies_on_the_line_between_its_neighbours_of_the_same_seed() -> None:
    of = Race(METHODS["sgd"], RATES, np.arange(2), 1 + np.arange(20.0).reshape(2, 2, 5),
              np.zeros((2, 5)), np.zeros((2, 5)))  # fmt: skip
    np.testing.assert_allclose(trained_with(of, np.array([0.1, 1e-9])), [13, 16])
    half_way = between(np.array([10**-0.5]), RATES, np.array([1.0, 1, 4, 9, 1]))
    np.testing.assert_allclose(half_way, 6)  # the geometric mean, as both axes are logarithmic
