"""What augmentation buys, on the page: only what is asked is computed, and noise is called so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.regularisation.augmentation.backgrounds import ARMS, backgrounds
from explainer.regularisation.augmentation.gains import by_size, prices
from explainer.regularisation.augmentation.robustness import TESTS, robustness
from explainer.training.augmentation.pipeline import AUGMENTATIONS
from explainer.training.presets import PRESETS
from explainer.ui.augmentation import gain as page_of_gain
from explainer.ui.augmentation.gain import LAB
from tests.app.reading import html_of, section_of, text_of


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[None]:
    """A short training of each, in place of the long ones."""
    stores: dict[Any, dict[str, Any]] = {
        page_of_gain.SIZED: {
            "digits": by_size("digits", (0, 1), (20, 50), steps=3),
            "textures": by_size("textures", (0, 1), (20,), steps=3),
        },
        page_of_gain.PRICES: {"digits": prices("digits", (0, 1), ("flip", "shift"), steps=3)},
        page_of_gain.ROBUST: {"digits": robustness((0, 1), 50, steps=3)},
        page_of_gain.SHAPES: {"shapes": backgrounds((0, 1), steps=3)},
    }
    for store, values in stores.items():
        for key, value in values.items():
            store.put(key, value)
    yield
    for store in stores:
        store.clear()


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the section links to, which is no page of this small app."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "page_link", lambda page, **more: found.append(more))
    return found


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.augmentation.gain import gain_section

        gain_section()

    return section_of(page, **query)


def test_every_size_is_judged() -> None:
    text = text_of(section())
    found = page_of_gain.SIZED.get("digits")
    assert found is not None
    for size in found.sizes:
        assert f"**{size}** pictures: " in text
    assert text.count("points (95 %:") == len(found.sizes)


def test_other_data_are_in_the_link() -> None:
    app = section(augmentation__gain_data="textures")
    assert app.query_params["augmentation.gain_data"] == "textures"
    assert text_of(app).count("points (95 %:") == 1


def test_best_and_worst_of_the_prices_are_named() -> None:
    text = text_of(section(augmentation__gain="prices"))
    found = page_of_gain.PRICES.get("digits")
    assert found is not None
    (best, _), (worst, _) = found.sorted()
    assert f"Best: **{AUGMENTATIONS[best].title}**" in text
    assert f"Worst: **{AUGMENTATIONS[worst].title}**" in text


def test_each_change_at_test_has_its_row() -> None:
    shown = html_of(section(augmentation__gain="robust"))
    for test in TESTS:
        assert test.title in shown


def test_backgrounds_have_a_row_each_and_lead_to_the_lab(links: list[dict[str, Any]]) -> None:
    shown = html_of(section(augmentation__gain="backgrounds"))
    for arm in ARMS:
        assert arm.title in shown
    assert links[-1]["query_params"] == LAB[1]
    assert LAB[1]["training_lab.preset"] in PRESETS


def test_nonsense_in_the_link_asks_the_first_question() -> None:
    app = section(augmentation__gain="x", augmentation__gain_data="mnist")
    assert "augmentation.gain" not in app.query_params
    assert "augmentation.gain_data" not in app.query_params
