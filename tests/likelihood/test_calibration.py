"""Confidence against accuracy: bins, scores, and the temperature of least surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss, log_loss

from explainer.likelihood.belief_script import (
    FILE,
    calibration_data,
    calibration_script,
)
from explainer.likelihood.calibrated import test_digits as digits_to_test
from explainer.likelihood.calibration import (
    SPAN,
    Answers,
    Ranked,
    answers,
    best_temperature,
    binned,
    edges_of,
    expected_error,
    expected_errors,
    of_perfect,
    over_temperatures,
)
from explainer.likelihood.examples import logits
from explainer.training.instruments.student import AHEAD, NOISE, intervals, judged

RANDOM = np.random.default_rng(12)
LOGITS = 3 * RANDOM.standard_normal((400, 10))
LABELS = np.where(RANDOM.random(400) < 0.6, LOGITS.argmax(1), RANDOM.integers(0, 10, 400))


def sure(confidence: np.ndarray, right: np.ndarray) -> Answers:
    return Answers(confidence, right, np.zeros(len(right)), np.zeros(len(right)))


def test_two_bins_by_hand() -> None:
    confidence = np.array([0.2, 0.4, 0.5, 0.9, 1.0])
    found = binned(sure(confidence, np.array([True, False, True, True, False])), edges_of(
        confidence, 2
    ))  # fmt: skip
    np.testing.assert_array_equal(found.counts, [2, 3])
    np.testing.assert_allclose(found.confidence, [0.3, 0.8])
    np.testing.assert_allclose(found.accuracy, [0.5, 2 / 3])
    assert found.error == pytest.approx((2 * 0.2 + 3 * (0.8 - 2 / 3)) / 5)
    exact = binomtest(2, 3).proportion_ci(0.95, "exact")
    assert (found.low[1], found.high[1]) == pytest.approx((exact.low, exact.high))


def test_many_rows_at_once_have_the_errors_of_each() -> None:
    rows = np.stack([answers(LOGITS, LABELS, one).confidence for one in (0.1, 1, 10)])
    right = answers(LOGITS, LABELS).right
    for count in (1, 7, 40):
        alone = [expected_error(one, right, edges_of(one, count)) for one in rows]
        np.testing.assert_allclose(expected_errors(rows, right, count), alone)


@given(some.integers(1, 40), some.booleans(), some.floats(0.1, 10))
def test_bins_hold_all_pictures_and_the_error_is_theirs(
    count: int, equal_mass: bool, temperature: float
) -> None:
    one = answers(LOGITS, LABELS, temperature)
    edges = edges_of(one.confidence, count, equal_mass=equal_mass)
    assert (np.diff(edges) > 0).all()
    found = binned(one, edges)
    assert found.counts.sum() == len(LABELS)
    assert found.error == pytest.approx(expected_error(one.confidence, one.right, edges))
    empty = found.counts == 0
    for row in (found.confidence, found.accuracy, found.low, found.high):
        np.testing.assert_array_equal(np.isnan(row), empty)
    full = ~empty
    assert (found.low[full] <= found.accuracy[full]).all()
    assert (found.accuracy[full] <= found.high[full]).all()


@pytest.mark.parametrize("count", [2, 3, 15, 40])
def test_ranked_rows_have_the_errors_of_equally_full_bins(count: int) -> None:
    """With equal confidences as well: rounded ones, zeros and ones."""
    found = np.stack([answers(LOGITS, LABELS, one).confidence for one in (0.02, 0.1, 1, 5)])
    rows = np.stack([*found, *np.round(found, 1), np.zeros(400), np.ones(400)])
    right = answers(LOGITS, LABELS).right
    alone = [expected_error(one, right, edges_of(one, count, equal_mass=True)) for one in rows]
    np.testing.assert_allclose(np.asarray(Ranked.of(rows, right).errors(count)), np.array(alone))


def test_bins_of_equal_mass_are_equally_full() -> None:
    one = answers(LOGITS, LABELS)
    counts = binned(one, edges_of(one.confidence, 8, equal_mass=True)).counts
    assert counts.max() - counts.min() <= 1


def test_where_all_confidences_are_alike_one_bin_is_enough() -> None:
    for value in (0.1, 1.0):
        same = np.full(9, value)
        edges = edges_of(same, 15, equal_mass=True)
        assert expected_error(same, np.ones(9, bool), edges) == pytest.approx(1 - value)


def test_scores_are_those_of_scikit_learn() -> None:
    one, chances = answers(LOGITS, LABELS), softmax(LOGITS, axis=1)
    classes = np.arange(10)
    assert one.surprise.mean() == pytest.approx(log_loss(LABELS, chances, labels=classes))
    wanted = brier_score_loss(LABELS, chances, labels=classes, scale_by_half=False)
    assert one.brier.mean() == pytest.approx(wanted)


@given(some.floats(SPAN[0], SPAN[1]))
def test_a_temperature_changes_no_answer(temperature: float) -> None:
    one = answers(LOGITS, LABELS, temperature)
    np.testing.assert_array_equal(one.right, answers(LOGITS, LABELS).right)
    chances = softmax(LOGITS / temperature, axis=1)
    np.testing.assert_array_equal(chances.argmax(1) == LABELS, one.right)


def test_more_temperature_is_less_confidence() -> None:
    means = [answers(LOGITS, LABELS, one).confidence.mean() for one in (0.25, 0.5, 1, 2, 4)]
    assert (np.diff(means) < 0).all()


@pytest.mark.parametrize("scale", [0.3, 1, 4])
def test_the_best_temperature_is_the_one_that_scipy_finds(scale: float) -> None:
    wanted = minimize_scalar(
        lambda one: answers(scale * LOGITS, LABELS, one).surprise.mean(), bounds=SPAN,
        method="bounded", options={"xatol": 1e-8},
    ).x  # fmt: skip
    assert best_temperature(scale * LOGITS, LABELS) == pytest.approx(wanted, rel=1e-4)


def test_where_every_label_is_the_largest_no_temperature_is_too_low() -> None:
    assert best_temperature(LOGITS, LOGITS.argmax(1)) == pytest.approx(SPAN[0], rel=1e-4)
    assert best_temperature(LOGITS, LOGITS.argmin(1)) == pytest.approx(SPAN[1], rel=1e-4)


def test_many_temperatures_at_once_are_each_alone() -> None:
    temperatures = np.array([0.3, 1, 4])
    surprise, confidence = over_temperatures(LOGITS, LABELS, temperatures)
    for place, one in enumerate(temperatures):
        alone = answers(LOGITS, LABELS, one)
        assert surprise[place] == pytest.approx(alone.surprise.mean(), rel=1e-5)
        np.testing.assert_allclose(confidence[place], alone.confidence, rtol=1e-5)


def test_a_perfect_network_has_an_error_that_grows_with_the_bins() -> None:
    """The bias of the ECE: with right answers drawn by the confidences themselves."""
    one = answers(LOGITS, LABELS)
    means = [of_perfect(one, edges_of(one.confidence, count)).mean() for count in (5, 15, 40)]
    assert 0.01 < means[0] < means[1] < means[2]
    edges = edges_of(one.confidence, 15)
    drawn = np.random.default_rng(3).random((500, len(LABELS))) < one.confidence
    again = [expected_error(one.confidence, right, edges) for right in drawn]
    assert means[1] == pytest.approx(np.mean(again), rel=0.05)


def test_who_says_ten_percent_of_balanced_digits_has_no_error_and_learns_nothing() -> None:
    labels = np.arange(1000) % 10
    one = answers(np.zeros((1000, 10)), labels)
    for count in (2, 15):
        error = expected_error(one.confidence, one.right, edges_of(one.confidence, count))
        assert error == pytest.approx(0, abs=1e-9)
    assert one.surprise.mean() == pytest.approx(np.log(10))
    assert one.brier.mean() == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("slug", "verdicts"),
    [("digit-mlp", [AHEAD, AHEAD]), ("digit-cnn", [AHEAD, NOISE]),
     ("digit-cnn-mean", [NOISE, NOISE])],
)  # fmt: skip
def test_which_shipped_network_is_too_sure(slug: str, verdicts: list[str]) -> None:
    """On the half that the page measures on, then on the other."""
    found = []
    for half in (slice(1, None, 2), slice(0, None, 2)):
        one = answers(logits(slug)[half], digits_to_test()[1][half])
        __, low, high = intervals((one.confidence - one.right)[:, None])[0]
        found.append(judged(low, high))
    assert found == verdicts


def test_a_temperature_fitted_on_few_mistakes_may_do_harm() -> None:
    """Where averaged maps are within noise, the other half is more surprised, whichever it is."""
    given, labels, surprises = logits("digit-cnn-mean"), digits_to_test()[1], []
    for fit, other in (
        (slice(0, None, 2), slice(1, None, 2)),
        (slice(1, None, 2), slice(0, None, 2)),
    ):
        best = best_temperature(given[fit], labels[fit])
        surprises.append([answers(given[other], labels[other], one).surprise.mean()
                          for one in (1, best)])  # fmt: skip
    assert all(after > before for before, after in surprises)
    assert surprises[0] == pytest.approx([0.113, 0.119], abs=5e-4)
    assert best_temperature(given[::2], labels[::2]) == pytest.approx(0.84, abs=5e-3)
    assert int((given[::2].argmax(1) != labels[::2]).sum()) == 10


@pytest.mark.parametrize("equal_mass", [False, True])
def test_the_script_gives_the_same(
    equal_mass: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fit, labels = LOGITS[:200], LABELS[:200]
    held = calibration_data(fit, labels, LOGITS[200:], LABELS[200:])
    (tmp_path / FILE).write_bytes(held)
    names: dict[str, Any] = {}
    exec(calibration_script(12, 2.5, equal_mass=equal_mass), names)
    assert names["temperature"] == pytest.approx(best_temperature(fit, labels), rel=1e-4)
    one = answers(LOGITS[200:], LABELS[200:], 2.5)
    edges = edges_of(one.confidence, 12, equal_mass=equal_mass)
    wanted = (
        one.confidence.mean() - one.right.mean(),
        expected_error(one.confidence, one.right, edges),
        one.surprise.mean(),
        one.brier.mean(),
    )
    assert names["calibration"](2.5) == pytest.approx(wanted, abs=1e-9)
    assert torch.is_tensor(names["logits"])
