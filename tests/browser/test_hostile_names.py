"""Names that a visitor gives are shown letter by letter: no Markdown, no HTML, no link."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import quote

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explainer.training.recipe.recipe import Network, Recipe, Training, to_text
from tests.browser.conftest import OpenPage

HTML = "**b** $5$ <img src=x onerror=boom()>"
MARKDOWN = "[a](javascript:b) :red[x] :smile: ~~s~~"
CLASSES = ("**c** $5$ <img src=x onerror=boom()>", "[d](javascript:b) :red[x] _e_")
SMALL = Network(channels=4)


def hostile_zip() -> bytes:
    """Two classes of noise whose names are hostile, and a file to be skipped."""
    packed, numbers = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(packed, "w") as archive:
        for name in CLASSES:
            for number in range(8):
                codes = numbers.integers(0, 256, (32, 32, 3), np.uint8)
                archive.writestr(f"{name}/{number}.png", cv2.imencode(".png", codes)[1].tobytes())
        archive.writestr(f"{HTML}.txt", "skipped")
    return packed.getvalue()


def assert_nothing_came_alive(page: Page) -> None:
    """No element that one of the names would have made."""
    page.wait_for_timeout(300)
    assert page.locator('img[src="x"]').count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0
    for marked in page.locator("strong, em, del, .katex").all_text_contents():
        assert marked.strip() not in ("b", "c", "e", "s", "5")


@pytest.mark.parametrize("refused", [False, True])
def test_hostile_names_of_a_zip_its_classes_and_recipes_are_shown_as_they_are(
    open_page: OpenPage, refused: bool
) -> None:
    recipes = [Recipe(SMALL, training=Training(steps=3), name=name) for name in (HTML, MARKDOWN)]
    link = quote("!".join(map(to_text, recipes)))
    data = quote("Your own pictures (zip)")
    page = open_page(f"/training_lab?training_lab.recipes={link}&training_lab.data={data}")
    content = b"no zip" if refused else hostile_zip()
    page.locator('[data-testid="stFileUploader"] input').set_input_files(
        {"name": f"{HTML}.zip", "mimeType": "application/zip", "buffer": content}
    )
    if refused:
        expect(page.get_by_text(f"{HTML}.zip: This file is not a zip")).to_be_visible()
        assert_nothing_came_alive(page)
        return
    expect(page.get_by_text(f"of other kinds ({HTML}.txt)")).to_be_visible()
    for name in (HTML, MARKDOWN):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    expect(page.get_by_text(f"Rows: {CLASSES[0]}, {CLASSES[1]}")).to_be_visible()
    page.get_by_role("button", name="Start the race").click()
    expect(page.locator("table.race")).to_contain_text(HTML)
    expect(page.locator("table.race")).to_contain_text(MARKDOWN)
    assert_nothing_came_alive(page)
    page.get_by_role("tab", name="Mistakes").click()
    expect(page.get_by_role("radio", name=f"2. {MARKDOWN}")).to_be_visible()
    assert_nothing_came_alive(page)
    page.get_by_role("tab", name="Take away").click()
    expect(page.get_by_role("radio", name=f"1. {HTML}")).to_be_visible()
    assert_nothing_came_alive(page)
    page.get_by_role("tab", name="Look inside").click()
    page.get_by_role("button", name="Take it along").click()
    page.get_by_role("link", name="Open in Feature maps").click()
    page.get_by_text("The last step: from logits to probabilities").click()
    expect(page.get_by_role("table").filter(has_text=CLASSES[0]).last).to_contain_text(CLASSES[1])
    expect(page.get_by_text(f"Your network: {HTML}").first).to_be_visible()
    assert_nothing_came_alive(page)
