"""λ too small, right, too large: what the words say of it, over other draws."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from explainer.regularisation.pixel_weights import PAIRS, rows_of_pair
from explainer.regularisation.proximal import fit
from explainer.regularisation.strengths import (
    LAMBDAS,
    SETTLED,
    STEPS,
    TRAINING,
    VALIDATED,
    Strengths,
    best,
    drawn,
    strengths,
)

PAIR = PAIRS["3-8"]
OTHERS = (11, 12, 13, 14)


@cache
def found(noise: float) -> Strengths:
    return strengths(PAIR, noise, OTHERS)


def test_a_draw_has_as_many_wrong_labels_as_asked_and_none_in_validation() -> None:
    inputs, truth = rows_of_pair(PAIR)
    right = {row.tobytes(): label for row, label in zip(inputs, truth, strict=True)}
    learned, given, outside, labels = drawn(PAIR, 0.2, 7)
    assert len(learned) == TRAINING
    assert len(outside) == VALIDATED
    wrong = sum(right[row.tobytes()] != label for row, label in zip(learned, given, strict=True))
    assert wrong == 40
    assert all(right[row.tobytes()] == label for row, label in zip(outside, labels, strict=True))
    assert not {row.tobytes() for row in learned} & {row.tobytes() for row in outside}
    np.testing.assert_array_equal(outside, drawn(PAIR, 0.2, 8)[2])


def test_progress_runs_from_draw_to_draw() -> None:
    told: list[float] = []
    strengths(PAIRS["0-1"], 0.0, (1, 2), told=told.append)
    assert told == sorted(told)
    assert told[-1] <= 1


def test_with_wrong_labels_the_right_lambda_is_beyond_the_noise_of_the_draws() -> None:
    for penalty in (0, 1):
        one = best(found(0.2), penalty)
        assert one.beyond_noise
        assert one.gain > 0.08
        assert LAMBDAS[2] < one.at < LAMBDAS[-1]
        assert one.accuracy > one.smallest + 0.08
        assert one.accuracy > one.largest + 0.04
    assert best(found(0.2), 1).at > best(found(0.2), 0).at


def test_without_wrong_labels_there_is_little_to_be_gained() -> None:
    for penalty in (0, 1):
        assert best(found(0.0), penalty).gain < 0.02


def test_too_small_learns_every_label_and_right_does_not() -> None:
    all_of_it = found(0.2)
    assert all_of_it.fit[..., 0].min() == 1
    assert all_of_it.loss[..., 0].max() < 0.02
    for penalty in (0, 1):
        place = LAMBDAS.index(best(all_of_it, penalty).at)
        assert all_of_it.fit[penalty, :, place].max() < 0.95


def test_too_large_leaves_l1_nothing_but_a_guess() -> None:
    assert found(0.2).zeros[0, :, -1].min() == 1
    assert found(0.2).penalty[0, :, -1].max() == 0
    np.testing.assert_allclose(found(0.2).accuracy[0, :, -1], 0.5, atol=0.03)


def test_the_penalty_is_largest_in_between() -> None:
    middles = np.median(found(0.2).penalty, axis=1)
    for row in middles:
        assert 2 < row.argmax() < len(LAMBDAS) - 3
        assert row.max() > 2 * max(row[0], row[-1])


def test_from_where_it_is_said_to_l1_has_its_zeros_and_below_it_lacks_some() -> None:
    inputs, labels, *_ = drawn(PAIR, 0.2, OTHERS[0])
    given = (LAMBDAS[0], SETTLED, LAMBDAS[3])
    absolute, none = np.array(given, np.float32), np.zeros(3, np.float32)
    short, long = (
        fit(inputs, labels, absolute, none, steps=steps).zeros for steps in (STEPS, 5 * STEPS)
    )
    assert long[0] > short[0] + 0.05
    np.testing.assert_allclose(short[1:], long[1:], atol=0.02)


def test_a_gain_that_some_draws_lack_is_within_noise() -> None:
    accuracy = np.zeros((2, 4, len(LAMBDAS)))
    accuracy[0, :, 3] = 0.01, -0.01, 0.02, 0.01
    accuracy[1, :, 3] = 0.05, 0.06, 0.05, 0.07
    made_up = replace(found(0.0), accuracy=accuracy)
    assert not best(made_up, 0).beyond_noise
    assert best(made_up, 1).beyond_noise
    assert best(made_up, 1).gain == pytest.approx(0.0575)
