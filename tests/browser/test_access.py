"""Every page for those who do not see it, see it otherwise, or have no pointer."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from explainer.topics import TOPICS
from tests.browser.conftest import OpenPage

# What Streamlit draws itself and no app can change: rule and selector.
STREAMLITS = {
    ("list", '[data-testid="stSidebarNav"] *'): "sections of its navigation are no items",
    ("scrollable-region-focusable", '[data-testid="stCode"] pre'): "its code scrolls by pointer",
    ("scrollable-region-focusable", ".katex-display"): "so does a formula wider than the screen",
    ("presentation-role-conflict", '[data-testid="stFileUploaderDropzone"]'): "its uploader",
    ("listitem", '[data-testid="stSidebarNav"] *'): "nor are the links of a section in a list",
}
TITLES = {
    "": "Deepglass",
    **{one.slug: f"{one.title} – Deepglass" for one in TOPICS},
    "glossary": "Glossary – Deepglass",
}
DAILY = ("", "feature_maps", "gradient_check", "training_lab")
MATRIX = [
    pytest.param(viewport, scheme, path, marks=[] if daily and path in DAILY else pytest.mark.slow)
    for viewport in ("desktop", "phone")
    for scheme in ("light", "dark")
    for daily in [viewport == "phone" and scheme == "dark"]
    for path in TITLES
]


def axe_faults(page: Page) -> list[str]:
    """What axe finds on the page and is not Streamlit's own, one line a node."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({said(node)})"
        for rule in found
        for node in rule["nodes"]
        if not is_streamlits(page, rule["id"], node["target"][-1])
    ]


def is_streamlits(page: Page, rule: str, target: object) -> bool:
    """Whether a node lies where Streamlit alone draws, and is known for this fault there."""
    places = [place for known, place in STREAMLITS if known == rule]
    return isinstance(target, str) and any(
        page.evaluate(
            "([one, place]) => document.querySelector(one)?.matches(place)", [target, one]
        )
        for one in places
    )


def said(node: dict[str, Any]) -> str:
    """Why a node is a fault."""
    return "; ".join(one["message"] for kind in ("any", "all", "none") for one in node[kind])


@pytest.mark.parametrize(("viewport", "scheme", "path"), MATRIX)
def test_axe_finds_nothing(
    open_page: OpenPage,
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
    path: str,
) -> None:
    page = open_page(f"/{path}", viewport=viewport, colour_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title(TITLES[path])
    page.wait_for_timeout(500)
    assert axe_faults(page) == []
