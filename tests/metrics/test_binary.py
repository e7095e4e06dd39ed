"""One threshold: counts, five shares, both areas, any prevalence; scikit-learn is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from explainer.metrics.binary import MEASURES, Confusion, sweep
from explainer.metrics.scores import pool
from tests.drawing import examples

FEW = examples(15)
scenes = some.lists(some.tuples(some.integers(-3, 3), some.booleans()), min_size=1, max_size=25)
"""Whole numbers as scores, so that many are the same; all of one kind now and then."""
prevalences = some.one_of(some.none(), some.floats(0.001, 0.9))


def split(scene: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    scores, truths = zip(*scene, strict=True)
    return np.array(scores, float), np.array(truths)


def weights_of(truths: np.ndarray, prevalence: float | None) -> np.ndarray:
    share = truths.mean()
    if prevalence is None or share in (0, 1):
        return np.ones(len(truths))
    return np.asarray(np.where(truths, prevalence / share, (1 - prevalence) / (1 - share)))


def number(value: float | None) -> float:
    return np.nan if value is None else value


@FEW
@given(scenes, some.sampled_from([-4, -1.5, 0, 2, 3, 4]), prevalences)
def test_counts_and_shares_are_scikit_learns(
    scene: list[tuple[int, bool]], threshold: float, prevalence: float | None
) -> None:
    scores, truths = split(scene)
    called, counted = scores >= threshold, sweep(scores, truths).at(threshold)
    matrix = confusion_matrix(truths, called, labels=[False, True])
    assert [[counted.refused, counted.alarms], [counted.misses, counted.hits]] == matrix.tolist()
    weighed, weights = counted.weighed(prevalence), weights_of(truths, prevalence)
    found = {one.slug: number(one.value(weighed)) for one in MEASURES}
    precision, recall, f_1, __ = precision_recall_fscore_support(
        truths, called, labels=[False, True], sample_weight=weights, zero_division=np.nan
    )
    accuracy = accuracy_score(truths, called, sample_weight=weights)
    wanted = {"recall": recall[1], "specificity": recall[0], "precision": precision[1],
              "accuracy": accuracy, "f1": f_1[1]}  # fmt: skip
    np.testing.assert_allclose([found[one] for one in wanted], list(wanted.values()), atol=1e-12)
    assert weighed.positives + weighed.negatives == pytest.approx(len(truths))


@FEW
@given(scenes, prevalences)
def test_areas_are_scikit_learns(scene: list[tuple[int, bool]], prevalence: float | None) -> None:
    scores, truths = split(scene)
    found = sweep(scores, truths)
    average = found.average_precision(prevalence)
    if not truths.any():
        assert average is None
    else:
        wanted = average_precision_score(
            truths, scores, sample_weight=weights_of(truths, prevalence)
        )
        assert average == pytest.approx(wanted)
    if truths.all() or not truths.any():
        assert found.area is None
    else:
        assert found.area == pytest.approx(roc_auc_score(truths, scores))


@FEW
@given(scenes)
def test_the_area_is_the_chance_of_a_pair_and_no_share_of_right_answers(
    scene: list[tuple[int, bool]],
) -> None:
    scores, truths = split(scene)
    assume(0 < truths.sum() < len(truths))
    above = np.sign(scores[truths][:, None] - scores[~truths])
    assert sweep(scores, truths).area == pytest.approx((above.mean() + 1) / 2)


@FEW
@given(scenes, prevalences)
def test_stretching_the_scores_changes_neither_area(
    scene: list[tuple[int, bool]], prevalence: float | None
) -> None:
    scores, truths = split(scene)
    one, other = sweep(scores, truths), sweep(np.exp(3 * scores) - 7, truths)
    assert one.area == other.area
    assert one.average_precision(prevalence) == other.average_precision(prevalence)


@FEW
@given(*[some.integers(0, 40)] * 4, some.integers(1, 1000))
def test_f_1_precision_and_recall_leave_out_the_true_negatives(
    hits: int, alarms: int, misses: int, refused: int, more: int
) -> None:
    before = Confusion(hits, alarms, misses, refused)
    after = Confusion(hits, alarms, misses, refused + more)
    for slug in ("f1", "precision", "recall"):
        assert MEASURES[slug].value(before) == MEASURES[slug].value(after)
    assert (MEASURES["accuracy"].value(after) or 0) >= (MEASURES["accuracy"].value(before) or 0)


@FEW
@given(*[some.integers(1, 40)] * 4, some.floats(0.001, 0.9))
def test_with_the_prevalence_recall_and_specificity_stay_and_precision_is_bayes_rule(
    hits: int, alarms: int, misses: int, refused: int, prevalence: float
) -> None:
    counted = Confusion(hits, alarms, misses, refused)
    weighed = counted.weighed(prevalence)
    recall, specificity = (MEASURES[one].value(counted) or 0 for one in ("recall", "specificity"))
    assert MEASURES["recall"].value(weighed) == pytest.approx(recall)
    assert MEASURES["specificity"].value(weighed) == pytest.approx(specificity)
    hit, alarm = prevalence * recall, (1 - prevalence) * (1 - specificity)
    assert MEASURES["precision"].value(weighed) == pytest.approx(hit / (hit + alarm))
    rarer = MEASURES["precision"].value(counted.weighed(prevalence / 2))
    assert (rarer or 0) < hit / (hit + alarm)
    never = Confusion(0, 0, hits + misses, alarms + refused).weighed(prevalence)
    assert MEASURES["accuracy"].value(never) == pytest.approx(1 - prevalence)


@FEW
@given(*[some.integers(0, 30)] * 4, prevalences)
def test_an_interval_holds_its_value_and_lies_between_0_and_1(
    hits: int, alarms: int, misses: int, refused: int, prevalence: float | None
) -> None:
    counted = Confusion(hits, alarms, misses, refused)
    for one in MEASURES:
        value, ends = one.value(counted.weighed(prevalence)), one.interval(counted, prevalence)
        assert (value is None) == (ends is None)
        if value is not None and ends is not None:
            assert 0 <= ends[0] <= value <= ends[1] <= 1


@pytest.mark.parametrize("prevalence", [0.01, pytest.param(None, marks=pytest.mark.slow)])
def test_intervals_cover_what_they_should(prevalence: float | None) -> None:
    """100 of the class and 900 others, drawn 2,000 times from a larger pool of real scores."""
    found = pool()
    called, truths = found.scores(3) >= -1, found.truths(3)
    rates = called[truths].mean(), called[~truths].mean()
    whole = Confusion(100 * rates[0], 900 * rates[1], 100 * (1 - rates[0]), 900 * (1 - rates[1]))
    drawn = np.random.default_rng(5).binomial((100, 900), rates, (2000, 2))
    pairs, times = np.unique(drawn, axis=0, return_counts=True)
    for one in MEASURES:
        true = one.value(whole.weighed(prevalence)) or 0.0
        ends = [one.interval(Confusion(hit, alarm, 100 - hit, 900 - alarm), prevalence)
                for hit, alarm in pairs.tolist()]  # fmt: skip
        covered = [low <= true <= high for low, high in filter(None, ends)]
        assert 0.935 <= np.average(covered, weights=times) <= 0.97, one.slug


def test_beyond_all_scores_nothing_is_called_positive_and_precision_is_no_number() -> None:
    found = sweep([0.3, 0.1, 0.2], [True, False, True])
    assert found.at(0.31) == Confusion(0, 0, 2, 1)
    assert MEASURES["precision"].value(found.at(0.31)) is None
    assert found.at(0.1) == Confusion(2, 1, 0, 0)


def test_equal_scores_are_called_alike() -> None:
    found = sweep([1, 1, 1, 0], [True, False, True, False])
    assert found.thresholds.tolist() == [1, 0]
    assert found.hits.tolist() == [0, 2, 2]
    assert found.alarms.tolist() == [0, 1, 2]


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no number"):
        sweep([0.0, np.nan], [True, False])
    assert sweep([], []).at(0.0) == Confusion(0, 0, 0, 0)
