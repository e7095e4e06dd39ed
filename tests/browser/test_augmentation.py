"""The wall of samples in a real browser: its steps in order, out and in; samples; sliders."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage

PICTURE = "canvas => canvas.toDataURL()"


def wall(page: Page) -> Locator:
    """The wall, painted."""
    found = page.locator(".wall")
    found.locator(".tile").nth(11).wait_for(timeout=60_000)
    return found


def steps(page: Page) -> list[str | None]:
    """The chips from left to right."""
    chips = page.locator(".wall .chip").all()
    places = [(chip.bounding_box() or {"x": 0})["x"] for chip in chips]
    names = [chip.get_attribute("data-slug") for chip in chips]
    return [name for __, name in sorted(zip(places, names, strict=True))]


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider without letting it go."""
    page.locator(f".st-key-augmentation-wall-sliders input[type=range][name={name}]").evaluate(
        """(slider, value) => {
          slider.value = value
          slider.dispatchEvent(new Event("input", { bubbles: true }))
        }""",
        value,
    )


def test_the_whole_wall_follows_a_slider_and_the_draws_stay(open_page: OpenPage) -> None:
    page = open_page("/augmentation")
    shown, address = wall(page), page.url
    tile = shown.locator(".tile canvas").nth(3)
    before, told = tile.evaluate(PICTURE), shown.locator(".told").text_content() or ""
    slide(page, "degrees", 90)
    expect(shown.locator(".told")).not_to_have_text(told)
    assert tile.evaluate(PICTURE) != before
    assert page.url == address
    slide(page, "degrees", 15)
    expect(shown.locator(".told")).to_have_text(told)


def test_a_chip_is_moved_by_hand_and_by_keys_taken_out_and_added(open_page: OpenPage) -> None:
    page = open_page("/augmentation")
    shown = wall(page)
    assert steps(page) == ["horizontal_flip", "rotation", "brightness"]
    first = shown.locator("[data-slug=horizontal_flip] .name").bounding_box()
    last = shown.locator("[data-slug=brightness]").bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 10, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 0.8 * last["width"], last["y"] + 10, steps=12)
    page.mouse.up()
    expect(page).to_have_url(re.compile("augmentation.steps=rotation"))
    assert steps(page) == ["rotation", "brightness", "horizontal_flip"]
    shown.locator("[data-slug=horizontal_flip] .name").press("ArrowLeft")
    expect(page).to_have_url(re.compile("steps=rotation[^~]*~horizontal_flip"))
    shown.locator("[data-slug=rotation] .name").press("Delete")
    expect(shown.locator("[data-slug=rotation]")).to_have_count(0)
    expect(page).to_have_url(re.compile("steps=horizontal_flip"))
    shown.locator(".add").select_option("cutmix")
    expect(page).to_have_url(re.compile("cutmix"))
    expect(page.get_by_label("Second picture")).to_be_visible()


def test_a_sample_is_large_when_it_is_chosen_on_a_telephone_too(open_page: OpenPage) -> None:
    page = open_page("/augmentation", viewport="phone", colour_scheme="dark")
    shown = wall(page)
    shown.locator(".tile").nth(5).click()
    expect(shown.locator(".which")).to_have_text("Sample 5")
    expect(page).to_have_url(re.compile(r"augmentation\.tile=5"))


def test_the_turned_digit_follows_its_slider(open_page: OpenPage) -> None:
    page = open_page("/augmentation")
    wall(page)
    digit = page.locator(".tiles figure canvas").first
    digit.wait_for(timeout=60_000)
    before, address = digit.evaluate(PICTURE), page.url
    page.locator("input[type=range][name=angle]").first.evaluate(
        """slider => {
          slider.value = 90
          slider.dispatchEvent(new Event("input", { bubbles: true }))
        }"""
    )
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[digit.element_handle(), before],
    )
    assert page.url == address
