"""Dropout with others on the page: verdicts, steps that rise, and maps that are dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.powers import percent, power_of_ten
from explainer.regularisation.dropout.spatial import spatial
from explainer.regularisation.dropout.uneven import BATCHES, Check, rising, uneven
from explainer.regularisation.dropout.with_batch_norm import Race, Shift
from explainer.training.presets import PRESETS
from explainer.ui.dropout.together import KEPT as RACES
from explainer.ui.dropout.together import LAB
from explainer.ui.dropout.uneven import KEPT as CURVES
from tests.app.reading import html_of, section_of, text_of

LOSS = np.array([
    [0.50, 0.52, 0.54], [0.40, 0.41, 0.45], [0.60, 0.63, 0.64], [0.51, 0.51, 0.55], [0.1, 0.9, 0.5],
])  # fmt: skip
CHECKED = Check(0.002, 0.3)


@pytest.fixture(autouse=True, scope="module")
def kept() -> Iterator[None]:
    """A made-up race whose verdicts are known, and short trainings."""
    shift = Shift(np.array([0.4, 0.41]), np.array([0.4, 0.42]), np.array([0.2, 0.6]))
    RACES.put("race", Race(1 - LOSS, LOSS, shift))
    for batch in BATCHES:
        CURVES.put(batch, (uneven(batch, steps=20), CHECKED))
    yield
    RACES.clear()
    CURVES.clear()


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the section links to, which is no page of this small app."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(st, "page_link", lambda page, **more: found.append((page, more)))
    return found


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.dropout.together import together_section

        together_section()

    return section_of(page, **query)


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_each_mixture_has_its_verdict_against_the_plain_network(measure: str) -> None:
    html = html_of(section(dropout__race_measure=measure))
    rows = [row for row in html.split("<tr>") if "<td>" in row]
    verdicts, beside = (
        [row.split("<td>")[place].split("<")[0] for row in rows] for place in (-2, -1)
    )
    assert verdicts == ["", "ahead", "behind", "within noise", "within noise"]
    assert beside == ["", "", "", "ahead", "within noise"]


@pytest.mark.parametrize("batch", BATCHES)
def test_the_steps_that_rise_are_said(batch: int) -> None:
    found = uneven(batch, steps=20)
    text = text_of(section(dropout__batch=str(batch)))
    assert f"**{percent(rising(found.without))}** without dropout" in text
    assert f"**{percent(rising(found.dropout))}** with it" in text
    assert f"comes down to {power_of_ten(CHECKED.off)}." in text


def test_the_maps_follow_the_sliders() -> None:
    app = section(dropout__map_drop="0.9", dropout__map_draw="7")
    found = spatial(0.9, 7)
    assert f"**{percent(found.told_pixel)}** of the variance" in text_of(app)
    assert f"**{percent(found.told_map)}**" in text_of(app)


def test_a_link_with_nonsense_shows_the_usual() -> None:
    app = section(dropout__batch="7", dropout__map_drop="nan", dropout__race_measure="?")
    assert "dropout.batch" not in app.query_params
    assert f"**{percent(spatial(0.5, 0).told_pixel)}**" in text_of(app)


def test_it_leads_to_a_story_that_there_is(links: list[tuple[str, dict[str, Any]]]) -> None:
    section()
    assert links[-1][1]["query_params"] == LAB[1]
    assert LAB[1]["training_lab.preset"] in PRESETS
