"""Loss curves with dropout and without: which of them rise, and what is checked first."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.regularisation.dropout.uneven import BATCHES, Uneven, check, rising, uneven

WHOLE, PART = BATCHES


@cache
def found(batch: int, seed: int) -> Uneven:
    return uneven(batch, seed, steps=100)


def test_rising_counts_the_steps_after_which_the_loss_is_larger() -> None:
    assert rising(np.array([3.0, 2.0, 2.5, 2.5, 1.0])) == 0.25


@pytest.mark.parametrize("seed", [51, 52])
def test_with_all_pictures_only_the_loss_with_dropout_on_rises(seed: int) -> None:
    one = found(WHOLE, seed)
    assert rising(one.without) == 0
    assert rising(one.off) == 0
    assert rising(one.dropout) > 0.15


@pytest.mark.parametrize("seed", [51, 52])
def test_with_batches_the_loss_rises_without_dropout_too(seed: int) -> None:
    assert rising(found(PART, seed).without) > 0.35


def test_twins_start_alike() -> None:
    one = found(WHOLE, 51)
    assert one.off[0] == pytest.approx(one.without[0])
    assert one.dropout[0] != one.off[0]


def test_the_training_loss_with_dropout_on_lies_above_the_same_with_it_off() -> None:
    one = found(WHOLE, 52)
    assert (one.dropout[50:] > one.off[50:]).all()


def test_one_batch_is_learned_by_heart_with_dropout_off_and_less_with_it_on() -> None:
    one = check(53)
    assert one.off < 0.01
    assert one.on > 5 * one.off
