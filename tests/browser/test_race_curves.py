"""The curves of a race in a browser: read, picked out, kept as files, and alive behind a proxy."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Literal

import cv2
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_training_lab import LONG, SHORT, start, step_of, wait_for_step
from tests.browser.test_training_lab_story import saved

PLOT, LINES = ".plot", "path.line"


def finished(page: Page) -> Locator:
    """The plots of a race that has run to its end."""
    start(page)
    expect(page.get_by_text("· finished")).to_be_visible(timeout=60_000)
    plots = page.locator(PLOT)
    expect(plots).to_have_count(2)
    return plots


@pytest.fixture(scope="module")
def raced(open_shared_page: OpenPage) -> Page:
    """A race that has run to its end, for all tests that read its curves."""
    page = open_shared_page(SHORT)
    finished(page)
    return page


def point(page: Page, plot: Locator, across: float) -> Locator:
    """Put the mouse there, 0 the left of the plot and 1 its right; what is read."""
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + across * box["width"], box["y"] + 0.4 * box["height"])
    readout = page.locator(".readout:visible")
    expect(readout).to_have_count(1)
    return readout


def kept(page: Page, chart: int, words: str, folder: Path) -> Path:
    """The file that the menu of a chart gives."""
    page.locator(".menu summary").nth(chart).click()
    return saved(page, words, folder)


def test_the_numbers_at_the_pointer_are_those_of_the_table(raced: Page) -> None:
    plots = raced.locator(PLOT)
    readout = point(raced, plots.nth(1), 0.95)
    expect(readout.locator("th").first).to_have_text("step 120")
    expect(raced.locator(".pointed")).to_have_count(2)  # the other chart points along
    for row, name in enumerate(("Plain", "Dropout")):
        cells = readout.locator("tr").nth(row + 1).locator("td")
        expect(cells.first).to_have_text(name)
        table = raced.locator("table.race tbody tr").nth(row).locator("td")
        for read, shown in ((1, 2), (2, 3)):  # validation, training
            value = float(cells.nth(read).inner_text().split()[0])
            words = table.nth(shown).inner_text()
            assert value == pytest.approx(float(words.split()[0]), abs=0.06), words
    raced.mouse.move(5, 5)
    expect(raced.locator(".readout:visible")).to_have_count(0)


def test_arrow_keys_read_step_by_step(raced: Page) -> None:
    plot = raced.locator(PLOT).first
    plot.press("Home")
    expect(plot).to_have_attribute("aria-valuenow", "0")
    plot.press("ArrowRight")
    assert int(plot.get_attribute("aria-valuenow") or 0) > 0
    plot.press("End")
    expect(plot).to_have_attribute("aria-valuenow", "120")
    said = plot.get_attribute("aria-valuetext") or ""
    assert re.search(r"step 120\. Plain, validation: [\d.]+", said), said
    plot.press("Escape")
    expect(raced.locator(".readout:visible")).to_have_count(0)


def test_a_recipe_that_is_picked_out_leaves_the_others_faint(raced: Page) -> None:
    plots = raced.locator(PLOT)
    raced.get_by_role("button", name="Dropout", exact=True).first.click()
    raced.mouse.move(5, 5)
    faint = plots.first.locator(f"{LINES}.faint")
    expect(faint).to_have_count(2)  # validation and training of the other one
    assert {one.get_attribute("data-recipe") for one in faint.all()} == {"0"}
    readout = point(raced, plots.first, 0.6)
    expect(readout).to_contain_text("Dropout")
    expect(readout).not_to_contain_text("Plain")
    raced.get_by_role("button", name="Dropout", exact=True).first.click()
    raced.mouse.move(5, 5)
    expect(raced.locator(".faint")).to_have_count(0)


def test_a_chart_is_kept_as_svg_and_as_png(raced: Page, tmp_path: Path) -> None:
    drawn = ET.parse(kept(raced, 0, "Save as SVG", tmp_path)).getroot()
    texts = ["".join(node.itertext()) for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Plain", "Dropout", "validation", "training", "step"} <= set(texts)
    lines = [
        node
        for node in drawn.iter("{http://www.w3.org/2000/svg}path")
        if node.get("class") == "line"
    ]
    assert len(lines) == 4
    assert all(node.get("stroke", "").startswith("rgb(") for node in lines)
    path = kept(raced, 1, "Save as PNG", tmp_path)
    assert path.name == "accuracy.png"
    picture = cv2.imread(str(path))
    assert picture is not None
    assert picture.shape[1] > 500
    assert picture.std() > 5
    assert picture[2, 2].tolist() == [255, 255, 255]


def test_one_chart_fills_the_screen_with_the_names_beside_it(raced: Page) -> None:
    plots = raced.locator(PLOT)
    raced.locator(".menu summary").nth(1).click()
    raced.locator(".menu[open]").get_by_role("button", name="Full screen").click()
    expect(plots.first).to_be_hidden()
    expect(raced.get_by_role("button", name="Dropout", exact=True).first).to_be_visible()
    box = plots.nth(1).bounding_box()
    assert box
    assert box["height"] > 500
    assert box["width"] > 1200
    raced.evaluate("document.exitFullscreen()")
    expect(plots.first).to_be_visible()


@pytest.mark.slow
def test_behind_a_proxy_that_answers_for_itself_the_race_is_shown_all_the_same(
    open_page: OpenPage,
) -> None:
    page = open_page(LONG)
    asked = []

    def answer(route: object) -> None:
        asked.append(route)
        route.fulfill(status=200, body="<html>Please sign in</html>")  # type: ignore[attr-defined]

    page.route("**/live/**", answer)
    start(page)
    wait_for_step(page, 20)
    page.wait_for_timeout(4500)
    here, count = step_of(page), len(asked)
    assert count == 3
    wait_for_step(page, here + 20)
    assert len(asked) == count  # it does not go on asking in vain
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("· paused")).to_be_visible()


def test_a_tab_that_is_not_seen_asks_nothing(open_page: OpenPage) -> None:
    page = open_page(LONG)
    start(page)
    wait_for_step(page, 20)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/live/" in one.url else None)
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
      document.dispatchEvent(new Event("visibilitychange"))
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(600)
    asked.clear()
    page.wait_for_timeout(1200)
    assert asked == []
    page.evaluate(hide, False)
    here = step_of(page)
    wait_for_step(page, here + 5)
    assert asked


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param("desktop", "dark", marks=pytest.mark.slow),
        pytest.param("phone", "light", marks=pytest.mark.slow),
    ],
)
def test_the_readout_stays_on_the_screen(
    open_page: OpenPage, viewport: Literal["desktop", "phone"], scheme: Literal["light", "dark"]
) -> None:
    page = open_page(SHORT, viewport=viewport, colour_scheme=scheme)
    plots = finished(page)
    width = page.evaluate("window.innerWidth")
    for across in (0.2, 0.55, 0.95):
        box = point(page, plots.first, across).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
