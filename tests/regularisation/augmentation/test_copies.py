"""Test-time augmentation: means over copies, paired gains, and what the page says of digits."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from scipy.special import softmax as scipy_softmax
from scipy.stats import t
from torch import Tensor

from explainer.networks.digits.field import in_field
from explainer.regularisation.augmentation.copies import (
    CONDITIONS,
    COPYINGS,
    COUNTS,
    MEANS,
    Outputs,
    mean_of,
    outputs,
    seconds,
    softmax,
)
from explainer.regularisation.augmentation.judges import DIGIT_JUDGES, in_turn
from explainer.training.data.shipped import mnist_sample

TRAINING, SEED = 4000, 71


@cache
def other_digits() -> tuple[Tensor, Tensor]:
    data = mnist_sample()
    inputs, labels = (one[TRAINING : data.test_from] for one in (data.inputs, data.labels))
    order = in_turn(labels)[:500]
    return in_field(inputs[order]), labels[order]


def measured(judge: int, copying: str, state: str, count: int, pictures: int) -> Outputs:
    """Digits and draws that the page does not use."""
    inputs, labels = (one[:pictures] for one in other_digits())
    spoilt = CONDITIONS[state].spoilt(inputs, SEED)
    return outputs(DIGIT_JUDGES[judge], COPYINGS[copying], spoilt, labels, seed=SEED, count=count)


def test_means_are_those_of_probabilities_and_of_logits() -> None:
    logits = np.random.default_rng(2).normal(0, 30, (4, 5, 10))
    np.testing.assert_allclose(softmax(logits), scipy_softmax(logits, -1))
    np.testing.assert_allclose(
        mean_of(logits, MEANS[0]), scipy_softmax(logits, -1).mean(0)
    )  # fmt: skip
    np.testing.assert_allclose(mean_of(logits, MEANS[1]), logits.mean(0))


def test_a_gain_is_paired_and_its_interval_is_students() -> None:
    logits = np.zeros((16, 6, 2))
    logits[:, :, 0] = 1
    logits[0, :2, 1] = 2  # the picture itself is read wrong, the mean of two reads it right
    logits[1, :2, 0] = 5
    found = Outputs(logits, np.zeros(6, np.int64))
    more = np.array([1, 1, 0, 0, 0, 0])
    expected = t.interval(0.95, 5, more.mean(), more.std(ddof=1) / np.sqrt(6))
    assert found.gain(2, MEANS[1]) == pytest.approx((more.mean(), *expected))
    assert found.gain(1, MEANS[0]) == (0, 0, 0)


@pytest.mark.parametrize("copying", COPYINGS, ids=lambda one: one.slug)
def test_copies_follow_from_the_seed_and_the_first_is_the_picture(copying: object) -> None:
    entry = COPYINGS[copying.slug]  # type: ignore[attr-defined]
    pictures = other_digits()[0][:3]
    assert torch.equal(entry.copies(pictures, 0), pictures)
    once, again, other = (entry.copies(pictures, n, seed) for n, seed in ((3, 5), (3, 5), (5, 5)))
    assert torch.equal(once, again)
    assert torch.equal(once, other) == (entry.slug in ("flip", "blur"))
    assert not torch.equal(once, pictures)


@pytest.mark.parametrize("judge", range(3))
def test_mirrored_copies_of_digits_harm_and_in_logits_more(judge: int) -> None:
    found = measured(judge, "flip", "plain", 2, 500)
    probabilities, logits = (found.gain(2, mean) for mean in MEANS)
    assert probabilities[2] < 0
    assert logits[0] < probabilities[0]


@pytest.mark.parametrize("judge", range(3))
@pytest.mark.parametrize("copying", ["shift", "turn"])
def test_on_digits_as_they_are_shifts_and_turns_buy_next_to_nothing(
    judge: int, copying: str
) -> None:
    assert measured(judge, copying, "plain", 8, 200).gain(8, MEANS[0])[0] < 0.02


@pytest.mark.parametrize("judge", range(3))
def test_with_noise_turned_copies_gain(judge: int) -> None:
    assert measured(judge, "turn", "noisy", 8, 300).gain(8, MEANS[0])[1] > 0


@pytest.mark.parametrize("judge", [1, 2])
def test_to_the_cnns_one_turned_copy_is_worth_more_than_the_noisy_digit_and_a_blur_still_more(
    judge: int,
) -> None:
    """So that what helps them is the reading between pixels, not the turning, nor the mean."""
    pictures, labels = other_digits()
    noisy = CONDITIONS["noisy"].spoilt(pictures, SEED)
    turned = COPYINGS["turn"].copies(noisy, 1, SEED)
    blurred = COPYINGS["blur"].copies(noisy, 1, SEED)
    plain, one, blur = (
        float((DIGIT_JUDGES[judge].answers(seen) == labels).double().mean())
        for seen in (noisy, turned, blurred)
    )
    assert plain < one < blur


def test_times_are_asked_for_each_number_of_copies() -> None:
    alone, batched = seconds(DIGIT_JUDGES[0], other_digits()[0][:1])
    assert len(alone) == len(batched) == len(COUNTS)
    assert min(*alone, *batched) > 0
