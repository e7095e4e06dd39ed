"""The noise that is drawn, and logits that are dragged, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_the_line_refits_under_a_handle_and_the_outlier(open_page: OpenPage) -> None:
    page = open_page("/losses")
    told = page.locator(".noise .told")
    expect(told).to_contain_text("%")
    before = told.inner_text()
    page.locator(".noise .plane").focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(told).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"losses\.noise\."))
    moved = told.inner_text()
    page.locator(".noise .density").focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(told).not_to_have_text(moved)


def test_what_one_logit_gains_the_others_lose_and_sigmoids_do_not(open_page: OpenPage) -> None:
    page = open_page("/losses?losses.tab=softmax")
    panel = page.locator(".logits")
    handle = panel.get_by_role("slider").first
    handle.focus()
    before = panel.inner_text()
    for __ in range(3):
        page.keyboard.press("ArrowUp")
    expect(panel).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"z0="))
