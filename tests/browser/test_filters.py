"""The Filters page as a visitor meets it: first visit, link, upload, drag, microscope."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from explainer.convolution.application import Application
from explainer.convolution.arithmetic import window_at
from explainer.convolution.kernels import weights
from explainer.images.gallery import gallery_picture
from tests.browser.conftest import OpenPage, on_every_other_screen

PAINTED_OUTPUT = '.pane[data-pane="output"] canvas.pixels[data-painted]'


def wait_for_lens(page: Page) -> Locator:
    """The painted answer, with the microscope's first numbers in place."""
    page.locator(PAINTED_OUTPUT).wait_for(timeout=60_000)
    page.locator(".result[data-outputs]").wait_for(timeout=60_000)
    return page.locator(PAINTED_OUTPUT)


def with_query(text: str) -> re.Pattern[str]:
    """Any address that has `text` in it."""
    return re.compile(re.escape(text))


def pixels_of(canvas: Locator) -> bytes:
    """What a canvas shows, as one string of bytes."""
    return str(canvas.evaluate("canvas => canvas.toDataURL()")).encode()


def microscope(page: Page) -> tuple[int, int, list[float], list[float]]:
    """Row, column, sums and outputs as the microscope shows them."""
    result = page.locator(".result")
    values = [result.get_attribute(f"data-{name}") for name in ("row", "column", "sums", "outputs")]
    row, column, sums, outputs = (json.loads(value or "null") for value in values)
    return row, column, sums, outputs


def point_at(page: Page, pane: str, across: float, down: float) -> None:
    """Move the pointer to a place of a pane, in parts of its width and height."""
    overlay = page.locator(f'.pane[data-pane="{pane}"] canvas.overlay')
    overlay.scroll_into_view_if_needed()
    box = overlay.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_the_first_request_of_a_fresh_server_can_be_a_deep_link(
    open_page: OpenPage, fresh_server: Callable[[], str]
) -> None:
    page = open_page("/filters?filters.kernel=Laplacian&picture=coins", url=fresh_server())
    wait_for_lens(page)
    expect(page.get_by_role("link", name="Filters")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What can nine numbers see in a photo?"
    )


@pytest.mark.parametrize("pane", ["input", "output"])
@pytest.mark.parametrize(
    ("query", "kernel", "application"),
    [
        ("filters.kernel=Sobel+x", "sobel-x", Application(channels="grey")),
        (
            "filters.kernel=Emboss&filters.padding=Wrap&filters.operation=Convolution"
            "&filters.channels=Summed&filters.bias=-0.25",
            "emboss",
            Application(bias=-0.25, padding="wrap", channels="summed", flip=True),
        ),
        (
            "filters.kernel=Box+blur&filters.padding=Zero&filters.stride=3&filters.dilation=2",
            "box",
            Application(stride=3, dilation=2, padding="zero"),
        ),
        (
            "filters.kernel=Shift&filters.padding=None&filters.channels=Each+colour",
            "shift",
            Application(padding="none"),
        ),
        (
            "filters.kernel=Gaussian+blur&filters.padding=Replicate",
            "gaussian",
            Application(padding="replicate"),
        ),
    ],
    ids=["sobel", "convolution", "strided", "valid", "blur"],
)
def test_the_microscope_shows_numpys_numbers(
    open_page: OpenPage, query: str, kernel: str, application: Application, pane: str
) -> None:
    page = open_page(f"/filters?picture=coffee&{query}")
    wait_for_lens(page)
    for across, down in [(0.001, 0.001), (0.5, 0.4), (0.73, 0.9), (0.999, 0.999)]:
        point_at(page, pane, across, down)
        row, column, sums, outputs = microscope(page)
        expected = window_at(
            gallery_picture("coffee").pixels, weights(kernel), application, row, column
        )
        np.testing.assert_allclose(sums, expected.sums, atol=2e-6)
        np.testing.assert_allclose(outputs, expected.output, atol=2e-6)


def test_the_arrow_keys_move_the_window_and_enter_pins_it(open_page: OpenPage) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    page.locator('.pane[data-pane="output"] canvas.overlay').focus()
    row, column, *_ = microscope(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowLeft")
    assert microscope(page)[:2] == (row - 1, column - 10)
    page.keyboard.press("Enter")
    expect(page).to_have_url(with_query(f"filters.pixel={row - 1}%2C{column - 10}"))
    point_at(page, "output", 0.9, 0.9)
    assert microscope(page)[:2] == (row - 1, column - 10)


def test_a_link_has_the_pictures_one_over_the_other_where_they_were_divided(
    open_page: OpenPage, server: str
) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    page.get_by_role("button", name="Before and after").click()
    expect(page).to_have_url(with_query("filters.layout=50"))
    page.get_by_role("slider", name="Where the picture before ends").press("End")
    expect(page).to_have_url(with_query("filters.layout=100"))
    theirs = open_page(page.url.removeprefix(server))
    wait_for_lens(theirs)
    expect(theirs.locator(".lens")).to_have_attribute("data-layout", "wipe")
    assert "--wipe: 100%" in (theirs.locator(".lens").get_attribute("style") or "")
    page.get_by_role("button", name="Side by side").click()
    expect(page).to_have_url(with_query("filters.layout=side"))
    narrow = open_page(page.url.removeprefix(server), viewport="phone")
    wait_for_lens(narrow)
    expect(narrow.locator(".lens")).to_have_attribute("data-layout", "side")


def test_a_slider_drag_moves_the_picture_before_the_hand_lets_go(open_page: OpenPage) -> None:
    page = open_page("/filters?filters.kernel=Gaussian+blur&picture=astronaut")
    canvas = wait_for_lens(page)
    before = pixels_of(canvas)
    slider = page.locator('input[type="range"][name="sigma"]')
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=10)
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[canvas.element_handle(), before.decode()],
    )
    assert "filters.sigma" not in page.url
    page.mouse.up()
    expect(page).to_have_url(with_query("filters.sigma="))


