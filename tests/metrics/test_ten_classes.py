"""Numbers for several classes against scikit-learn, and what happens as one gets rare."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics

from explainer.metrics.answered import LEARNED, Answered, learned, ranks, shipped
from explainer.metrics.classes_script import FILE, classes_data, classes_script
from explainer.metrics.shares import UNDEFINED, Undefined
from explainer.metrics.ten_classes import (
    AVERAGES,
    accuracy,
    f1_of_means,
    f_interval,
    f_of,
    f_scores,
    interval,
    kappa,
    macro_f1,
    precisions,
    recalls,
    resampled,
    same_f,
)
from explainer.training.instruments.mistakes import confusion_matrix
from tests.drawing import examples

SEEDS = (21, 22, 23)
"""Of networks that learn 100 digits; the page shows another."""
FEW = examples(15)
Scene = tuple[np.ndarray, np.ndarray, int]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Labels and answers of up to five classes, of which some are absent, answered or not."""
    classes = draw(st.integers(2, 5))
    one = st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1))
    rows = np.array(draw(st.lists(one, min_size=1, max_size=30)))
    return rows[:, 0], rows[:, 1], classes


@FEW
@given(scenes(), st.floats(0.25, 4))
def test_each_class_is_as_scikit_learn_has_it(scene: Scene, beta: float) -> None:
    labels, answers, classes = scene
    matrix = confusion_matrix(labels, answers, classes)
    every = range(classes)
    assert (matrix == metrics.confusion_matrix(labels, answers, labels=every)).all()
    wanted = metrics.precision_recall_fscore_support(
        labels, answers, labels=every, beta=beta, zero_division=np.nan
    )
    for found, right in zip(
        (precisions(matrix), recalls(matrix), f_scores(matrix, beta)), wanted, strict=False
    ):
        np.testing.assert_allclose(found, right)


def f1(labels: np.ndarray, answers: np.ndarray, classes: int, average: str, rule: float) -> float:
    return float(
        metrics.f1_score(
            labels, answers, labels=range(classes), average=average, zero_division=rule
        )
    )


ORACLES: dict[str, Callable[..., float]] = {
    "accuracy": lambda labels, answers, classes, rule: f1(labels, answers, classes, "micro", 0),
    "balanced": lambda labels, answers, *_: metrics.balanced_accuracy_score(labels, answers),
    "macro": lambda labels, answers, classes, rule: f1(labels, answers, classes, "macro", rule),
    "weighted": lambda labels, answers, classes, _: f1(labels, answers, classes, "weighted", 0),
    "kappa": lambda labels, answers, *_: metrics.cohen_kappa_score(labels, answers),
}


