"""A turned digit: where it is no longer read, and what the page says of ten digits."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from explainer.networks.digits.field import in_field
from explainer.regularisation.augmentation.judges import DIGIT_JUDGES, in_turn
from explainer.regularisation.augmentation.turning import (
    ANGLES,
    EXAMPLES,
    Changes,
    change_of_mind,
    changes,
    example,
    over_angles,
    turned,
)
from explainer.training.data.shipped import mnist_sample

TRAINING = 4000


@cache
def measured(judge: int) -> Changes:
    """Digits of the validation part, which the page does not use."""
    data = mnist_sample()
    inputs, labels = (one[TRAINING : data.test_from] for one in (data.inputs, data.labels))
    order = in_turn(labels)
    return changes(DIGIT_JUDGES[judge], rows=(in_field(inputs[order]), labels[order]))


def test_turning_is_against_the_clock_and_a_quarter_is_exact() -> None:
    picture = example(6, 0)
    torch.testing.assert_close(
        turned(picture, 90), torch.rot90(picture, 1, (-2, -1)), atol=1e-4, rtol=0
    )
    assert torch.equal(turned(picture, 0), picture)


def test_the_first_wrong_angle_is_found_in_both_directions_and_never_is_infinite() -> None:
    right = np.ones((len(ANGLES), 3), bool)
    right[ANGLES == 40, 0] = False
    right[ANGLES == 90, 0] = False
    right[ANGLES == -25, 0] = False
    right[ANGLES == 0, 1] = False
    assert change_of_mind(right, 1).tolist() == [40, 0, np.inf]
    assert change_of_mind(right, -1).tolist() == [25, 0, np.inf]


def test_probabilities_over_the_angles_are_those_of_the_turned_picture() -> None:
    judge, picture = DIGIT_JUDGES[1], example(4, 2)
    found = over_angles(judge, picture)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)
    place = int(np.flatnonzero(ANGLES == 35)[0])
    alone = judge.probabilities(turned(picture, 35))[0].numpy()
    np.testing.assert_allclose(found[place], alone, atol=1e-5)


@pytest.mark.parametrize("judge", range(3))
def test_most_digits_are_lost_between_25_and_60_degrees_and_0_holds_out_longest(judge: int) -> None:
    found = measured(judge)
    medians = [found.quartiles(digit)[1] for digit in range(10)]
    assert sum(25 <= one <= 60 for one in medians[1:]) >= 7
    assert medians[0] == max(medians)
    assert medians[0] > 1.5 * max(medians[1:])
    assert found.angles.shape == (10, 2 * EXAMPLES)


@pytest.mark.parametrize("judge", range(3))
def test_after_half_a_turn_most_6s_are_9_and_most_9s_are_6(judge: int) -> None:
    counts = measured(judge).at_half_turn
    assert counts.sum(1).tolist() == [EXAMPLES] * 10
    assert counts[6, 9] > EXAMPLES / 2
    assert counts[9, 6] > EXAMPLES / 2


def test_quartiles_are_order_statistics_that_may_be_infinite() -> None:
    angles = np.tile(np.array([10.0, 20, 30, np.inf]), (10, 1))
    low, middle, high = Changes(angles, np.zeros((10, 10), int)).quartiles(3)
    assert (low, middle, high) == (20, 30, np.inf)
