"""Co-adaptation on the page: the sentences follow what was measured, the map follows its choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.powers import percent
from explainer.regularisation.dropout.data_sizes import DataSizes, data_sizes
from explainer.regularisation.dropout.features import Pair, learn_pair
from explainer.training.presets import PRESETS
from explainer.ui.dropout.data_sizes import KEPT as MAPS
from explainer.ui.dropout.data_sizes import LAB
from explainer.ui.dropout.features import KEPT as PAIRS
from tests.app.reading import message_to, section_of, text_of


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[Pair, DataSizes]]:
    """A short training of each, in place of the long ones."""
    pair, found = learn_pair(epochs=1), data_sizes((100, 250), seeds=(0, 1), steps=30)
    PAIRS.put("pair", pair)
    MAPS.put("map", found)
    yield pair, found
    PAIRS.clear()
    MAPS.clear()


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the section links to, which is no page of this small app."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(st, "page_link", lambda page, **more: found.append((page, more)))
    return found


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.dropout.features import features_section

        features_section()

    return section_of(page, **query)


def test_the_shares_of_silence_and_the_price_of_a_unit_are_said(
    kept: tuple[Pair, DataSizes],
) -> None:
    without, dropout = kept[0].both
    text = text_of(section())
    assert f"**{percent(dropout.silent)}** are exactly 0 with dropout" in text
    assert f"**{percent(without.error(1) / without.error() - 1)}** larger without" in text
    assert f"**{percent(dropout.error(1) / dropout.error() - 1)}** with it" in text


def test_the_first_tile_is_the_unit_that_is_missed_most(kept: tuple[Pair, DataSizes]) -> None:
    app = section(dropout__face="looked_for")
    for name, one in zip(("without", "dropout"), kept[0].both, strict=True):
        labels = message_to(app, f"dropout.features_{name}.maps")["labels"]
        assert len(labels) == 128
        assert f"{one.alone.max():.2f}" in labels[0]


@pytest.mark.parametrize("measure", ["loss", "error"])
def test_each_size_has_its_best_rate(kept: tuple[Pair, DataSizes], measure: str) -> None:
    text = text_of(section(dropout__measure=measure))
    for place in range(2):
        best = kept[1].best(place, measure)
        if best.rate:
            assert f"**{best.size}** pictures: best at drop probability **{best.rate:g}**" in text
        else:
            assert f"**{best.size}** pictures: best with nothing dropped" in text


@pytest.mark.usefixtures("kept")
def test_a_link_with_nonsense_shows_the_usual() -> None:
    app = section(dropout__measure="x", dropout__face="-1")
    assert "dropout.measure" not in app.query_params
    assert "dropout.face" not in app.query_params


@pytest.mark.usefixtures("kept")
def test_it_leads_to_a_story_that_there_is(links: list[tuple[str, dict[str, Any]]]) -> None:
    section()
    assert links[-1][1]["query_params"] == LAB[1]
    assert LAB[1]["training_lab.preset"] in PRESETS
