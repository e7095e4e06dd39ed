"""The first minute: the home page, and the way from there to a topic."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from explainer.charts.home.previews import PREVIEWS, Preview
from explainer.topics import topic
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named

SOON, LATER = PREVIEWS[:1], PREVIEWS[1:]  # the rest takes its time


@pytest.mark.parametrize(
    "preview", [*SOON, *(pytest.param(one, marks=pytest.mark.slow) for one in LATER)]
)
def test_an_invitation_leads_to_the_state_it_shows(open_page: OpenPage, preview: Preview) -> None:
    page = open_page("/")
    entry = topic(preview.topic)
    card = page.locator(f".st-key-home-card-topic-{preview.topic}")
    expect(card.get_by_role("link", name=entry.title)).to_be_visible()
    card.get_by_role("img", name=preview.alt).click(force=True)  # all of the card is its link
    expect(page.get_by_role("heading", level=1)).to_have_text(entry.question)
    for name, value in preview.query.items():
        if name == "filters.kernel" and value == "sobel-x":
            continue  # the default is left out of the address
        expect(page).to_have_url(re.compile(re.escape(f"{name}={quote_plus(value)}")))


@on_every_other_screen
def test_screenshot_of_home_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: str,
    scheme: str,
) -> None:
    page = open_page("/", viewport=viewport, colour_scheme=scheme)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", level=1)).to_have_text("Deepglass")
    expect(page.get_by_role("img", name=PREVIEWS[0].alt)).to_be_visible()
    screenshot(page, named("home", viewport, scheme))
