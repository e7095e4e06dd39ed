"""λ too small, right, too large, on the page: the sentences follow the controls; where it leads."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.powers import power_of_ten
from explainer.regularisation.pixel_weights import PAIRS
from explainer.regularisation.strengths import best, strengths
from explainer.training.presets import PRESETS
from explainer.ui.penalties.strength import LAB
from tests.app.reading import section_of, text_of


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the section links to, which is no page of this small app."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(st, "page_link", lambda page, **more: found.append((page, more)))
    return found


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.penalties.strength import strength_section

        strength_section()

    return section_of(page, **query)


@pytest.mark.usefixtures("links")
def test_the_best_lambda_is_said_and_whether_it_is_noise() -> None:
    app, found = section(penalties__digits="0-1"), strengths(PAIRS["0-1"], 0.2)
    for place, name in enumerate(("L1", "L2")):
        one = best(found, place)
        at, accuracy = power_of_ten(one.at), f"{100 * one.accuracy:.1f} %"
        assert f"**{name}** does best at λ = {at}: **{accuracy}**" in text_of(app)
        assert one.beyond_noise
    assert text_of(app).count("**ahead**") == 2


@pytest.mark.usefixtures("links")
def test_without_wrong_labels_it_is_within_noise() -> None:
    app = section(penalties__digits="0-1")
    groups: Any = app.get("button_group")
    wrong = next(one for one in groups if one.key == "penalties.wrong")
    wrong.set_value("0 %").run()
    assert not app.exception
    assert "**within noise**" in text_of(app)
    assert app.query_params["penalties.wrong"] == "0"


def test_it_leads_to_the_story_with_a_network(links: list[tuple[str, dict[str, Any]]]) -> None:
    section(penalties__digits="0-1")
    (page, more) = links[-1]
    assert page == "../pages/training_lab.py"
    assert more["query_params"] == LAB[1]
    assert LAB[1]["training_lab.preset"] in PRESETS
