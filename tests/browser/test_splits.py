"""The contest and the folds in a real browser: models submitted, the robot dragged, a fold read."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_models_are_submitted_the_robot_climbs_under_the_hand_and_the_truth_is_shown(
    open_page: OpenPage,
) -> None:
    page = open_page("/splits")
    told = page.locator(".board .told").first
    expect(told).to_contain_text("The robot knows nothing", timeout=60_000)
    page.get_by_role("button", name="Submit the model").click()
    page.get_by_role("button", name="100 guessers").click()
    expect(told).to_contain_text("Of 101 submissions")
    expect(page).to_have_url(re.compile(r"splits\.board\.list=k\d%2Cg100"))
    before, address = told.inner_text(), page.url
    looks = page.locator("input[name=looks][type=range]")
    looks.evaluate(
        "one => { one.value = 900; one.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    expect(told).not_to_have_text(before)
    expect(told).to_contain_text("900 looks")
    assert page.url == address  # nothing ran yet but the live picture
    looks.dispatch_event("change")
    expect(page).to_have_url(re.compile("looks=900"))
    field = page.get_by_label("the robot's looks, exact value")
    expect(field).to_have_value("900")
    field.press("ArrowUp")
    expect(field).to_have_value("901")
    expect(page).to_have_url(re.compile("looks=901"))
    page.get_by_text("Show the truth").click()
    expect(told).to_contain_text("hidden digits")
    expect(told).to_contain_text("a fall of")


def test_a_fold_is_read_by_the_arrow_keys_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/splits?splits.tab=folds", viewport="phone", colour_scheme="dark")
    stage = page.locator(".folds .stage").first
    stage.wait_for(timeout=60_000)
    readout = page.locator(".folds .readout").first
    stage.focus()
    page.keyboard.press("Home")
    first = readout.inner_text()
    page.keyboard.press("ArrowRight")
    expect(readout).not_to_have_text(first)
    expect(readout).to_contain_text("2")