def test_a_drag_is_answered_again_after_a_fetch_that_failed(open_page: OpenPage) -> None:
    page = open_page("/filters?filters.kernel=Gaussian+blur&picture=astronaut")
    wait_for_lens(page)
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=200, content_type="text/html", body="Please sign in")
        else:
            route.continue_()

    page.route("**/live/**", fail_once)
    box = page.locator('input[type="range"][name="sigma"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    with page.expect_response(is_picture_answer):
        for place in range(3, 10):  # through the pause and past it
            page.mouse.move(box["x"] + 0.1 * place * box["width"], box["y"] + box["height"] / 2)
            page.wait_for_timeout(250)
    page.mouse.up()
    assert len(asked) > 1


def is_picture_answer(answer: Response) -> bool:
    """Whether the route of the live pictures has drawn one."""
    return "/live/" in answer.url and answer.headers["content-type"] == "application/octet-stream"


def test_a_jpeg_is_uploaded_filtered_and_downloaded_at_its_own_size(
    open_page: OpenPage, tmp_path: Path
) -> None:
    codes = cv2.resize(gallery_picture("coffee").codes, (3000, 2000))
    path = tmp_path / "large photo.jpg"
    cv2.imwrite(str(path), codes[..., ::-1])
    page = open_page("/filters")
    wait_for_lens(page)
    page.get_by_role("button", name="Choose a picture").click()
    page.locator('input[type="file"]').set_input_files(path)
    expect(page.get_by_text("large photo").first).to_be_visible()
    expect(page.get_by_text("3000 × 2000").first).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Download the output (3000 × 2000)").click()
    result = cv2.imread(str(download.value.path()))
    assert result is not None
    assert result.shape == (2000, 3000, 3)


def test_a_broken_upload_is_said_in_one_sentence_and_loses_nothing(
    open_page: OpenPage, tmp_path: Path
) -> None:
    path = tmp_path / "notes.png"
    path.write_text("these are notes and no picture")
    page = open_page("/filters?picture=coins")
    canvas = wait_for_lens(page)
    before = pixels_of(canvas)
    page.get_by_role("button", name="Choose a picture").click()
    page.locator('input[type="file"]').set_input_files(path)
    alert = page.get_by_test_id("stAlertContentError")
    expect(alert).to_have_count(2)  # in the open chooser, and on the page
    for one in alert.all():
        expect(one).to_contain_text("notes.png: This file is not a picture that can be read here")
    assert pixels_of(page.locator(PAINTED_OUTPUT)) == before


def test_a_gallery_picture_is_chosen_and_named_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    page.get_by_role("button", name="Choose a picture").click()
    page.locator('button[data-slug="zone-plate"]').click()
    expect(page).to_have_url(with_query("picture=zone-plate"))
    expect(page.locator('.pane[data-pane="input"] .caption')).to_contain_text("256 × 256")


def test_ones_own_kernel_is_typed_and_travels_in_the_link(open_page: OpenPage) -> None:
    page = open_page("/filters?picture=coins")
    wait_for_lens(page)
    page.get_by_role("button", name="Edit these weights").click()
    cell = page.get_by_label("Weight 2, 2")
    cell.fill("1/4")
    cell.press("Tab")
    expect(page).to_have_url(with_query("filters.weights=-1%2C0%2C1_-2%2C0.25%2C2_-1"))
    cell = page.get_by_label("Weight 1, 1")
    cell.fill("one")
    expect(page.get_by_text("one is no number from −1000 to 1000")).to_be_visible()
    link = page.url
    other = open_page(link[link.index("/filters") :])
    wait_for_lens(other)
    expect(other.get_by_label("Weight 2, 2")).to_have_value("0.25")


def test_before_and_after_are_wiped_over_one_another(open_page: OpenPage) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    page.get_by_role("button", name="Before and after").click()
    page.locator("input.wipe").fill("20")
    clip = page.locator(PAINTED_OUTPUT).evaluate("c => getComputedStyle(c).clipPath")
    assert "20%" in clip


@on_every_other_screen
def test_screenshot_of_filters_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: str,
    scheme: str,
) -> None:
    page = open_page(
        "/filters?picture=astronaut",
        viewport=viewport,  # type: ignore[arg-type]
        colour_scheme=scheme,  # type: ignore[arg-type]
    )
    wait_for_lens(page)
    assert screenshot(page, named("filters", viewport, scheme)).stat().st_size > 20_000


def named(page: str, viewport: str, colour_scheme: str) -> str:
    """What a screenshot is called; the desktop in light, which the README shows, by page alone."""
    plain = (viewport, colour_scheme) == ("desktop", "light")
    return page if plain else f"{page}-{viewport}-{colour_scheme}"
