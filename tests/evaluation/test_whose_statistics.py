"""Whose mean and deviation: what depends on the company, and what each costs or gains."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.evaluation.whose_statistics import (
    CROWD,
    KINDS,
    LEAST,
    SIZES,
    TESTED,
    Compared,
    Kind,
    Trained,
    compared,
    own_numbers,
    swayed,
    trained,
)
from explainer.training.instruments.student import AHEAD, BEHIND, interval, judged


@cache
def found(slug: str) -> Trained:
    return trained(KINDS[slug], (31, 32, 33, 34), 200)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.slug)
def test_own_numbers_are_the_mean_and_the_deviation_of_each_part(kind: Kind) -> None:
    pictures = np.random.default_rng(0).random((2, 256, 9), np.float32)
    axes = (2,) if kind.each_pixel else (2, 3)
    for size, (mean, deviation) in zip(SIZES, own_numbers(pictures, kind), strict=True):
        parts = pictures.reshape(2, -1, size, 9).astype(float)
        np.testing.assert_allclose(mean, parts.mean(axes, keepdims=True), atol=1e-6)
        known = np.maximum(parts.std(axes, keepdims=True), LEAST)
        np.testing.assert_allclose(deviation, known, atol=1e-5)


def test_the_tested_pictures_have_their_share_of_ones_and_their_labels() -> None:
    networks = found("one")
    for share in (0.0, 0.1, 0.5, 1.0):
        pictures, labels = networks.tested(share, 0)
        assert ((labels == CROWD).sum(1) == round(share * TESTED)).all()
        assert pictures.shape == (4, TESTED, 196)
    assert (networks.by_training(networks.tested(1, 0)[0]) == CROWD).mean() > 0.85


@pytest.mark.parametrize("slug", KINDS.slugs)
def test_with_the_training_part_s_numbers_company_does_not_matter(slug: str) -> None:
    networks = found(slug)
    pictures, _ = networks.tested(0.3, 0.2)
    whole = networks.by_training(pictures)
    few = networks.by_training(pictures[:, 100:108])
    np.testing.assert_array_equal(few, whole[:, 100:108])
    one = compared(networks, 0.1, 0)
    assert swayed(networks, one, SIZES.index(8)) > 0.003
    assert swayed(networks, one, len(SIZES) - 1) < 0.005


def test_one_picture_s_own_pixels_say_nothing() -> None:
    own = compared(found("pixel"), 0.1, 0).own
    assert own[0].mean() < 0.2
    assert (np.diff(own[:5].mean(1)) > 0).all()


def test_a_part_of_ones_loses_nearly_all_by_pixels_and_a_little_by_one_mean() -> None:
    last = len(SIZES) - 1
    by_pixel = compared(found("pixel"), 1, 0)
    assert by_pixel.training.mean() > 0.9
    assert by_pixel.own[last].mean() < 0.3
    mean, __, high = compared(found("one"), 1, 0).ahead(last)
    assert -0.1 < mean < 0
    assert high < 0.02


def test_a_large_usual_part_is_level_and_ahead_behind_haze() -> None:
    last = len(SIZES) - 1
    for slug in KINDS.slugs:
        level = compared(found(slug), 0.1, 0).ahead(last)
        assert abs(level[0]) < 0.02
        assert judged(*compared(found(slug), 0.1, 0.4).ahead(last)[1:]) == AHEAD
    assert judged(*compared(found("pixel"), 0.1, 0).ahead(1)[1:]) == BEHIND


def test_no_interval_reaches_beyond_what_two_shares_can_differ_by() -> None:
    training, own = np.array([0.0, 0.0, 0.0, 1.0]), np.zeros((1, 4))
    nothing = np.zeros((4, 1, 1), np.float32)
    for one, other in ((training, own), (own[0], training[None])):
        found = Compared(one, other, nothing, nothing.astype(int))
        mean, low, high = found.ahead(0)
        assert abs(mean) == 0.25
        assert -1 <= low < high <= 1
    assert interval((own[0] - training).tolist())[1] < -1


def test_own_numbers_undo_haze_exactly_where_no_deviation_is_too_small() -> None:
    networks = found("one")
    clear, hazy = (compared(networks, 0.1, haze).own for haze in (0.0, 0.4))
    np.testing.assert_allclose(clear, hazy, atol=0.01)
