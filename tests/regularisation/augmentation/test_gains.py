"""What augmentation buys: the intervals by hand, and the page's claims over other seeds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from explainer.regularisation.augmentation.gains import (
    BySize,
    Prices,
    by_size,
    gain_of,
    prices,
    sizes_of,
)

OTHERS = (71, 72, 73, 74)


@cache
def priced(slug: str) -> Prices:
    asked = {"digits": ("shift", "flip"), "textures": ("flip", "noise")}
    return prices(slug, OTHERS, asked[slug])


def test_a_gain_is_paired_by_seed() -> None:
    changed, plain = np.array([0.5, 0.7, 0.9]), np.array([0.45, 0.64, 0.86])
    gain = gain_of(changed, plain)
    low, high = stats.t.interval(
        0.95, 2, loc=np.mean(changed - plain), scale=stats.sem(changed - plain)
    )  # fmt: skip
    assert (gain.mean, gain.low, gain.high) == pytest.approx((0.05, low, high))
    assert gain.verdict == 1
    assert gain_of(plain, changed).verdict == -1
    assert gain_of(np.array([0.5, 0.7]), np.array([0.6, 0.5])).verdict == 0
    assert gain_of(plain[:1], changed[:1]).verdict == 0


def test_prices_are_sorted_and_belong_to_their_names() -> None:
    found = Prices("digits", ("a", "b"), np.zeros(2), np.array([[0.1, 0.2], [0.3, 0.4]]))
    assert [slug for slug, _ in found.sorted()] == ["b", "a"]
    assert [gain.mean for _, gain in found.sorted()] == pytest.approx([0.35, 0.15])


def test_sizes_end_with_all_there_are() -> None:
    assert sizes_of("digits") == (20, 50, 100, 200, 500, 1000, 4000)
    assert sizes_of("textures") == (20, 50, 100, 200, 500, 600)


def test_sizes_are_shown_as_they_are_done() -> None:
    seen: list[BySize] = []
    found = by_size("digits", (1, 2), (20, 50), steps=2, seen=seen.append)
    assert [len(one.sizes) for one in seen] == [1, 2]
    assert found is seen[-1]
    assert found.sizes == (20, 50)
    assert np.isfinite(found.plain).all()
    assert np.isfinite(found.changed).all()
    again = by_size("digits", (1, 2), (50,), steps=2)
    assert np.array_equal(again.changed[0], found.changed[1])


@pytest.mark.slow
def test_on_digits_augmentation_is_worth_most_where_data_are_few() -> None:
    found = by_size("digits", OTHERS[:3], (50, 1000))
    few, many = found.gain(0), found.gain(1)
    assert few.mean > 0.03
    assert few.mean > many.mean + 0.03


@pytest.mark.slow
def test_a_flip_harms_digits_and_a_shift_does_not() -> None:
    gains = dict(priced("digits").sorted())
    assert gains["flip"].verdict == -1
    assert gains["flip"].mean < -0.03
    assert gains["shift"].mean > 0
    assert gains["shift"].verdict >= 0


@pytest.mark.slow
def test_textures_bear_a_flip_and_noise_harms_them() -> None:
    gains = dict(priced("textures").sorted())
    assert gains["flip"].verdict >= 0
    assert gains["noise"].verdict <= 0
    assert gains["flip"].mean - gains["noise"].mean > 0.02
