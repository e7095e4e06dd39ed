"""The dialog that edits a recipe, in a real browser: what it shows is what is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

LINEAR = "name-Linear~net-mlp~depth-0~do-0.9~aug-noise_0.1~aug-flip_0.0~aug-noise_0.2"
LINK = f"/training_lab?training_lab.recipes={LINEAR}"


def test_the_dialog_keeps_the_order_refuses_a_second_norm_and_says_what_has_no_effect(
    open_page: OpenPage,
) -> None:
    page = open_page(LINK)
    expect(page.get_by_text("Dropout on units 0.9 (no effect)")).to_be_visible()
    page.get_by_role("button", name="Edit").first.click()
    dialog = page.get_by_role("dialog")
    for name in ("Batch norm", "Layer norm"):
        dialog.locator("label").filter(has_text=name).click()
        page.wait_for_timeout(1500)
    expect(dialog.get_by_text("there is one norm at most")).to_be_visible()
    expect(dialog.get_by_role("switch", name="Batch norm")).to_be_checked()
    expect(dialog.get_by_role("switch", name="Layer norm")).not_to_be_checked()
    dialog.get_by_role("tab", name="Augmentation").click()
    headings = dialog.locator("strong")
    expect(headings).to_have_text(["1. Noise", "2. Mirror", "3. Noise"])
    dialog.get_by_role("button", name="Earlier").last.click()
    expect(headings).to_have_text(["1. Noise", "2. Noise", "3. Mirror"])
    dialog.get_by_role("button", name="Done").click()
    expect(page).to_have_url(re.compile(r"aug-noise_0.1~aug-noise_0.2~aug-flip_0.0"))


def test_the_menu_of_a_recipe_is_led_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/training_lab?training_lab.recipes=name-One!name-Two")
    more = page.get_by_role("button", name="More: One", exact=True)
    more.focus()
    page.keyboard.press("Enter")
    copy, remove = (page.get_by_role("menuitem", name=name) for name in ("Copy", "Remove"))
    expect(copy).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(remove).to_be_focused()
    page.keyboard.press("Escape")
    expect(copy).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(copy).to_be_focused()
    page.keyboard.press("Enter")
    rows = page.get_by_role("list", name="Recipes").get_by_role("listitem")
    expect(rows.locator("b")).to_have_text(["One", "One copy", "Two"])
    expect(more).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(300)  # nobody reads it quicker
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Edit: One", exact=True)).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_screenshot_of_the_dialog(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    appearance: Literal["light", "dark"],
) -> None:
    page = open_page(LINK, viewport=viewport, colour_scheme=appearance)
    page.get_by_role("button", name="Edit").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("tab", name="Network")).to_be_visible()
    for tab in ("Network", "Augmentation"):
        dialog.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(1500)
        screenshot(page, f"recipe-{viewport}-{appearance}-{tab.lower()}")
