"""Suspects after checks, and the order of checks, by hand and against scipy and all orders."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import entropy

from explainer.clinic.suspicion import bits, greedy, softened, suspected


def test_bits_are_scipys_entropy() -> None:
    likely = np.random.default_rng(3).dirichlet(np.ones(6), 4).T
    np.testing.assert_allclose(bits(likely), entropy(likely, base=2))
    assert bits(np.array([1.0, 0.0])) == 0


def test_suspicion_is_bayes_rule() -> None:
    shares = np.array([[0.9, 0.5], [0.1, 0.5], [0.5, 0.25]])
    np.testing.assert_allclose(suspected(shares, {0: True}), np.array([9, 1, 5]) / 15)
    both = np.array([0.9 * 0.5, 0.1 * 0.5, 0.5 * 0.75])
    np.testing.assert_allclose(suspected(shares, {0: True, 1: False}), both / both.sum())
    np.testing.assert_allclose(suspected(shares, {}), 1 / 3)


def test_what_no_fault_explains_leaves_all_of_them() -> None:
    np.testing.assert_allclose(suspected(np.zeros((4, 1)), {0: True}), 1 / 4)


def test_three_checks_of_a_half_each_name_one_of_eight() -> None:
    shares = np.array(list(product((0.0, 1.0), repeat=3)))
    found = greedy(np.hstack([np.ones((8, 1)), shares]))
    assert found.checks == (1, 2, 3, 0)
    np.testing.assert_allclose(found.suspects, [8, 4, 2, 1, 1])


def test_bits_left_are_those_of_all_outcomes_counted_one_by_one() -> None:
    shares = np.random.default_rng(8).uniform(size=(5, 3))
    found = greedy(shares)
    assert sorted(found.checks) == [0, 1, 2]
    assert (np.diff(found.left) <= 1e-12).all()
    left = 0.0
    for outcome in product((False, True), repeat=3):
        chance = np.prod(np.where(outcome, shares, 1 - shares), axis=1).mean()
        left += chance * bits(suspected(shares, dict(enumerate(outcome))))
    assert found.left[-1] == pytest.approx(left)
    alone = [
        sum(
            np.where(alarm, shares[:, check], 1 - shares[:, check]).mean()
            * bits(suspected(shares, {check: alarm}))
            for alarm in (False, True)
        )
        for check in range(3)
    ]
    assert found.left[1] == pytest.approx(min(alone))
    assert found.checks[0] == int(np.argmin(alone))


def test_half_a_run_of_the_check_over_all_faults_is_added() -> None:
    usual = 12.5 / 25
    found = softened(np.array([[0], [4], [8]]), 8)
    np.testing.assert_allclose(found[:, 0], np.array([0, 4, 8]) / 8.5 + 0.5 * usual / 8.5)
    ends = softened(np.array([[0, 4]] * 3), 4)
    assert ((ends > 0) & (ends < 1)).all()


@pytest.mark.parametrize("faults", [10, 19, 30])
def test_a_check_that_rings_for_one_fault_alone_names_it(faults: int) -> None:
    alarms = np.zeros((faults, 1), int)
    alarms[3] = 4
    likely = suspected(softened(alarms, 4), {0: True})
    assert likely[3] > 0.85
