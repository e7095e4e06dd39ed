"""The page on splits as a whole: its parts, and words that are translated."""

from __future__ import annotations

from explainer.ui.splits.sections import PARTS
from explainer.words import PSEUDO
from tests.app.reading import app_at, message_to

TESTED = ("how_large", "folds", "leakage", "mismatch", "scaling")


def test_the_parts_are_those_that_have_tests_of_their_own() -> None:
    assert [part.slug for part in PARTS] == list(TESTED)


def test_a_link_opens_a_part_and_what_is_said_is_translated() -> None:
    app = app_at("splits", lang=PSEUDO, splits__tab="how_large")
    assert not app.exception
    header = message_to(app, "splits.board.board")
    assert all(entry["title"].startswith("⟦") for entry in header["entries"])
