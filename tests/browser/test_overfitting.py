"""The cloud of fits in a real browser: a point is dragged and let go, a capacity is chosen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PAINTED, OpenPage

PINS, DEGREE = "overfitting.cloud.pins=", "overfitting.cloud.degree="


def plane(page: Page) -> Locator:
    """The plane with its points, drawn."""
    found = page.locator(".cloud .plane")
    found.locator(".point").first.wait_for(timeout=60_000)
    return found


def middle(one: Locator) -> tuple[float, float]:
    """Where the middle of an element is on the page, which may be drawn anew meanwhile."""
    for _ in range(50):
        if (box := one.bounding_box()) is not None:
            break
        one.page.wait_for_timeout(20)
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_every_fit_follows_a_point_while_it_is_held_and_it_can_be_let_go(
    open_page: OpenPage,
) -> None:
    page = open_page("/overfitting")
    told = page.locator(".cloud .told")
    x, y = middle(plane(page).locator(".point").nth(7))
    before, address = told.inner_text(), page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y - 80, steps=6)
    expect(told).not_to_have_text(before)
    assert page.url == address  # nothing ran yet but the live picture
    page.mouse.up()
    expect(page).to_have_url(re.compile(re.escape(PINS)))
    page.wait_for_selector(PAINTED)
    expect(page.locator(".cloud .plane .pinned")).to_have_count(1)
    page.mouse.dblclick(*middle(page.locator(".cloud .plane .pinned")))
    expect(page).not_to_have_url(re.compile(re.escape(PINS)))
    expect(told).to_have_text(before)


def test_keys_move_a_point_and_choose_a_capacity(open_page: OpenPage) -> None:
    page = open_page("/overfitting", viewport="phone", colour_scheme="dark")
    plane(page).focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("Shift+ArrowUp")
    expect(page).to_have_url(re.compile(re.escape(PINS) + "1%3A"))
    page.keyboard.press("Delete")
    expect(page).not_to_have_url(re.compile(re.escape(PINS)))
    page.locator(".cloud .chart").focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(re.escape(DEGREE) + "99"))
