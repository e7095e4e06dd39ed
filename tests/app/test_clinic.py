"""The clinic as a whole: its parts, and words that are translated."""

from __future__ import annotations

from explainer.ui.clinic.sections import PARTS
from explainer.words import PSEUDO
from tests.app.reading import app_at, text_of

TESTED = ("wall", "alike", "order")


def test_the_parts_are_those_that_have_tests_of_their_own() -> None:
    assert [part.slug for part in PARTS] == list(TESTED)


def test_a_link_opens_a_part_and_what_is_said_is_translated() -> None:
    app = app_at("clinic", lang=PSEUDO, clinic__tab="wall")
    assert not app.exception
    said = text_of(app)
    assert "⟦" in said
