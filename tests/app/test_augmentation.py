"""The page on augmentation: its wall, its parts, its link, and the pseudo-language."""

from __future__ import annotations

import pytest

from explainer.ui.augmentation.sections import PARTS
from explainer.words import PSEUDO
from tests.app.reading import app_at, text_of

QUICK = ("label", "invariance")


def test_the_parts_are_those_that_have_tests_of_their_own() -> None:
    assert [part.slug for part in PARTS] == [*QUICK, "gain", "test_time"]


@pytest.mark.parametrize("tab", QUICK)
def test_each_part_opens_by_its_link(tab: str) -> None:
    app = app_at("augmentation", augmentation__tab=tab)
    assert not app.exception
    assert len(text_of(app)) > 200


def test_the_script_is_that_of_the_wall() -> None:
    app = app_at("augmentation", augmentation__code="true")
    (text,) = (one.value for one in app.code if "v2" in one.value)
    for step in ("RandomHorizontalFlip", "RandomRotation", "ColorJitter"):
        assert step in text


def test_what_is_said_is_translated() -> None:
    assert "⟦" in text_of(app_at("augmentation", lang=PSEUDO))
