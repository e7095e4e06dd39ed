"""The page on depth in a browser: the gradient is followed, one thing is changed, batch norm."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, on_every_screen
from tests.browser.test_filters import named, with_query


def charts_drawn(page: Page, at_least: int) -> None:
    """Wait until so many charts have been drawn."""
    expect(page.locator(".vega-embed canvas, .vega-embed svg").nth(at_least - 1)).to_be_visible(
        timeout=60_000
    )


def row(page: Page, name: str) -> str:
    """The row of the table of factors that begins with `name`."""
    return page.locator("table.figures tr", has_text=name).first.inner_text()


def test_a_gradient_is_followed_and_one_thing_is_changed(open_page: OpenPage) -> None:
    page = open_page("/depth")
    charts_drawn(page, 1)
    assert re.search(r"· 10⁻¹[¹²]", row(page, "Sigmoid, Xavier"))
    page.get_by_role("button", name="Sigmoid, Xavier", exact=True).click()
    menu = page.get_by_role("combobox", name="Activation").first
    menu.click()
    page.keyboard.type("ReLU")
    page.get_by_role("option", name="ReLU", exact=True).click()
    expect(page.locator("table.figures")).to_contain_text("ReLU, Xavier", timeout=30_000)
    expect(page).to_have_url(with_query("depth.settings=net-mlp~init-xavier"))
    assert row(page, "ReLU, Xavier").strip().endswith("10⁻³")


@pytest.mark.slow
def test_a_story_is_chosen_and_the_address_holds_it(open_page: OpenPage) -> None:
    page = open_page("/depth")
    charts_drawn(page, 1)
    page.get_by_role("combobox", name="Begin with").click()
    page.get_by_role("option", name="Batch norm rescues sigmoid").click()
    expect(page.locator("table.figures")).to_contain_text("Sigmoid, Xavier, batch norm")
    expect(page).to_have_url(re.compile(r"depth\.preset=batch-norm"))
    expect(page.get_by_text("No dashed line for batch norm")).to_be_visible()


@pytest.mark.slow
def test_batch_norm_is_trained_while_one_waits(open_page: OpenPage) -> None:
    page = open_page("/depth")
    charts_drawn(page, 1)
    page.get_by_role("tab", name="Batch norm, closely").click()
    page.get_by_role("tab", name="Wrong statistics").click(timeout=60_000)
    expect(page.get_by_text("When the running statistics are wrong.")).to_be_visible()
    charts_drawn(page, 4)
    expect(page).to_have_url(with_query("depth.tab=batch-norm"))


@on_every_screen
def test_screenshot_of_depth_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page("/depth", viewport=viewport, colour_scheme=scheme)
    charts_drawn(page, 1)
    screenshot(page, named("depth", viewport, scheme))
