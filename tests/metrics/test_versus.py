from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from explainer.evaluation.intervals import wilson
from explainer.metrics import sampled
from explainer.metrics.ranked import Floats
from explainer.metrics.versus import Ends, apart, correlation, mcnemar, paired, versus


def of(*counts: float) -> list[Floats]:
    return [np.array([float(one)]) for one in counts]


def test_the_interval_of_two_sets_is_newcombes_example() -> None:
    """9 of 10 and 3 of 10, from his table of 1998."""
    low, high = apart(*of(3, 9, 10))
    assert (low[0], high[0]) == pytest.approx((0.1705, 0.8090), abs=5e-5)


def test_the_interval_of_pairs_is_newcombes_example() -> None:
    """36 both, 12 and 2 one alone, none neither, from his table of paired data of 1998."""
    low, high = paired(*of(36, 2, 12, 0))
    assert (low[0], high[0]) == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_who_changes_places_changes_the_signs() -> None:
    cells = np.random.default_rng(1).integers(0, 30, (4, 50)).astype(float) + 1
    low, high = paired(*cells)
    turned = paired(cells[0], cells[2], cells[1], cells[3])
    np.testing.assert_allclose((low, high), (-turned[1], -turned[0]))
    gain = (cells[2] - cells[1]) / cells.sum(0)
    assert ((low < gain) & (gain < high)).all()
    assert (low >= -1).all()
    assert (high <= 1).all()


def test_right_answers_go_together_as_numbers_do_but_for_half_a_picture() -> None:
    cells = 40, 3, 6, 11
    first = np.repeat([1, 1, 0, 0], cells)
    second = np.repeat([1, 0, 1, 0], cells)
    plain = np.corrcoef(first, second)[0, 1]
    spread = 60 * 60 * first.std() * second.std()
    assert correlation(*of(*cells))[0] == pytest.approx(plain - 30 / spread)
    assert correlation(*of(9, 8, 8, 1))[0] == pytest.approx((9 - 64) / (17 * 9))
    assert correlation(*of(20, 0, 0, 0))[0] == 0


def test_where_one_makes_no_mistake_pairs_are_two_sets() -> None:
    np.testing.assert_allclose(paired(*of(44, 0, 6, 0)), apart(*of(44, 50, 50)))
    same = wilson(50, 50)
    low, high = paired(*of(50, 0, 0, 0))
    assert high[0] == -low[0] == pytest.approx(float(same[1] - same[0]))


def covers(ends: Ends, true: float) -> float:
    return float(((ends[0] <= true) & (ends[1] >= true)).mean())


@pytest.mark.parametrize("digit", [1, 9])
@pytest.mark.parametrize("size", [20, 50, 200, 1000])
def test_both_hold_the_difference_in_95_of_100_sets_at_every_size(digit: int, size: int) -> None:
    """Of sets of their own too, for which the one apart is made."""
    given, others = sampled.sets(digit, size, 5), sampled.sets(digit, size, 6)
    true = float(given.world.gains.mean())
    found = versus(given)
    first = given.world.rights[0][given.places].sum(1).astype(float)
    second = given.world.rights[1][others.places].sum(1).astype(float)
    own = apart(first, second, np.full_like(first, size))
    assert covers(found.paired, true) > 0.93
    assert covers(own, true) > 0.93


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_the_same_pictures_make_it_narrower_in_nearly_every_large_set(seed: int) -> None:
    def narrower(size: int) -> float:
        found = versus(sampled.sets(1, size, seed))
        widths = [high - low for low, high in (found.paired, found.apart)]
        return float((widths[0] < widths[1] - 1e-9).mean())

    assert 0.2 < narrower(50) < 0.5
    assert narrower(500) > 0.95


@pytest.mark.parametrize("seed", [5, 6])
def test_on_the_same_pictures_a_difference_is_seen_more_often(seed: int) -> None:
    given = sampled.sets(1, 500, seed)
    found = versus(given)
    assert (found.paired[0] > 0).mean() > (found.apart[0] > 0).mean() + 0.2
    np.testing.assert_allclose(found.gain, given.world.gains[given.places].mean(1))
    np.testing.assert_allclose(found.gain, (found.only_second - found.only_first) / 500)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (7, 2), (4, 4)])
def test_mcnemars_test_is_a_binomial_one(first: int, second: int) -> None:
    wanted = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(wanted)
