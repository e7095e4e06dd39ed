"""Dropout beside batch norm: the ratio of variances against torch, and what the words say."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from explainer.regularisation.dropout.with_batch_norm import (
    MIXTURES,
    Race,
    built,
    race,
    variance_ratio,
)


@cache
def found() -> Race:
    return race((41, 42, 43))


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_the_ratio_of_variances_is_that_of_torchs_dropout(keep: float) -> None:
    torch.manual_seed(1)
    values = torch.relu(torch.randn(400_000, dtype=torch.float64) + 0.3)
    dropped = nn.functional.dropout(values, 1 - keep)
    mean, variance = values.mean().numpy(), values.var().numpy()
    expected = float(values.var() / dropped.var())
    assert float(variance_ratio(mean, variance, keep)) == pytest.approx(expected, rel=0.02)


def test_without_a_mean_the_ratio_is_the_keep_probability_and_with_one_less() -> None:
    zero, one = np.zeros(1), np.ones(1)
    assert variance_ratio(zero, one, 0.7) == pytest.approx(0.7)
    assert variance_ratio(one, one, 0.7) < 0.7
    assert variance_ratio(one, one, 1.0) == pytest.approx(1.0)


def test_dense_layers_of_one_seed_start_alike_in_all_mixtures() -> None:
    starts = [
        [one.weight for one in built(mixture, 3) if isinstance(one, nn.Linear)]
        for mixture in MIXTURES
    ]
    for other in starts[1:]:
        for one, same in zip(starts[0], other, strict=True):
            torch.testing.assert_close(one, same, rtol=0, atol=0)


def test_the_layers_stand_in_the_order_of_the_mixture() -> None:
    kinds = [type(one).__name__ for one in built(MIXTURES["dropout-norm"], 0)]
    assert kinds[:4] == ["Linear", "ReLU", "Dropout", "BatchNorm1d"]
    kinds = [type(one).__name__ for one in built(MIXTURES["norm-dropout"], 0)]
    assert kinds[:4] == ["Linear", "BatchNorm1d", "ReLU", "Dropout"]


@pytest.mark.slow
def test_on_the_loss_both_help_alone_and_together_little_more_than_batch_norm() -> None:
    plain, dropout, norm, *both = found().loss.mean(axis=1)
    assert dropout < plain
    assert norm < dropout
    for one in both:
        assert one < plain
        assert one > norm - 0.03


def test_the_variance_at_test_is_less_by_the_closed_form_and_measured() -> None:
    shift = found().shift
    assert shift is not None
    assert np.median(shift.closed) < 0.5
    np.testing.assert_allclose(np.median(shift.measured / shift.closed), 1, atol=0.03)
