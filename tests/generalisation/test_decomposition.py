"""Bias and variance: sums that are exact, worked examples, and drawn labels as the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.generalisation.decomposition import (
    CLASSES,
    WAYS,
    Outputs,
    Way,
    chances,
    main_answers,
    squared,
    squared_against,
    wrong_against,
    zero_one,
)

SHARES = [0.0, 0.2]


def outputs(draws: int = 7, pictures: int = 300, seed: int = 0) -> Outputs:
    """Random probabilities of models that agree somewhat."""
    random = np.random.default_rng(seed)
    common = random.dirichlet(np.full(CLASSES, 0.3), pictures)
    own = random.dirichlet(np.full(CLASSES, 0.3), (draws, pictures))
    return ((common + own) / 2).astype(np.float32)


LABELS = np.random.default_rng(1).integers(0, CLASSES, 300)


@pytest.mark.parametrize("wrong", SHARES)
@pytest.mark.parametrize("way", WAYS, ids=WAYS.slugs)
def test_noise_bias_and_variance_are_the_error_of_every_picture(way: Way, wrong: float) -> None:
    parts = way.parts(outputs(), LABELS, wrong)
    np.testing.assert_allclose(
        parts.noise + parts.bias + parts.variance, parts.error, rtol=0, atol=1e-12
    )
    assert parts.by_model.mean() == pytest.approx(parts.error.mean(), abs=1e-12)


def test_without_noise_the_squared_error_is_the_one_of_one_hot_labels() -> None:
    said = outputs()
    expected = np.square(said.astype(np.float64) - np.eye(CLASSES)[LABELS]).sum(-1)
    np.testing.assert_allclose(squared(said, LABELS, 0.0).error, expected.mean(0), atol=1e-12)


def test_variance_is_that_of_a_sample() -> None:
    said = outputs()
    variance = said.astype(np.float64).var(axis=0, ddof=1).sum(-1)
    np.testing.assert_allclose(squared(said, LABELS, 0.2).variance, variance, rtol=1e-9)


def test_bias_does_not_depend_on_how_many_models_there_are() -> None:
    """Of models that scatter around the truth the mean of few has no more bias than of many."""
    random = np.random.default_rng(5)
    labels = np.zeros(4000, np.int64)
    truth = chances(labels, 0.2)
    for draws in (2, 16):
        said = truth + 0.1 * random.standard_normal((draws, *truth.shape))
        parts = squared(said.astype(np.float32), labels, 0.2)
        assert abs(parts.bias.mean()) < 0.003
        assert parts.variance.mean() == pytest.approx(0.1, abs=0.003)


@pytest.mark.parametrize("way", WAYS, ids=WAYS.slugs)
def test_labels_that_are_drawn_have_the_expected_error(way: Way) -> None:
    said, random, found = outputs(), np.random.default_rng(9), []
    for _ in range(200):
        drawn = LABELS.copy()
        bad = random.random(len(drawn)) < 0.2
        drawn[bad] = (drawn[bad] + random.integers(1, CLASSES, bad.sum())) % CLASSES
        found.append(way.against(said, drawn).mean())
    error = np.std(found, ddof=1) / len(found) ** 0.5
    parts = way.parts(said, LABELS, 0.2)
    assert abs(np.mean(found) - parts.error.mean()) < 4 * error


def test_on_right_labels_what_is_drawn_is_the_error() -> None:
    said = outputs()
    for of, against in ((squared, squared_against), (zero_one, wrong_against)):
        np.testing.assert_allclose(of(said, LABELS, 0.0).error, against(said, LABELS), atol=1e-6)


def answering(answers: list[list[int]]) -> Outputs:
    """Sure models, a row for each."""
    return np.asarray(np.eye(CLASSES)[np.array(answers)], np.float32)


def test_the_parts_of_wrong_answers_by_hand() -> None:
    """Domingos (2000): five models; the first digit is unbiased, the second biased."""
    said = answering([[3, 7], [3, 7], [3, 7], [8, 4], [5, 2]])
    parts = zero_one(said, np.array([3, 4]), 0.0)
    assert parts.bias.tolist() == [0, 1]
    assert parts.apart.tolist() == pytest.approx([0.4, 0.4])
    assert parts.variance.tolist() == pytest.approx([0.4, -0.2])  # one of two others is right
    assert parts.error.tolist() == pytest.approx([0.4, 0.8])
    assert parts.factor == pytest.approx(0.25)
    noisy = zero_one(said, np.array([3, 4]), 0.2)
    assert noisy.apart.tolist() == parts.apart.tolist()
    assert noisy.factor == pytest.approx(0.25 * (0.8 - 0.2 / 9))


def test_models_that_agree_have_no_variance_and_no_factor() -> None:
    parts = zero_one(answering([[3, 7]] * 4), np.array([3, 4]), 0.0)
    assert not parts.apart.any()
    assert np.isnan(parts.factor)


def test_the_most_frequent_answer() -> None:
    answers = np.array([[1, 9, 5], [2, 9, 5], [2, 0, 4], [1, 0, 4]])
    assert main_answers(answers).tolist() == [1, 0, 4]


def test_the_noise_of_labels_in_closed_form() -> None:
    labels = np.array([0, 9])
    assert chances(labels, 0.2).sum(1).tolist() == pytest.approx([1, 1])
    assert squared(outputs(3, 2), labels, 0.2).noise.tolist() == pytest.approx(
        [1 - 0.8**2 - 9 * (0.2 / 9) ** 2] * 2
    )
    assert zero_one(outputs(3, 2), labels, 0.2).noise.tolist() == [0.2, 0.2]
