from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import jaccard_score

from explainer.metrics.mask_set import (
    CLASSES,
    SEED,
    Labels,
    Means,
    class_ious,
    confusions,
    means,
    picture_ious,
    segmented,
)
from explainer.metrics.shares import UNDEFINED, mean_of
from tests.drawing import examples

KINDS = 4
SETS = arrays(np.int64, (2, 3, 4), elements=st.integers(0, KINDS - 1))


@examples(15)
@given(SETS, SETS)
def test_confusions_and_ious_are_those_of_scikit_learn(truth: Labels, answer: Labels) -> None:
    found = confusions(truth, answer, KINDS)
    names = list(range(KINDS))
    for one, true, given_ in zip(found, truth, answer, strict=True):
        wanted = np.zeros((KINDS, KINDS), int)
        np.add.at(wanted, (true.ravel(), given_.ravel()), 1)
        np.testing.assert_array_equal(one, wanted)
        ious = jaccard_score(true.ravel(), given_.ravel(), labels=names, average=None,
                             zero_division=0)  # fmt: skip
        np.testing.assert_allclose(np.nan_to_num(class_ious(one)), ious)
        there = np.union1d(true, given_)
        np.testing.assert_array_equal(np.flatnonzero(~np.isnan(class_ious(one))), there)


@examples(15)
@given(SETS, SETS)
def test_counting_absent_classes_moves_the_mean_down_or_up(truth: Labels, answer: Labels) -> None:
    found = confusions(truth, answer, KINDS)
    out, zero, one = (means(found, rule.value) for rule in UNDEFINED)
    assert zero.of_set <= out.of_set + 1e-12 <= one.of_set + 2e-12
    assert zero.of_pictures <= out.of_pictures + 1e-12 <= one.of_pictures + 2e-12
    alone = [mean_of(class_ious(each), float("nan")) for each in found]
    assert out.of_pictures == pytest.approx(np.mean(alone))


def test_where_no_class_is_there_the_mean_is_not_defined() -> None:
    nothing = np.zeros((2, KINDS, KINDS), int)
    assert np.isnan(means(nothing, float("nan")).of_set)
    assert np.isnan(means(nothing, float("nan")).of_pictures)
    assert means(nothing, 0.0).of_set == 0
    assert means(nothing, 1.0).of_pictures == 1


def with_absent() -> tuple[Labels, Labels]:
    """Truth and answer of a picture, whose last class is absent on both sides."""
    random = np.random.default_rng(3)
    truth, answer = (random.integers(0, KINDS - 1, (1, 5, 6)) for __ in range(2))
    assert np.isnan(class_ious(confusions(truth, answer, KINDS).sum(0))[-1])
    return truth, answer


@pytest.mark.slow
def test_torchmetrics_leaves_absent_classes_out_of_its_means_and_lists_them_as_0_or_minus_1() -> (
    None
):
    import torch
    from torchmetrics.classification import MulticlassJaccardIndex
    from torchmetrics.segmentation import MeanIoU

    truth, answer = with_absent()
    both = torch.from_numpy(answer), torch.from_numpy(truth)
    confusion = confusions(truth, answer, KINDS)
    found, left_out = class_ious(confusion.sum(0)), means(confusion, float("nan")).of_set
    jaccard = MulticlassJaccardIndex(num_classes=KINDS, average="macro")
    assert float(jaccard(*both)) == pytest.approx(left_out)
    listed = MulticlassJaccardIndex(num_classes=KINDS, average=None)(*both)
    np.testing.assert_allclose(listed.numpy(), np.nan_to_num(found), atol=1e-6)
    mean = MeanIoU(num_classes=KINDS, input_format="index")
    assert float(mean(*both)) == pytest.approx(left_out)
    marked = MeanIoU(num_classes=KINDS, per_class=True, input_format="index")(*both)
    np.testing.assert_allclose(marked.numpy(), np.nan_to_num(found, nan=-1.0), atol=1e-6)


@pytest.mark.parametrize("counted", [0, 1])
def test_scikit_learn_counts_absent_classes_as_its_zero_division_says(counted: int) -> None:
    truth, answer = with_absent()
    found = jaccard_score(truth.ravel(), answer.ravel(), labels=list(range(KINDS)),
                          average="macro", zero_division=counted)  # fmt: skip
    confusion = confusions(truth, answer, KINDS)
    assert found == pytest.approx(means(confusion, counted).of_set)
    assert found != pytest.approx(means(confusion, float("nan")).of_set)


def by_rule(count: int, noise: float, seed: int) -> dict[str, Means]:
    confusion = segmented(count, noise, 0.5, seed).confusion
    return {rule.slug: means(confusion, rule.value) for rule in UNDEFINED}


@pytest.mark.parametrize("seed", [11, 12, 15, SEED])
def test_where_all_is_right_the_rule_for_absent_classes_alone_is_left(seed: int) -> None:
    confusion = segmented(6, 0, 0.5, seed).confusion
    assert np.trace(confusion.sum(0)) == confusion.sum()
    found = by_rule(6, 0, seed)
    assert found["zero"].of_pictures == pytest.approx(2 / CLASSES)
    assert found["out"].of_pictures == found["one"].of_pictures == 1
    assert found["out"].of_set == found["one"].of_set == 1
    assert found["zero"].of_set < 0.8


@pytest.mark.parametrize("seed", [11, 12, 13, 14, SEED])
def test_twelve_pictures_under_noise_have_six_means(seed: int) -> None:
    found = by_rule(12, 0.3, seed).values()
    assert len({round(each, 3) for one in found for each in (one.of_set, one.of_pictures)}) == 6


def test_the_set_says_what_its_classes_are() -> None:
    found = segmented(9, 0.2, 0.5)
    assert found.pictures.shape == found.truth.shape == found.answer.shape == (9, 28, 28)
    assert found.pictures.min() >= 0
    assert found.pictures.max() <= 1
    for one in (found.truth, found.answer):
        assert set(np.unique(one)) <= set(range(CLASSES))
        assert all(len(np.unique(each[each > 0])) <= 1 for each in one)
    np.testing.assert_array_equal(found.truth, segmented(12, 0.9, 0.1).truth[:9])


def test_the_ious_of_the_pool_are_shares_that_fall_with_noise() -> None:
    quiet, loud = picture_ious(0.2), picture_ious(0.5)
    assert quiet.shape == (1000,)
    assert (quiet >= 0).all()
    assert (quiet <= 1).all()
    assert quiet.mean() > loud.mean() + 0.2
    np.testing.assert_array_equal(picture_ious(0.0), 1)
