"""What the words say of learning by heart, on seeds that the page does not show."""

from __future__ import annotations

from functools import cache

import numpy as np

from explainer.generalisation.by_heart import (
    EVERY,
    KINDS,
    STEPS,
    ByHeart,
    by_heart,
    first_tiles,
)

PLACE = {kind.slug: place for place, kind in enumerate(KINDS)}


@cache
def found() -> ByHeart:
    return by_heart((51, 52))


def test_everything_is_learned_by_heart() -> None:
    assert (found().training[:, :, -1] > 0.97).all()


def test_the_more_is_random_the_longer_it_takes() -> None:
    steps = [np.mean(found().reached(PLACE[slug], 0.9)) for slug in ("true", "fifth", "half")]
    assert steps == sorted(set(steps))
    slowest = np.mean(found().reached(PLACE["all"], 0.9))
    assert slowest > steps[1]


def test_shuffled_pixels_are_learned_about_as_fast_as_digits() -> None:
    digits, pixels, nonsense = (
        np.mean(found().reached(PLACE[slug], 0.9)) for slug in ("true", "pixels", "all")
    )
    assert pixels < 1.5 * digits < nonsense


def test_of_random_labels_and_of_shuffled_pixels_nothing_is_of_use() -> None:
    for slug in ("all", "pixels"):
        assert (abs(found().validation[PLACE[slug], :, -1] - 0.1) < 0.06).all()
    assert (found().validation[PLACE["true"], :, -1] > 0.7).all()


def test_with_half_of_the_labels_random_validation_rises_and_falls() -> None:
    values = found().validation[PLACE["half"]]
    at_best = values[:, values.mean(axis=0).argmax()]
    assert (at_best > values[:, 0] + 0.3).all()
    assert (at_best > values[:, -1]).all()
    assert found().lost(PLACE["half"])[0] > 0.05


def test_a_digit_told_wrong_is_first_seen_as_what_it_is() -> None:
    tiles = found().tiles["fifth"]
    each = range(len(tiles.truth))
    true, told = tiles.said[:, each, tiles.truth], tiles.said[:, each, tiles.labels]
    early = slice(1, 5)
    assert (true[early] > told[early]).any(axis=0).mean() > 0.5
    assert true[early].mean() > told[early].mean()
    assert (told[-1] > true[-1]).mean() > 0.9


def test_tiles_were_told_wrong_and_probabilities_sum_to_one() -> None:
    for slug in ("fifth", "half", "all"):
        tiles = found().tiles[slug]
        assert (tiles.labels != tiles.truth).all()
        assert tiles.said.shape == (STEPS // EVERY + 1, len(tiles.truth), 10)
        np.testing.assert_allclose(tiles.said.sum(-1), 1, rtol=1e-5)
    assert set(found().tiles) == {"fifth", "half", "all"}


def test_before_anything_is_learned_there_are_wrong_labels_to_look_at() -> None:
    tiles = first_tiles()
    assert (tiles.labels != tiles.truth).all()
    assert tiles.pictures.shape[1:] == (14, 14)
    assert tiles.said.shape == (0, len(tiles.truth), 10)


def test_it_is_told_and_shown_on_the_way() -> None:
    shares: list[float] = []
    shown: list[tuple[int, ...]] = []
    by_heart((1,), steps=30, told=shares.append, seen=lambda one: shown.append(one.steps))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert shown == [(0, 10, 20)]


def test_what_is_never_reached_has_no_step() -> None:
    zeros = np.zeros((1, 2, 3))
    one = ByHeart((0, 10, 20), zeros, zeros, {})
    assert np.isnan(one.reached(0, 0.9)).all()
