"""The head of a page: its link by one click, its terms explained, and what a lesson needs."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from explainer.topics import TOPICS
from tests.browser.conftest import PAINTED, OpenPage

CLIPBOARD = "navigator.clipboard.readText()"


def copied(page: Page, button: str = "Copy link") -> str:
    """What is in the clipboard after a click on that button."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".share .said")).to_contain_text("Copied.")
    return str(page.evaluate(CLIPBOARD))


def test_the_link_is_copied_and_a_term_is_explained(open_page: OpenPage) -> None:
    page = open_page("/filters?filters.kernel=gaussian")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Frequencies").click()
    expect(page).to_have_url(re.compile(r"filters\.tab=frequencies"))
    link = copied(page)
    assert parse_qs(urlsplit(link).query)["filters.kernel"] == ["gaussian"]

    term, tip = page.locator('a[href="#term-kernel"]').first, page.locator(".share .tip")
    meaning = term.get_attribute("title")
    assert meaning
    term.hover()
    expect(tip).to_have_text(meaning)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    term.focus()
    expect(tip).to_be_visible()
    term.click()
    expect(tip).to_be_visible()
    assert "#" not in page.url

    page.goto(link)
    page.wait_for_selector(PAINTED)
    expect(page.get_by_role("tab", name="Frequencies")).to_have_attribute("aria-selected", "true")

    page.evaluate("history.replaceState(null, '', '?picture=own')")
    copied(page)
    expect(page.locator(".share .said")).to_contain_text("Not in it: your own picture.")


@pytest.mark.slow
def test_a_page_is_embedded_and_projected(open_page: OpenPage) -> None:
    page = open_page("/filters")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="For class").click()
    code = copied(page, "Copy code to embed")
    assert code.startswith('<iframe src="http')
    assert "embed=true" in code
    assert "hide=text" in copied(page, "Copy link without the text")

    sidebar, title = page.get_by_test_id("stSidebar"), page.get_by_role("heading", level=1)
    before = title.bounding_box()
    page.get_by_role("button", name="Full screen").click()
    expect(sidebar).to_be_hidden()
    after = title.bounding_box()
    assert before
    assert after
    page.get_by_role("button", name="Leave full screen").click()
    expect(sidebar).to_be_visible()


def test_the_example_for_a_lesson_is_a_link_that_works(open_page: OpenPage) -> None:
    page = open_page("/training_lab")
    page.get_by_role("button", name="For class").click()
    expect(page.locator(".share .panel")).to_contain_text("hide= and names from the link")
    example = page.locator(".share .example")
    expect(example).to_be_visible()
    right = "one => Math.max(...[...one.getClientRects()].map(part => part.right))"
    assert example.evaluate(right) <= page.locator(".share .panel").evaluate(right)
    address = str(example.evaluate("one => one.href"))
    assert address.endswith(example.inner_text())

    page.goto(address)
    page.wait_for_selector(PAINTED)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".st-key-question p")).to_have_count(0)
    expect(page.locator(".st-key-filters-kernel")).to_have_count(1)
    expect(page.locator(".st-key-filters-kernel")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"filters\.kernel=gaussian"))


@pytest.mark.slow
@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_an_embedded_page_shows_its_question_and_no_frame(open_page: OpenPage, slug: str) -> None:
    page = open_page(f"/{slug}?embed=true", viewport="phone")
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_in_viewport()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()


def test_long_words_end_with_dots_on_a_phone_and_the_question_is_whole(open_page: OpenPage) -> None:
    page = open_page("/gradient_check", viewport="phone")
    question = page.locator('.st-key-question [data-testid="stMarkdownContainer"]')
    whole = "one => one.scrollHeight <= one.clientHeight"
    lines = "one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert question.evaluate(lines) > 6  # as many lines as other words are cut to
    assert question.evaluate(whole)
    long = page.locator('[class*="st-key-prose-"] p').filter(has_text="Move one parameter").first
    assert not long.evaluate(whole)
    long.click()
    assert long.evaluate(whole)
