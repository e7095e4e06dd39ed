"""Each page through its main act with the keyboard alone; what has the focus shows and keeps it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ElementHandle, FloatRect, Page, expect

from tests.browser.conftest import OpenPage

MOST_TABS = 150
BODY = "BODY"
# The element that has the focus, within components too.
INNERMOST = """() => {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one
}"""
# Its name, without the icon that Streamlit writes as a word before it.
NAME = """one => {
  const words = node => {
    const copy = node.cloneNode(true)
    copy.querySelectorAll("[data-testid=stIconMaterial]").forEach(icon => icon.remove())
    return copy.textContent.trim()
  }
  const label = one.labels?.length ? words(one.labels[0]) : ""
  if (one === document.body) return "BODY"
  return one.getAttribute("aria-label") || label || words(one) || one.tagName
}"""
AROUND = 8  # pixels beside an element where a ring may be


def focus(page: Page) -> ElementHandle:
    """What has the focus."""
    found = page.evaluate_handle(INNERMOST).as_element()
    assert found, "nothing has the focus"
    return found


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(focus(page).evaluate(NAME))


def shows_focus(page: Page) -> bool:
    """Whether what has the focus looks otherwise than without it."""
    one = focus(page)
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box, "what has the focus cannot be seen"
    clip = FloatRect(
        x=max(box["x"] - AROUND, 0), y=max(box["y"] - AROUND, 0),
        width=box["width"] + 2 * AROUND, height=box["height"] + 2 * AROUND,
    )  # fmt: skip
    on = page.screenshot(clip=clip)
    one.evaluate("one => one.blur()")
    off = page.screenshot(clip=clip)
    one.focus()
    return on != off


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus has a name that begins so; and it shows that it has it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            assert shows_focus(page), f"{name} does not show its focus"
            return
    pytest.fail(f"no way by Tab to {name!r}")


def test_a_graph_is_walked_and_no_button_loses_the_focus(open_page: OpenPage) -> None:
    page = open_page("/gradient_check")
    expect(page.locator(".walk .heading")).not_to_be_empty()
    tab_to(page, "One step forward")
    page.keyboard.press("Enter")
    expect(page.locator(".walk .step")).to_contain_text("Step 1 of")
    tab_to(page, "All the way to the end")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert focused(page) == "All the way to the end"
    tab_to(page, "A graph that computes")
    assert page.locator(".stage").get_attribute("role") == "application"
    page.keyboard.press("Home")
    expect(page.locator(".walk .step")).to_contain_text("Step 0 of")


@pytest.mark.slow
def test_an_invitation_is_taken(open_page: OpenPage) -> None:
    page = open_page("/")
    tab_to(page, "1. Filters")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/filters"))


@pytest.mark.slow
def test_a_pixel_of_a_filter_is_read_and_its_weights_are_edited(open_page: OpenPage) -> None:
    page = open_page("/filters")
    page.locator(".result[data-outputs]").wait_for()
    tab_to(page, "Edit these weights")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Weight 1, 1")).to_be_visible()
    page.wait_for_timeout(1500)
    assert focused(page) != BODY
    tab_to(page, "Weight 1, 1")
    page.keyboard.type("3")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Weight 2, 1"
    overlay = page.locator('.pane[data-pane="output"] .overlay')
    tab_to(page, str(overlay.get_attribute("aria-label")))
    before = page.locator(".lens .said").inner_text()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".lens .said")).not_to_have_text(before)
    expect(page.locator(".lens .said")).to_contain_text("row")


@pytest.mark.slow
def test_a_digit_is_moved_and_another_is_drawn(open_page: OpenPage) -> None:
    page = open_page("/why_convolution?why_convolution.tab=moved")
    tab_to(page, "A digit in its field")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".moving .said")).not_to_be_empty()
    tab_to(page, "Draw your own")
    page.keyboard.press("Enter")
    tab_to(page, "A board to draw a digit on")
    page.keyboard.press("Enter")
    expect(page.locator(".drawing .said")).to_have_text(
        "Pen down, 50% from the left, 50% from the top"
    )
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".drawing .said")).to_have_text(
        "Pen up, 50% from the left, 70% from the top"
    )
    tab_to(page, "Permute the pixels")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    assert focused(page) == "Draw your own"


@pytest.mark.slow
def test_a_map_is_chosen(open_page: OpenPage) -> None:
    page = open_page("/feature_maps")
    tiles = page.locator(".tiles")
    expect(tiles.locator("[role=option]").first).to_be_attached(timeout=60_000)
    tab_to(page, str(tiles.get_attribute("aria-label")))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(tiles.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")


@pytest.mark.slow
def test_curves_are_read_and_an_x_is_pinned(open_page: OpenPage) -> None:
    page = open_page("/activations")
    stack = page.locator(".curves .stack")
    expect(stack).to_have_attribute("aria-valuetext", re.compile("."))
    before = str(stack.get_attribute("aria-valuetext"))
    tab_to(page, str(stack.get_attribute("aria-label")))
    page.keyboard.press("ArrowRight")
    expect(stack).not_to_have_attribute("aria-valuetext", before)


@pytest.mark.slow
def test_a_race_is_begun_by_one_step_and_by_the_next(open_page: OpenPage) -> None:
    page = open_page("/training_lab")
    tab_to(page, "One step")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Step 1 of"))).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="One step")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Step 2 of"))).to_be_visible(timeout=60_000)


@pytest.mark.slow
def test_a_patch_is_moved_and_a_map_is_judged(open_page: OpenPage) -> None:
    page = open_page("/attribution?picture=chelsea")
    expect(page.get_by_role("button", name="Score-CAM")).to_be_visible(timeout=90_000)
    tab_to(page, "Cover a patch")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    assert focused(page).startswith("A patch over the photo")
    assert shows_focus(page)
    said = page.locator(".attribution .answer")
    before = said.inner_text()
    page.keyboard.press("ArrowUp")
    expect(said).not_to_have_text(before)
    tab_to(page, "Occlusion")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Occlusion: map of the picture.")).to_be_visible()
    assert focused(page) == "Occlusion"
    tab_to(page, "Judge this map")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Occlusion here passes")).to_be_visible(timeout=60_000)
    assert focused(page) != BODY


@pytest.mark.slow
def test_a_story_of_depth_is_chosen_and_one_layer_is_opened(open_page: OpenPage) -> None:
    page = open_page("/depth")
    tab_to(page, "Begin with")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    page.keyboard.type("rescues")
    page.keyboard.press("Enter")
    expect(page.locator("table.figures")).to_contain_text("Sigmoid, Xavier, batch norm")
    page.wait_for_timeout(1500)
    assert focused(page) == "Begin with"
    tab_to(page, "Hidden layers")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"depth\.layers=21"))
    tab_to(page, "One layer, written out")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] .katex").first).to_be_visible()
    assert focused(page) == "One layer, written out"


@pytest.mark.slow
def test_a_survey_is_stopped_and_read(open_page: OpenPage) -> None:
    page = open_page("/landscape?landscape.preset=own&landscape.layers=20&landscape.steps=50")
    surface = page.locator(".planes .surface").first
    surface.wait_for(timeout=90_000)
    tab_to(page, "Stop")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Stopped at [0-9,]+ points"))).to_be_visible()
    page.wait_for_timeout(1500)
    assert focused(page) == "Go on"
    tab_to(page, str(surface.get_attribute("aria-label")))
    page.keyboard.press("ArrowRight")
    readout = page.locator(".planes .readout")
    expect(readout).to_contain_text("x = ")
    before = readout.inner_text()
    page.keyboard.press("ArrowRight")
    expect(readout).not_to_have_text(before)


@pytest.mark.slow
def test_colours_that_mean_something_stay_where_colours_are_forced(open_page: OpenPage) -> None:
    page = open_page("/gradient_check")
    colour = "one => getComputedStyle(one, '::before').backgroundColor"
    key = page.locator(".walk .legend .key").first
    before = key.evaluate(colour)
    page.emulate_media(forced_colors="active")
    assert key.evaluate(colour) == before
    now = page.locator(".node.now")
    page.get_by_role("button", name="One step forward").click()
    assert now.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
