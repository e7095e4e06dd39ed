"""The landscape page in a real browser: computed as one looks, stopped, read, turned."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.survey import survey
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

TINY = "landscape.preset=own&landscape.layers=4&landscape.width=4&landscape.steps=50"
SMALL = f"/landscape?{TINY}&landscape.points=13"
LONG = "/landscape?landscape.preset=own&landscape.layers=20&landscape.norm=true&landscape.steps=50"


def computed(page: Page) -> None:
    """Wait until all of the planes is there."""
    expect(page.locator(".planes .title").first).to_be_visible(timeout=90_000)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=120_000)


@pytest.mark.slow
def test_a_survey_is_seen_coarse_stopped_and_gone_on_with(open_page: OpenPage) -> None:
    page = open_page(LONG)
    expect(page.locator(".planes .frame img").first).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile(r"of 51 × 51 points"))).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile("Stopped at [0-9,]+ points"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def test_the_number_under_the_pointer_is_the_engines(open_page: OpenPage) -> None:
    page = open_page(SMALL)
    computed(page)
    panel = survey(SurveyPlan(Setup(layers=4, width=4, steps=50), points=13)).panels[0]
    surface = page.locator(".planes .surface")
    surface.focus()
    surface.press("Home")
    surface.press("ArrowRight")
    surface.press("ArrowUp")
    readout = page.locator(".planes .readout")
    expect(readout).to_contain_text("x = 0.17, y = 0.17")
    found = re.search(r"([\d.]+) on training \(([\d.]+) on validation\)", readout.inner_text())
    assert found
    for text, losses in zip(found.groups(), panel.losses, strict=True):
        assert float(text) == pytest.approx(float(losses[7, 7]), rel=6e-3)


def test_a_surface_is_turned_with_the_keys_and_the_view_stands_in_the_address(
    open_page: OpenPage,
) -> None:
    page = open_page(SMALL)
    computed(page)
    page.get_by_text("Surface", exact=True).click()
    expect(page).to_have_url(with_query("landscape.view=surface"))
    canvas = page.locator(".planes canvas")
    expect(canvas).to_be_visible()
    page.wait_for_timeout(500)
    before = canvas.screenshot()
    canvas.focus()
    canvas.press("ArrowRight")
    canvas.press("ArrowUp")
    page.wait_for_timeout(300)
    assert canvas.screenshot() != before


@on_every_other_screen
def test_screenshot_of_the_landscape_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    path = f"/landscape?{TINY}&landscape.plane=path&landscape.points=25"
    page = open_page(path, viewport=viewport, colour_scheme=scheme)
    computed(page)
    expect(page.get_by_text("At the centre of each plane")).to_be_visible(timeout=30_000)
    page.locator(".planes").scroll_into_view_if_needed()
    screenshot(page, named("landscape", viewport, scheme))