@FEW
@given(scenes(), st.sampled_from(list(ORACLES)), st.sampled_from(list(UNDEFINED)))
def test_averages_are_scikit_learns_with_every_rule_for_what_is_undefined(
    scene: Scene, slug: str, rule: Undefined
) -> None:
    labels, answers, classes = scene
    found = AVERAGES[slug].of(confusion_matrix(labels, answers, classes), rule.value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is undefined: we say it as well
        assert found == pytest.approx(ORACLES[slug](*scene, rule.value), nan_ok=True)
    assert accuracy(confusion_matrix(labels, answers, classes)) == (labels == answers).mean()


@FEW
@given(scenes())
def test_f1_of_means_is_never_the_lower_one_where_all_are_defined(scene: Scene) -> None:
    labels, answers, classes = scene
    whole = np.arange(classes)
    matrix = confusion_matrix(np.append(labels, whole), np.append(answers, whole), classes)
    assert f1_of_means(matrix) >= macro_f1(matrix) - 1e-12


def test_the_two_macro_f1s_can_be_far_apart() -> None:
    matrix = np.array([[1, 0], [98, 1]])  # each class has a perfect one of the two
    assert f1_of_means(matrix) - macro_f1(matrix) > 0.45


@FEW
@given(st.floats(0.05, 0.99), st.floats(0.25, 4))
def test_a_line_of_equal_f_has_that_f(level: float, beta: float) -> None:
    points = same_f(level, beta)
    np.testing.assert_allclose(f_of(points[:, 0], points[:, 1], beta), level, rtol=1e-6)
    assert points.max() <= 1 + 1e-12
    assert points[0, 0] == pytest.approx(1)
    assert points[-1, 1] == pytest.approx(1)


def test_f_is_of_precision_and_recall_and_near_the_worse() -> None:
    matrix = np.random.default_rng(1).integers(0, 9, (6, 6))
    for beta in (0.5, 1, 2):
        np.testing.assert_allclose(
            f_scores(matrix, beta), f_of(precisions(matrix), recalls(matrix), beta)
        )
    assert f_of(1, 0) == f_of(0, 0) == 0
    assert f_of(1, 0.1) < 0.2


def test_the_interval_of_f1_is_that_of_a_share() -> None:
    matrix = np.array([[0, 3, 0], [2, 9, 0], [0, 0, 0]])
    low, high = f_interval(matrix)
    for place, (right, union) in enumerate([(0, 5), (9, 14)]):
        wanted = binomtest(right, union).proportion_ci(method="exact")
        ends = [2 * one / (1 + one) for one in (wanted.low, wanted.high)]
        assert [low[place], high[place]] == pytest.approx(ends)
    assert np.isnan([low[2], high[2]]).all()
    assert np.isnan(f_scores(matrix)[2])


def test_the_interval_of_f1_holds_it_in_95_of_100_test_sets() -> None:
    shares = np.array([[0.10, 0.06, 0.04], [0.05, 0.30, 0.05], [0.02, 0.08, 0.30]])
    truth = f_scores(shares)
    drawn = np.random.default_rng(8).multinomial(120, shares.ravel(), 1000).reshape(-1, 3, 3)
    inside = []
    for matrix in drawn:
        low, high = f_interval(matrix)
        inside.append((low <= truth) & (truth <= high))
    assert (np.mean(inside, 0) >= 0.935).all()


def test_what_cannot_be_said_is_no_number() -> None:
    matrix = np.array([[4, 0, 1], [2, 0, 0], [0, 0, 0]])
    assert np.isnan(precisions(matrix)[1])
    assert np.isnan(recalls(matrix)[2])
    assert f_scores(matrix)[1] == f_scores(matrix)[2] == 0
    empty = np.zeros((3, 3))
    assert np.isnan([one.of(empty) for one in AVERAGES]).all()
    assert np.isnan(kappa(np.diag([5, 0, 0])))
    assert all(np.isnan(interval(np.array([np.nan]))))
    absent = np.diag([5, 5, 0])
    for rule, wanted in zip(UNDEFINED, (1, 2 / 3, 1), strict=True):
        assert macro_f1(absent, rule.value) == pytest.approx(wanted)


def test_resampled_test_sets_are_as_large_and_alike() -> None:
    matrix = confusion_matrix(shipped("digit-mlp").labels, shipped("digit-mlp").answers(), 10)
    drawn = resampled(matrix, draws=400, seed=3)
    assert (drawn.sum((1, 2)) == 1000).all()
    low, high = interval(accuracy(drawn))
    half = 1.96 * (accuracy(matrix) * (1 - accuracy(matrix)) / 1000) ** 0.5
    assert (high - low) / 2 == pytest.approx(half, rel=0.25)


@pytest.mark.parametrize("never", [None, 8])
def test_every_matrix_is_of_the_pictures_that_are_left(never: int | None) -> None:
    given = shipped("digit-mlp")
    found = given.matrices(8, never)
    assert len(found) == given.most + 1 == 101
    answers = given.answers(never)
    assert never is None or not (answers == 8).any()
    for count in (0, 1, 37, 100):
        left = given.kept(8, count)
        assert (found[count] == confusion_matrix(given.labels[left], answers[left], 10)).all()
        assert found[count, 8].sum() == count


def test_a_rare_class_costs_precision_and_macro_f1_and_hardly_accuracy() -> None:
    changes = []
    for seed in SEEDS:
        given = learned(seed)
        assert accuracy(given.matrices(0)[-1]) > 0.6
        for rare in range(10):
            few, every = given.matrices(rare)[[5, 100]]
            alone = [one(few)[rare] - one(every)[rare] for one in (precisions, recalls)]
            changes.append([*alone, *(one.of(few) - one.of(every) for one in AVERAGES)])
    found = np.array(changes)
    assert (found[:, 0] < -0.2).all()
    assert (found[:, 2 + AVERAGES.slugs.index("macro")] < 0).all()
    for place in (1, 2 + AVERAGES.slugs.index("accuracy")):
        mean, error = found[:, place].mean(), found[:, place].std(ddof=1) / len(found) ** 0.5
        assert abs(mean) < max(3 * error, 0.01)
    assert np.abs(found[:, 2 + AVERAGES.slugs.index("accuracy")]).max() < 0.06


@pytest.mark.parametrize("slug", ["learned", "digit-mlp", "digit-cnn"])
def test_precision_and_macro_f1_fall_where_others_are_mistaken_for_the_rare_class(
    slug: str,
) -> None:
    given = learned(SEEDS[0]) if slug == "learned" else shipped(slug)
    untouched = []
    for rare in range(10):
        matrices = given.matrices(rare)
        own, macro = precisions(matrices)[1:, rare], macro_f1(matrices)
        if matrices[-1][:, rare].sum() > matrices[-1][rare, rare]:
            assert own[5] < own[-1]
            assert (np.diff(own) >= 0).all()  # as pictures come back
            assert macro[5] < macro[-1]
        else:
            untouched.append(rare)
            assert (own == 1).all()
            assert macro[5] > macro[-1]
    assert untouched == ([9] if slug == "digit-cnn" else [])


def test_balanced_accuracy_jumps_as_the_last_picture_goes() -> None:
    given = learned(SEEDS[0])
    balanced = AVERAGES["balanced"].of
    jumps = []
    for rare in range(10):
        none, one, *__ = given.matrices(rare)
        if one[rare, rare] == 0:
            jumps.append(balanced(none) - balanced(one))
    assert jumps
    assert min(jumps) > 0.04


def test_a_digit_that_is_never_answered_has_no_precision() -> None:
    matrix = shipped("digit-cnn").matrices(3, 3)[-1]
    assert np.isnan(precisions(matrix)[3])
    assert recalls(matrix)[3] == f_scores(matrix)[3] == 0


def test_how_sure_an_answer_is_is_its_probability() -> None:
    logits = np.array([[0.0, 1, 2], [1000, 0, 0]])
    one = Answered(logits, np.zeros(2, int), np.zeros(2, int))
    assert one.sure() == pytest.approx([np.exp(2) / np.exp([0, 1, 2]).sum(), 1])
    assert one.sure(2)[0] == pytest.approx(np.exp(1) / np.exp([0, 1]).sum())
    assert sorted(ranks()[shipped("digit-mlp").labels == 4]) == list(range(LEARNED))


@pytest.mark.parametrize("rule", UNDEFINED, ids=lambda one: one.slug)
def test_the_script_gives_the_same_numbers(
    rule: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = shipped("digit-mlp")
    left, answers = given.kept(2, 0), given.answers(7)
    (tmp_path / FILE).write_bytes(classes_data(given.labels[left], answers[left]))
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(classes_script(2.0, rule.value), names)
    matrix = confusion_matrix(given.labels[left], answers[left], 10)
    assert (names["matrix"] == matrix).all()
    np.testing.assert_allclose(names["f_beta"], f_scores(matrix, 2))
    for one in AVERAGES:
        assert names["averages"][one.slug] == pytest.approx(one.of(matrix, rule.value))
    assert names["micro"] == pytest.approx(accuracy(matrix))
