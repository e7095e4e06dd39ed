"""Robustness: the changes by torchvision and by hand, and what training with them is worth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import functional as vision

from explainer.regularisation.augmentation.gains import gain_of
from explainer.regularisation.augmentation.robustness import (
    TESTS,
    Robustness,
    right,
    robustness,
)

SLUGS = [one.slug for one in TESTS]


@cache
def found() -> Robustness:
    return robustness((61, 62, 63))


def test_a_shift_is_torchvisions_and_none_changes_nothing() -> None:
    pictures = torch.rand(3, 1, 14, 14, generator=torch.Generator().manual_seed(0))
    moved = vision.affine(pictures, 0.0, [4, 0], 1.0, [0.0, 0.0])
    torch.testing.assert_close(right(pictures, 4), moved, atol=1e-5, rtol=0)
    for test in TESTS:
        same = test.apply(pictures, test.strengths[0])
        torch.testing.assert_close(same, pictures, atol=1e-6, rtol=0)


@pytest.mark.parametrize("slug", SLUGS)
def test_training_changes_no_shape_and_stays_within_what_is_tested(slug: str) -> None:
    test = TESTS[slug]
    assert test.strengths[0] < test.trained < test.strengths[-1]
    inputs, targets = torch.rand(4, 1, 14, 14), torch.eye(4)
    changed, kept = test.change(inputs, targets, 4, torch.Generator().manual_seed(1))
    assert changed.shape == inputs.shape
    assert torch.equal(kept, targets)
    assert not torch.equal(changed, inputs)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_in_training_costs_less_at_test(slug: str) -> None:
    without, with_it = found().mean_over(slug)
    assert gain_of(with_it, without).mean > 0.01
    assert (with_it > without).all()


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_the_strongest_change_costs_every_network(slug: str) -> None:
    accuracy = found().accuracy[slug].mean(-1)
    assert (accuracy[-1] < accuracy[0]).all()
    assert np.isfinite(accuracy).all()


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_some_of_it_reaches_beyond_what_training_showed(slug: str) -> None:
    beyond = next(
        place for place, one in enumerate(TESTS[slug].strengths) if one > TESTS[slug].trained
    )
    without, with_it = found().accuracy[slug][beyond].mean(-1)
    assert with_it > without + 0.02
