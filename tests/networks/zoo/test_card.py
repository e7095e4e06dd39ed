from __future__ import annotations

import json
import stat
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from explainer.networks.zoo.card import Card, read_card, write_card

EXAMPLES: dict[str, Any] = {
    "str": "text",
    "int": 3,
    "float": 0.25,
    "tuple[float, ...]": (0.5, -1.25),
}


@pytest.fixture
def card() -> Card:
    return Card(**{field.name: EXAMPLES[str(field.type)] for field in fields(Card)})


def test_a_card_reads_back_as_it_was_written(card: Card, tmp_path: Path) -> None:
    path = tmp_path / "new" / "card.json"
    write_card(path, card)
    assert read_card(path) == card


def test_everyone_may_read_a_card(card: Card, tmp_path: Path) -> None:
    write_card(tmp_path / "card.json", card)
    assert stat.S_IMODE((tmp_path / "card.json").stat().st_mode) == 0o644


def test_a_card_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no card .*vgg\.json"):
        read_card(tmp_path / "vgg.json")


def test_a_broken_card_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vgg.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"vgg\.json is not JSON"):
        read_card(path)


def test_a_card_with_other_fields_is_refused_and_they_are_named(card: Card, tmp_path: Path) -> None:
    path = tmp_path / "vgg.json"
    write_card(path, card)
    values = json.loads(path.read_text())
    del values["accuracy"]
    path.write_text(json.dumps({**values, "date": "today"}))
    with pytest.raises(ValueError, match=r"lacks, or should not have: accuracy, date$"):
        read_card(path)


def test_a_card_that_is_a_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vgg.json"
    path.write_text("[]")
    with pytest.raises(ValueError, match=r"lacks, or should not have"):
        read_card(path)
