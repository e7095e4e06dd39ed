from __future__ import annotations

from dataclasses import dataclass

import pytest

from explainer.registry import Registry


@dataclass(frozen=True)
class Dish:
    slug: str


DISHES = Registry[Dish]("dish", Dish("soup"), Dish("stew"))


def test_entries_keep_their_order_and_are_found_by_slug() -> None:
    assert [one.slug for one in DISHES] == list(DISHES.slugs) == ["soup", "stew"]
    assert DISHES["stew"] is DISHES.entries[1]
    assert len(DISHES) == 2
    assert "soup" in DISHES
    assert "salad" not in DISHES


def test_an_unknown_slug_is_named_beside_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^no dish 'salad'; there are soup, stew$"):
        DISHES["salad"]


def test_two_entries_of_one_slug_are_refused() -> None:
    with pytest.raises(ValueError, match="two entries of kind 'dish' have the same slug"):
        Registry[Dish]("dish", Dish("soup"), Dish("soup"))
