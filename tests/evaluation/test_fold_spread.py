"""What folds claim of their mean: closed forms, simulated coverage, and the words' claims."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.evaluation.digit_pool import distances, pool
from explainer.evaluation.fold_spread import SIZE, Spread, spread


@cache
def found() -> Spread:
    return spread(200, (2, 5, 10, SIZE), seed=9)


def test_independent_folds_are_covered_as_often_as_is_claimed() -> None:
    folds = np.random.default_rng(3).normal(0.7, 0.1, (4000, 5))
    one = Spread((5,), folds.mean(1)[None], folds.std(1, ddof=1)[None], np.full(4000, 0.7))
    assert abs(one.covered()[0] - 0.95) < 0.012
    assert one.covered(corrected=True)[0] > 0.97
    np.testing.assert_allclose(one.claimed()[0], folds.std(1, ddof=1) / 5**0.5)
    np.testing.assert_allclose(one.claimed(corrected=True), one.claimed() * (1 + 5 / 4) ** 0.5)


def test_leaving_one_out_claims_the_binomial_standard_error() -> None:
    share = found().mean[-1]
    np.testing.assert_allclose(found().claimed()[-1], np.sqrt(share * (1 - share) / (SIZE - 1)))


def test_few_folds_claim_too_little_and_teach_too_little() -> None:
    ratio = found().claimed().mean(1) / found().true_error
    assert ratio[0] < 0.8
    assert (ratio[2:] > 0.75).all()
    assert (ratio[2:] < 1.1).all()
    assert found().mean[0].mean() < found().truth.mean() - 0.05
    assert abs(found().mean[-1].mean() - found().truth.mean()) < 0.02
    assert found().covered()[0] < 0.92
    assert found().covered(corrected=True)[0] < 0.93
    assert (found().covered(corrected=True)[1:] >= 0.95).all()


@pytest.mark.parametrize("seed", [10, 11])
def test_with_five_folds_one_set_in_eight_claims_less_than_half_of_what_is_true(seed: int) -> None:
    one = spread(300, (5,), seed=seed)
    assert 1 / 11 < np.mean(one.claimed()[0] < one.true_error[0] / 2) < 1 / 6


def test_leaving_one_out_spreads_no_farther_than_ten_folds() -> None:
    assert found().true_error[-1] < 1.1 * found().true_error[-2]


def test_distances_are_those_between_the_rows() -> None:
    rows = pool().inputs[:40]
    exact = np.square(rows[:, None].astype(float) - rows[None, :25]).sum(2)
    np.testing.assert_allclose(distances(rows, rows[:25]), exact, atol=1e-4)
