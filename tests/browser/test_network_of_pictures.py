"""A picture on its way through a network, in a real browser: what feeds a unit, and live."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_training_lab import start

RECIPE = "name-Maps~net-cnn~ch-16~blocks-2~steps-{steps}"
LINK = "/training_lab?training_lab.seeds=1&training_lab.look=network&training_lab.recipes="

# Counts how often the first bar is given a share.
COUNT = """bar => {
  window.drawn = 0
  const share = bar.closest(".class").querySelector(".share")
  new MutationObserver(() => { window.drawn += 1 }).observe(share, {childList: true})
}"""


def units(page: Page, column: int) -> int:
    """How many units of a column are drawn."""
    return page.locator(f".pass .unit[data-column='{column}']").count()


def test_a_unit_marks_what_feeds_it_by_pointer_and_by_keys(open_page: OpenPage) -> None:
    page = open_page(LINK + RECIPE.format(steps=30))
    start(page)
    expect(page.get_by_text("finished")).to_be_visible(timeout=60_000)
    unit = page.get_by_role("option", name="conv2, map 3", exact=True)
    unit.hover()
    assert [units(page, column) for column in range(4)] == [1, 16, 16, 10]
    expect(page.locator(".pass .unit.feeds[data-column='1']")).to_have_count(16)
    expect(page.locator(".pass .slices canvas")).to_have_count(16)
    told = page.locator(".pass .told")
    expect(told).to_contain_text("fed most by conv1, map")
    unit.click()
    page.mouse.move(2, 2)
    expect(unit).to_have_attribute("aria-selected", "true")
    board = page.locator(".pass .board")
    board.focus()
    board.press("Escape")
    expect(page.locator(".pass .unit.feeds")).to_have_count(0)
    board.press("ArrowLeft")
    board.press("ArrowDown")
    expect(page.locator(".pass .unit[aria-selected=true]")).to_have_count(1)
    expect(page.locator(".pass .side .name")).to_have_text("conv1, map 6")
    page.get_by_role("button", name="One that it gets wrong").click()
    expect(told).to_contain_text("Taken for")


def test_it_is_drawn_anew_while_the_race_runs(open_page: OpenPage) -> None:
    page = open_page(LINK + RECIPE.format(steps=100_000))
    start(page)
    bars = page.locator(".pass .class .bar i")
    expect(bars).to_have_count(10)
    bars.first.evaluate(COUNT)
    page.wait_for_function("window.drawn >= 3", timeout=30_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
