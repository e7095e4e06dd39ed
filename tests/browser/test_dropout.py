"""The dots of all subnetworks in a real browser: pointed at, clicked, walked through by keys."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage

ENOUGH = 90_000  # milliseconds, for a network that learns first


def stage(page: Page) -> Locator:
    """The dots, drawn."""
    page.locator(".subnetworks .over .scaled").first.wait_for(timeout=ENOUGH)
    found = page.locator(".subnetworks .stage")
    found.scroll_into_view_if_needed()
    return found


def bits(page: Page) -> int:
    """The mask that the address says."""
    found = re.search(r"dropout\.kept=(\d+)", page.url)
    assert found is not None
    return int(found[1])


def test_a_dot_is_pointed_at_without_a_rerun_and_kept_by_a_click(open_page: OpenPage) -> None:
    page = open_page("/dropout")
    dots, heading = stage(page), page.locator(".subnetworks .heading")
    before, address, box = heading.text_content() or "", page.url, dots.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    expect(heading).not_to_have_text(before)
    assert page.url == address
    page.mouse.move(box["x"] - 20, box["y"])
    expect(heading).to_have_text(before)
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    expect(page).to_have_url(re.compile(r"dropout\.kept="))
    page.mouse.move(box["x"] - 20, box["y"])
    expect(heading).not_to_have_text(before)


def test_a_unit_is_dropped_and_kept_again_by_its_button_or_the_keyboard(
    open_page: OpenPage,
) -> None:
    page = open_page("/dropout?dropout.kept=1365")
    stage(page)
    unit = page.get_by_role("button", name="Unit 2", exact=True)
    expect(unit).to_have_attribute("aria-pressed", "false")
    unit.click()
    expect(unit).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("kept=1367"))
    unit.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("kept=1365"))
    stage(page).focus()
    page.keyboard.press("ArrowUp")
    expect(page).not_to_have_url(re.compile("kept=1365"))
    assert 0 <= bits(page) < 4096


def test_the_ring_follows_the_slider_of_q(open_page: OpenPage) -> None:
    page = open_page("/dropout?dropout.view=logits")
    stage(page)
    ring, address = page.locator(".subnetworks .over .scaled"), page.url
    before = ring.get_attribute("d") or ""
    page.locator(".st-key-dropout-sliders input[type=range][name=keep]").evaluate(
        """slider => {
          slider.value = 0.9
          slider.dispatchEvent(new Event("input", { bubbles: true }))
        }"""
    )
    expect(ring).not_to_have_attribute("d", before)
    assert page.url == address


def test_on_a_telephone_a_tap_chooses_a_dot(open_page: OpenPage) -> None:
    page = open_page(
        "/dropout?dropout.view=probabilities&dropout.place=both",
        viewport="phone", colour_scheme="dark",
    )  # fmt: skip
    dots = stage(page)
    box = dots.bounding_box()
    assert box is not None
    spot = page.locator(".subnetworks .over .picked").bounding_box()
    assert spot is not None
    page.mouse.click(spot["x"] + spot["width"] / 2 + 12, spot["y"] + spot["height"] / 2)
    expect(page).to_have_url(re.compile(r"dropout\.kept="))
    assert bits(page) < 2**24
