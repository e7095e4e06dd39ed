"""Mirrors: digits class by class, photos, letters, and what the page says of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from explainer.images.gallery import gallery_picture
from explainer.images.samples import SAMPLES
from explainer.images.thumbnails import centred_square
from explainer.networks.digits.field import in_field
from explainer.regularisation.augmentation.judges import (
    DIGIT_JUDGES,
    PHOTO_JUDGES,
    as_picture,
    in_turn,
)
from explainer.regularisation.augmentation.mirrored import (
    ALIKE,
    FLIPS,
    kept_answers,
    kept_by_class,
    letter,
    likeness,
    mirrored_letters,
)
from explainer.training.data.shipped import mnist_sample

TRAINING = 4000
LEFT_RIGHT, TOP_BOTTOM = FLIPS["horizontal"], FLIPS["vertical"]


@cache
def shares(slug: str) -> np.ndarray:
    """Of digits that the page does not use: `(networks, 10)`."""
    data = mnist_sample()
    inputs, labels = (one[TRAINING : data.test_from] for one in (data.inputs, data.labels))
    order = in_turn(labels)
    pictures, truth = in_field(inputs[order]), labels[order]
    return np.array(
        [
            [one.share for one in kept_by_class(judge, FLIPS[slug], pictures, truth)]
            for judge in DIGIT_JUDGES
        ]
    )


def test_a_flip_is_numpys() -> None:
    picture = torch.arange(12.0).view(1, 1, 3, 4)
    assert np.array_equal(LEFT_RIGHT.flipped(picture)[0, 0], np.fliplr(picture[0, 0]))
    assert np.array_equal(TOP_BOTTOM.flipped(picture)[0, 0], np.flipud(picture[0, 0]))


def test_symmetric_digits_mostly_survive() -> None:
    either, heads = shares("horizontal"), shares("vertical")
    assert (either[:, [0, 1, 8]] > 0.5).all()
    assert (heads[:, [0, 1, 3]] > 0.5).all()
    assert 0.3 < heads[:, 8].mean() < 0.7


def test_others_are_lost_and_a_mirrored_4_is_still_read() -> None:
    either, heads = shares("horizontal"), shares("vertical")
    assert (either[:, [3, 5]] < 0.15).all()
    assert (heads[:, [2, 5, 6, 7, 9]] < 0.15).all()
    assert (either[:, 4] > 0.5).all()


def test_photos_bear_left_and_right_better_than_top_and_bottom() -> None:
    """Windows that the page does not use: the other two quarters, and the middle of each photo."""
    windows = []
    for sample in SAMPLES:
        square = centred_square(gallery_picture(sample.slug).codes)
        half, quarter = len(square) // 2, len(square) // 4
        middle = slice(quarter, quarter + half)
        windows += [square[:half, half:], square[half:, :half], square[middle, middle]]
    pictures = torch.cat([as_picture(one) for one in windows])
    kept = {
        flip.slug: sum(kept_answers(judge, flip, pictures).same for judge in PHOTO_JUDGES)
        for flip in FLIPS
    }
    assert kept["horizontal"] > kept["vertical"]


def test_b_and_d_p_and_q_are_each_others_mirror_images() -> None:
    found = {name: (other, alike) for name, other, alike in mirrored_letters("horizontal")}
    for name, other in ("bd", "db", "pq", "qp"):
        assert found[name][0] == other
        assert found[name][1] > ALIKE
    assert all(found[name][0] == name for name in "ilovwx")
    on_heads = {name: other for name, other, __ in mirrored_letters("vertical")}
    assert [on_heads[name] for name in "bdpqnu"] == list("pqbdun")


@pytest.mark.parametrize("name", ["a", "g", "x"])
def test_a_letter_is_most_like_itself_wherever_it_stands(name: str) -> None:
    moved = np.roll(letter(name), (3, -4), (0, 1))
    assert likeness(moved, letter(name)) == pytest.approx(1, abs=1e-3)
    assert likeness(letter(name), letter("l")) < 0.9
