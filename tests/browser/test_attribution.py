"""The attribution page in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

CAT = "/attribution?picture=chelsea"


def painted(page: Page) -> None:
    """Wait until the last of the methods has its map."""
    expect(page.get_by_role("button", name="Score-CAM")).to_be_visible(timeout=90_000)


def test_a_patch_is_dragged_a_map_is_chosen_and_judged(open_page: OpenPage, server: str) -> None:
    page = open_page(CAT + "&attribution.method=patch")
    painted(page)
    patch, said = page.locator(".attribution .patch"), page.locator(".attribution .answer")
    before = said.inner_text()
    patch.focus()
    for _ in range(3):
        patch.press("ArrowUp")
    expect(page).to_have_url(with_query("attribution.patch=9-12"))
    expect(said).not_to_have_text(before)
    page.get_by_role("button", name="Occlusion").click()
    expect(page.get_by_role("img", name="Occlusion: map of the picture.")).to_be_visible()
    expect(page).to_have_url(with_query("attribution.method=occlusion"))
    fade = page.get_by_role("slider", name="Map over photo")
    fade.focus()
    fade.press("Home")
    expect(page).to_have_url(with_query("attribution.mix=0"))
    theirs = open_page(page.url.removeprefix(server))
    expect(theirs.get_by_role("slider", name="Map over photo")).to_have_value("0")
    page.get_by_role("button", name="Judge this map").click()
    expect(page.get_by_text("Occlusion here passes")).to_be_visible(timeout=60_000)
    expect(page.locator("table.figures").last).to_contain_text("weights")


def test_a_long_title_breaks_between_syllables_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(CAT, viewport="phone")
    painted(page)
    title = page.get_by_role("button", name="Guided backpropagation").locator("span")
    assert "back\u00adpropagation" in (title.text_content() or "")
    # Only words with a place to break are wider than their tile.
    tiles = page.locator(".attribution .tiles button span")
    tiles.evaluate_all("all => all.forEach(one => { one.style.overflowWrap = 'normal' })")
    assert tiles.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth + 1)")


@on_every_other_screen
def test_screenshot_of_the_attribution_page_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(CAT, viewport=viewport, colour_scheme=scheme)
    painted(page)
    page.get_by_text("Which pixels speak for the class?").scroll_into_view_if_needed()
    screenshot(page, named("attribution", viewport, scheme))
