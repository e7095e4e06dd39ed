"""Networks that learned with a change: what they forgive is found late, over other seeds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.regularisation.augmentation.robustness import TESTS
from explainer.regularisation.augmentation.trained_pair import (
    LAYERS,
    TrainedPair,
    trained_pair,
)

SEEDS = (91, 92, 93)


@cache
def found(slug: str) -> TrainedPair:
    return trained_pair(slug, SEEDS)


@pytest.mark.parametrize("slug", ["rotation", "shift"])
def test_the_pixels_are_the_same_and_the_logits_differ(slug: str) -> None:
    pair, place = found(slug), 3
    assert pair.share.shape == (2, 2, len(TESTS[slug].strengths), LAYERS, len(SEEDS))
    np.testing.assert_array_equal(pair.share[0, :, :, 0], pair.share[1, :, :, 0])
    assert pair.gain(0, place, LAYERS - 1).verdict == 1
    late, early = (pair.gain(0, place, layer).mean for layer in (LAYERS - 1, 1))
    assert late > early + 0.05


@pytest.mark.parametrize("slug", ["rotation", "shift"])
def test_nothing_changed_is_no_distance(slug: str) -> None:
    assert np.abs(found(slug).share[:, 0, 0]).max() < 1e-5
