"""The race on the page on depth in a browser: its strips grow while the networks learn."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_filters import with_query

RACE = "/depth?depth.tab=race&depth.race=ten-sigmoids&depth.seeds=1"
CHARTS = '[data-testid="stVegaLiteChart"]'


def cells(page: Page) -> int:
    """The cells of the first strip."""
    strip = page.locator(CHARTS).first.locator(".mark-rect path")
    expect(strip.first).to_be_visible(timeout=60_000)
    return int(strip.count())


def step(page: Page) -> int:
    """How far the race is."""
    found = re.search(
        r"Step ([\d,]+) of", page.get_by_text(re.compile(r"Step [\d,]+ of")).inner_text()
    )
    assert found
    return int(found[1].replace(",", ""))


@pytest.mark.slow
def test_strips_grow_while_the_networks_learn_and_stand_at_the_end(open_page: OpenPage) -> None:
    page = open_page(RACE)
    page.get_by_role("button", name="One step").click()
    expect(page.get_by_text(re.compile("Step 1 of 600"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="One epoch").click()
    expect(page.get_by_text(re.compile("Step 2[56] of 600"))).to_be_visible(timeout=60_000)
    page.wait_for_timeout(800)
    early = cells(page)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text(re.compile("Step 600 of 600"))).to_be_visible(timeout=120_000)
    page.wait_for_timeout(1500)
    assert step(page) == 600
    assert cells(page) > 1.5 * early
    expect(page.locator(CHARTS)).to_have_count(3)
    expect(page.locator(".plot path.line")).to_have_count(6)
    expect(page.locator("table.figures")).to_contain_text("not yet")
    expect(page).to_have_url(with_query("depth.seeds=1"))


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [pytest.param("desktop", "dark", marks=pytest.mark.slow), ("phone", "light")],
)
def test_the_race_fits_the_screen(
    open_page: OpenPage, viewport: Literal["desktop", "phone"], scheme: Literal["light", "dark"]
) -> None:
    page = open_page(RACE, viewport=viewport, colour_scheme=scheme)
    page.get_by_role("button", name="One step").click()
    cells(page)
