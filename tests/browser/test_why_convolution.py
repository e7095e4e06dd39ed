"""The page on why to convolve in a real browser: point, drag, draw, train."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
import torch
from playwright.sync_api import Page, expect

from explainer.networks.digits.field import moved
from explainer.networks.digits.networks import DIGIT_NETWORKS, probabilities
from explainer.networks.digits.strokes import glyph_picture
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

ADDRESS = "/why_convolution?picture=chelsea"


def painted(page: Page) -> None:
    """Wait until the networks have answered and the counts are there."""
    expect(page.locator(".moving .says b").first).not_to_be_empty(timeout=60_000)
    expect(page.get_by_text("For your photo as it came")).to_be_visible(timeout=30_000)


def drag(page: Page, right: int, down: int) -> None:
    """Drag the digit by so many pixels of its field."""
    field = page.locator(".moving .field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    x, y, pixel = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 36
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * pixel, y + down * pixel, steps=4)
    page.mouse.up()


def test_what_the_networks_say_of_a_dragged_digit_is_pytorchs(open_page: OpenPage) -> None:
    page = open_page(ADDRESS + "&why_convolution.digit=9")
    painted(page)
    drag(page, 5, 1)
    expect(page.locator(".moving .place")).to_have_text("5 right, 1 down")
    expect(page).to_have_url(with_query("why_convolution.right=5"))
    picture = moved(glyph_picture(9), 1, 5)
    for place, entry in enumerate(DIGIT_NETWORKS):
        shares = probabilities(entry.slug, picture)[0]
        best = int(shares.argmax())
        says = page.locator(".moving .says").nth(place)
        expect(says.locator("b")).to_have_text(str(best))
        shown = float(says.inner_text().split()[-2])
        assert shown == pytest.approx(100 * float(torch.max(shares)), abs=0.11)
    page.locator(".moving .field").press("ArrowLeft")
    expect(page.locator(".moving .place")).to_have_text("4 right, 1 down")
    page.get_by_role("button", name="Back to the middle").click()
    expect(page.locator(".moving .place")).to_have_text("0 right, 0 down")


def test_only_the_convolution_keeps_its_weights(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    painted(page)
    output = page.locator(".links .out .grid")
    output.scroll_into_view_if_needed()
    notes = page.locator(".links .ways .note")
    output.locator("div").nth(9).hover()
    expect(notes.nth(0)).to_contain_text("64 weights, 577 to 640")
    expect(notes.nth(1)).to_contain_text("9 weights, 82 to 90")
    expect(notes.nth(2)).to_contain_text("9 weights, 1 to 9")
    output.press("ArrowRight")
    expect(notes.nth(0)).to_contain_text("64 weights, 641 to 704")
    expect(notes.nth(1)).to_contain_text("9 weights, 91 to 99")
    expect(notes.nth(2)).to_contain_text("9 weights, 1 to 9")


def test_a_digit_is_drawn_and_read(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    painted(page)
    page.get_by_role("button", name="Draw your own").click()
    board = page.locator(".drawing canvas")
    expect(board).to_be_visible()
    box = board.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.9 * box["height"], steps=12)
    page.mouse.up()
    expect(page.get_by_text("The curve follows 1")).to_be_visible()
    page.get_by_role("button", name="Wipe").click()
    expect(page.get_by_text("The curve follows")).to_have_count(0)


def test_small_pictures_are_enlarged_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(ADDRESS + "&why_convolution.tab=permuted", viewport="phone")
    picture = page.get_by_role("img", name="Six handwritten digits, their pixels as they are.")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 150
    assert box["width"] == pytest.approx(6 * box["height"], abs=1)


@pytest.mark.slow
def test_four_trainings_run_to_their_verdict(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    painted(page)
    page.get_by_role("tab", name="Permuted pixels").click()
    page.get_by_role("button", name="Train all four").click()
    expect(page.get_by_text("Training twelve networks")).to_be_visible()
    expect(page.get_by_text("Medians over the seeds")).to_be_visible(timeout=120_000)


@on_every_other_screen
def test_screenshot_of_why_convolution_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(ADDRESS, viewport=viewport, colour_scheme=scheme)
    painted(page)
    page.locator(".moving").scroll_into_view_if_needed()
    screenshot(page, named("why-convolution", viewport, scheme))
