"""The plane of two weights in a real browser: the ring is dragged, clicked, and moved by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage

WEIGHTS = "penalties.at="


def plane(page: Page) -> Locator:
    """The first plane, drawn."""
    plot = page.locator(".penalty .plot").first
    plot.locator(".found").wait_for(timeout=60_000)
    return plot


def ring(plot: Locator) -> tuple[float, float]:
    """Where the middle of the ring is on the page."""
    x, y = plot.evaluate(
        """plot => {
          const { x, y, width, height } = plot.querySelector(".handle .dot").getBoundingClientRect()
          return [x + width / 2, y + height / 2]
        }"""
    )
    return float(x), float(y)


def found(plot: Locator) -> tuple[str | None, str | None]:
    """Where the minimum is drawn."""
    disc = plot.locator(".found")
    return disc.get_attribute("cx"), disc.get_attribute("cy")


def test_the_minimum_follows_the_ring_while_it_is_held(open_page: OpenPage) -> None:
    page = open_page("/penalties?penalties.penalty=l2")
    plot = plane(page)
    x, y = ring(plot)
    before, address = found(plot), page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 40, steps=6)
    expect(plot.locator(".found")).not_to_have_attribute("cx", before[0] or "")
    assert page.url == address  # nothing ran yet but the live picture
    held = ring(plot)
    assert abs(held[0] - (x - 120)) < 6
    page.mouse.up()
    expect(page).to_have_url(re.compile(re.escape(WEIGHTS)))
    assert abs(ring(plot)[0] - held[0]) < 1
    page.get_by_role("button", name="Back to what the data say").click()
    expect(page).not_to_have_url(re.compile(re.escape(WEIGHTS)))
    expect(plot.locator(".found")).to_have_attribute("cx", before[0] or "")


def test_keys_move_the_ring_and_both_planes_have_it(open_page: OpenPage) -> None:
    page = open_page("/penalties")
    first = plane(page)
    second = page.locator(".penalty .plot").nth(1)
    x, y = ring(first)
    first.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile(re.escape(WEIGHTS)))
    assert ring(first)[0] < x
    assert ring(first)[1] > y + 10
    rings = [one.locator(".handle .dot").get_attribute("cx") for one in (first, second)]
    assert rings[0] == rings[1]


def test_a_click_on_a_telephone_moves_the_ring(open_page: OpenPage) -> None:
    page = open_page("/penalties?penalties.penalty=l1", viewport="phone", colour_scheme="dark")
    plot = plane(page)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.8 * box["height"])
    expect(page).to_have_url(re.compile(re.escape(WEIGHTS)))
    assert abs(ring(plot)[0] - (box["x"] + 0.3 * box["width"])) < 6


def test_both_charts_of_a_weight_follow_one_slider(open_page: OpenPage) -> None:
    page = open_page("/penalties?penalties.tab=force")
    charts = page.locator(".curves")
    for place in (0, 1):
        charts.nth(place).locator("path.line").first.wait_for(timeout=60_000)
    lines = [charts.nth(place).locator("path.line").last for place in (0, 1)]
    before, address = [line.get_attribute("d") or "" for line in lines], page.url
    page.locator(".st-key-penalties-force-sliders input[type=range][name=curvature]").evaluate(
        """slider => {
          slider.value = 1
          slider.dispatchEvent(new Event("input", { bubbles: true }))
        }"""
    )
    for line, was in zip(lines, before, strict=True):
        expect(line).not_to_have_attribute("d", was)
    assert page.url == address


@pytest.mark.parametrize(
    ("loss", "name", "strength"),
    [("least-squares", "strength", 1.2), ("logistic", "logistic_strength", 0.5)],
)
def test_the_minimum_follows_the_slider_of_lambda(
    open_page: OpenPage, loss: str, name: str, strength: float
) -> None:
    page = open_page(f"/penalties?penalties.penalty=l2&penalties.loss={loss}")
    plot = plane(page)
    before, address = found(plot), page.url
    slider = page.locator(f".st-key-penalties-sliders input[type=range][name={name}]")
    slider.evaluate(
        """(slider, value) => {
          slider.value = value
          slider.dispatchEvent(new Event("input", { bubbles: true }))
        }""",
        strength,
    )
    expect(plot.locator(".found")).not_to_have_attribute("cx", before[0] or "")
    assert page.url == address


def test_the_way_of_a_weight_is_played_paused_and_stepped(open_page: OpenPage) -> None:
    page = open_page("/penalties?penalties.tab=force")
    chart = page.locator(".curves", has=page.locator(".transport:not([hidden])"))
    line = chart.locator("path.line").last
    line.wait_for(timeout=60_000)
    whole = line.get_attribute("d") or ""
    chart.get_by_role("button", name="Play").click()
    expect(line).not_to_have_attribute("d", whole)
    expect(line).to_have_attribute("d", re.compile("^M[^L]*(L[^L]*){5,40}$"))
    chart.get_by_role("button", name="Pause").click()
    held = line.get_attribute("d") or ""
    assert whole.startswith(held)
    chart.get_by_role("button", name="One step").click()
    longer = line.get_attribute("d") or ""
    assert longer.startswith(held)
    assert longer.count("L") == held.count("L") + 1
    chart.locator(".stack").press("End")
    expect(line).to_have_attribute("d", whole)


def test_a_telephone_folds_prose_but_nothing_bold_in_it_and_no_result(open_page: OpenPage) -> None:
    page = open_page("/penalties", viewport="phone")
    prose = '[class*="st-key-prose-"]'
    page.get_by_text("Weight decay and L2.").wait_for()
    folded = page.locator('[data-testid="stMarkdownContainer"] > :is(p, ul)').evaluate_all(
        """(blocks, prose) => blocks.filter(one => one.scrollHeight > one.clientHeight + 2)
          .map(one => [one.closest(prose) !== null, [...one.querySelectorAll("strong")].some(
            bold => bold.getBoundingClientRect().bottom > one.getBoundingClientRect().bottom + 2
          )])""",
        prose,
    )
    assert folded
    assert all(is_prose and not hides_bold for is_prose, hides_bold in folded)
    whole = page.locator('[data-testid="stMarkdown"]').filter(has_text="back and forth over zero")
    expect(whole.locator("p").last).to_contain_text("one line")
    assert not whole.locator("p, [data-testid]").evaluate_all(
        "all => all.some(one => one.scrollHeight > one.clientHeight + 2)"
    )
    first = page.locator(f"{prose} p").filter(has_text="What to notice.").first
    assert first.evaluate("one => one.scrollHeight > one.clientHeight + 2")
    first.click()
    assert first.evaluate("one => one.scrollHeight <= one.clientHeight + 2")
