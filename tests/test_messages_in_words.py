"""Messages in the language of whoever reads them."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import numpy as np
import pytest

from explainer import words
from explainer.charts.filters.analysis import gain_chart
from explainer.charts.specs import bare
from explainer.charts.theme import LIGHT
from explainer.convolution.spectrum import gain_profile
from explainer.ui.common.components import script
from explainer.words import (
    ENGLISH,
    N_,
    PSEUDO,
    Message,
    _,
    cached,
    from_json,
    gettext,
    in_words,
    languages,
    later,
    ngettext,
    nlater,
    number_marks,
    sentence_of,
    spoken,
    to_json,
    told,
)

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{recipe} is ahead by {points} points"
msgstr "Mit {points} Punkten führt {recipe}"

msgid "{count} map"
msgid_plural "{count} maps"
msgstr[0] "{count} Karte"
msgstr[1] "{count} Karten"
"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue with two messages."""
    place = tmp_path / "de" / "messages.po"
    place.parent.mkdir()
    place.write_text(GERMAN, encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words._catalogue.cache_clear()
    words.languages.cache_clear()
    with spoken("de"):
        yield
    words._catalogue.cache_clear()
    words.languages.cache_clear()


def ahead() -> str:
    return _("{recipe} is ahead by {points} points", recipe="Dropout", points="1.5")


def test_english_stands_in_the_code() -> None:
    assert ahead() == "Dropout is ahead by 1.5 points"
    assert _("No values: {this} stays") == "No values: {this} stays"
    assert [ngettext("{count} map", "{count} maps", n) for n in (0, 1, 2)] == [
        "0 maps",
        "1 map",
        "2 maps",
    ]


@pytest.mark.usefixtures("german")
def test_another_language_orders_the_values_otherwise() -> None:
    assert ahead() == "Mit 1.5 Punkten führt Dropout"
    assert ngettext("{count} map", "{count} maps", 3) == "3 Karten"
    assert _("not in the catalogue") == "not in the catalogue"
    assert _("") == ""


@pytest.mark.usefixtures("german")
def test_a_language_is_offered_once_every_message_is_translated() -> None:
    (words.FOLDER / "messages.pot").write_text('msgid "{count} map"\nmsgid_plural "{count} maps"\n')
    assert languages() == ("en", "de")
    (words.FOLDER / "messages.pot").write_text('msgid "still to do"\nmsgstr ""\n')
    languages.cache_clear()
    assert languages() == ("en",)


def test_in_the_pseudo_language_each_message_stands_in_brackets() -> None:
    with spoken(PSEUDO):
        assert ahead() == "⟦Dropout is ahead by 1.5 points⟧"
        assert ngettext("{count} map", "{count} maps", 1) == "⟦1 map⟧"
        assert _("") == ""
        assert N_("later") == "later"
    assert _("now") == "now"


def test_what_is_kept_is_kept_for_each_language() -> None:
    asked = []

    @cached
    def title(number: int) -> str:
        asked.append(number)
        return _("Figure {number}", number=number)

    assert title(1) == title(1) == "Figure 1"
    with spoken(PSEUDO):
        assert title(1) == "⟦Figure 1⟧"
    assert asked == [1, 1]


def test_what_is_said_later_is_english_until_it_is_shown() -> None:
    inner = nlater("{count} step", "{count} steps", 3)
    outer = later("After {steps} the loss was {loss}.", steps=inner, loss=0.5)
    assert outer == "After 3 steps the loss was 0.5."
    with spoken(PSEUDO):
        assert gettext(outer) == "⟦After ⟦3 steps⟧ the loss was 0.5.⟧"
    assert gettext(outer) == outer
    assert gettext(pickle.loads(pickle.dumps(outer))) == outer
    error = ValueError(outer)
    with spoken(PSEUDO):
        assert told(error) == gettext(outer)
        assert in_words("already in words") == "already in words"
    assert told(ValueError("plain")) == "plain"
    crossed = sentence_of(pickle.loads(pickle.dumps(error)))
    assert isinstance(crossed, Message)
    assert crossed.values == {"steps": inner, "loss": 0.5}


def test_a_message_among_the_values_is_said_too() -> None:
    steps = nlater("{count} step", "{count} steps", 1)
    assert _("Only {steps}.", steps=steps) == "Only 1 step."
    with spoken(PSEUDO):
        assert _("Only {steps}.", steps=steps) == "⟦Only ⟦1 step⟧.⟧"


def test_a_message_is_written_for_another_process_and_read_again() -> None:
    steps = nlater("{count} step", "{count} steps", 2)
    message = later("After {steps}: {what}", steps=steps, what="{0}")
    found = from_json(json.loads(json.dumps(to_json(message))))
    assert found == message == "After 2 steps: {0}"
    with spoken(PSEUDO):
        assert in_words(found) == "⟦After ⟦2 steps⟧: {0}⟧"
    assert from_json(to_json("plain {0}")) == "plain {0}"


@pytest.mark.parametrize("place", ["{a.__class__}", "{a[0]}", "{a:999999999}", "{a!r:>9}", "{}"])
def test_what_another_process_writes_reaches_nothing_but_its_values(place: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        from_json({"one": place, "many": "", "values": {"a": "x"}})


@pytest.mark.usefixtures("german")
def test_numbers_of_charts_and_components_are_written_as_in_the_language() -> None:
    assert number_marks() == (",", ".", (3,))
    specification = gain_chart(gain_profile(np.zeros((8, 8))), LIGHT).to_dict()
    number = specification["config"]["locale"]["number"]
    assert (number["decimal"], number["thousands"], number["grouping"]) == (",", ".", [3])
    assert bare(alt.Chart().mark_bar())["config"]["locale"]["number"] == number
    assert script("lens").startswith('const MARKS = {"decimal": ",", "thousands": ".", "grouping"')
    with spoken("hi"):
        assert number_marks()[2][:3] == (3, 2, 2)


@pytest.mark.parametrize("language", [ENGLISH, PSEUDO])
def test_numbers_are_english_where_the_words_are(language: str) -> None:
    with spoken(language):
        assert number_marks() == (".", ",", (3,))
        assert "locale" not in bare(alt.Chart().mark_bar()).get("config", {})
