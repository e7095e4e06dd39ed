"""Choosing by folds: the folds' score of the best flatters, nested folds' does not."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from explainer.evaluation.digit_pool import distances
from explainer.evaluation.nested import Chosen, _best, _inner, _right, chosen
from explainer.training.instruments.student import AHEAD, interval, judged


@cache
def found(size: int) -> Chosen:
    return chosen(size, draws=30, most=30, seed=77)


def test_folds_within_folds_learn_as_scikit_learn_s() -> None:
    random = np.random.default_rng(5)
    inputs, labels = random.standard_normal((40, 6), dtype=np.float32), random.integers(0, 2, 40)
    outer = np.arange(40) * 5 // 40
    inner = _inner(outer, 2)
    rest = outer != 2
    oracle = cross_val_predict(
        KNeighborsClassifier(1), inputs[rest], labels[rest], cv=PredefinedSplit(inner[rest])
    )
    right = _right(distances(inputs, inputs), labels, inner)
    assert (right[rest] == (oracle == labels[rest])).all()
    assert (inner[~rest] == -1).all()
    assert len(set(inner[rest])) == 4


def test_the_best_so_far_is_the_first_of_equals() -> None:
    assert _best(np.array([0.5, 0.5, 0.7, 0.6, 0.7, 0.9])).tolist() == [0, 0, 2, 2, 2, 5]


def test_a_single_candidate_is_not_chosen_and_scores_alike() -> None:
    np.testing.assert_allclose(found(20).folds[:, 0], found(20).nested[:, 0])
    __, low, high = interval((found(20).folds - found(20).truth)[:, 0].tolist())
    assert judged(low, high) != AHEAD


def test_the_folds_that_chose_report_too_much_and_nested_ones_do_not() -> None:
    for size in (20, 40):
        __, low, high = interval((found(size).folds - found(size).truth)[:, -1].tolist())
        assert low > 0.05
        __, low, high = interval((found(size).nested - found(size).truth)[:, -1].tolist())
        assert judged(low, high) != AHEAD
        assert low > -0.12


def test_more_digits_shrink_the_gap_and_more_candidates_widen_it() -> None:
    gaps = {size: (found(size).folds - found(size).truth).mean(0) for size in (20, 40)}
    assert gaps[40][-1] < gaps[20][-1]
    assert gaps[20][-1] > gaps[20][4] > gaps[20][0]
    gained = (found(40).truth[:, -1] - found(40).truth[:, 0]).mean()
    assert gained < 0.8 * (found(40).folds[:, -1] - found(40).folds[:, 0]).mean()
