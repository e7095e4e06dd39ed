"""What is uploaded and refused is said where it is seen: in the open chooser, and on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, on_every_screen
from tests.browser.test_filters import named, wait_for_lens

# Whether nothing lies over any corner or the middle of an element that is inside the window.
SEEN = """node => {
  const box = node.getBoundingClientRect()
  const points = [[.05, .2], [.95, .2], [.5, .5], [.05, .8], [.95, .8]]
  return points.every(([across, down]) => {
    const top = document.elementFromPoint(box.x + across * box.width, box.y + down * box.height)
    return top !== null && node.contains(top)
  })
}"""
LARGE = 21 * 1024**2
LARGER = 70 * 1024**2  # past what the server takes at all


def files(folder: Path) -> dict[str, Path]:
    """Some that no bound of the uploader lets through, and some that only the app can judge."""
    photo = cv2.imencode(".jpg", np.full((60, 80, 3), 90, np.uint8))[1].tobytes()
    contents = {
        "photo.jfif": photo,
        "photo": photo,
        "IMG_1.HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400),
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "large.tif": bytes(LARGE),
        "larger.psd": bytes(LARGER),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def chooser(page: Page) -> Locator:
    """The chooser, opened."""
    page.get_by_role("button", name="Choose a picture").click()
    return page.get_by_test_id("stPopoverBody")


def upload(page: Page, path: Path) -> None:
    page.locator(".st-key-picture-upload input[type=file]").set_input_files(path)


def seen(alert: Locator) -> bool:
    """Whether all of it is in sight, once the page has come to rest."""
    expect(alert).to_be_visible()
    alert.page.wait_for_timeout(300)
    return bool(alert.evaluate(SEEN))


@on_every_screen
def test_a_refusal_is_seen_in_the_chooser_and_on_the_page(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    tmp_path: Path,
    viewport: str,
    scheme: str,
) -> None:
    page = open_page("/filters", viewport=viewport, colour_scheme=scheme)  # type: ignore[arg-type]
    wait_for_lens(page)
    body = chooser(page)
    expected = {
        "drawing.svg": "drawing.svg: This is an SVG drawing, which cannot be read here",
        "large.tif": "large.tif: This file has 21.0 MB; the limit is 20 MB.",
        "IMG_1.HEIC": "IMG_1.HEIC: This ",
        "larger.psd": "larger.psd: This file has 70.0 MB; the limit is 20 MB.",
    }
    paths = files(tmp_path)
    for name, words in expected.items():
        upload(page, paths[name])
        alert = body.get_by_test_id("stAlertContentError")
        expect(alert).to_contain_text(words)
        screenshot(page, named("chooser-refused", viewport, scheme))
        assert seen(alert), name
    page.keyboard.press("Escape")
    expect(body).to_have_count(0)
    alert = page.get_by_test_id("stAlertContentError")
    expect(alert).to_contain_text(expected["larger.psd"])
    assert seen(alert)
    screenshot(page, named("page-refused", viewport, scheme))


def test_a_refusal_ends_where_the_file_is_taken_back(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    body, paths = chooser(page), files(tmp_path)
    for name in ("drawing.svg", "large.tif"):
        upload(page, paths[name])
        expect(body.get_by_test_id("stAlertContentError")).to_contain_text(name)
        body.get_by_test_id("stFileChipDeleteBtn").last.click()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


@pytest.mark.parametrize("name", [pytest.param("photo.jfif", marks=pytest.mark.slow), "photo"])
def test_a_photo_of_any_name_is_taken(open_page: OpenPage, tmp_path: Path, name: str) -> None:
    page = open_page("/filters")
    wait_for_lens(page)
    chooser(page)
    upload(page, files(tmp_path)[name])
    expect(page.get_by_text("80 × 60 pixels").first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
