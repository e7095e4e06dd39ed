"""The time line of the lab in a browser: back by the keyboard, and a branch with the old course."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_training_lab import SHORT, start
from tests.browser.test_training_lab_story import look


def test_back_to_a_kept_step_and_off_into_a_branch(open_page: OpenPage) -> None:
    page = open_page(SHORT)
    start(page)
    expect(page.get_by_text("· finished")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("As it is now, at step 120 (kept steps: 8).")).to_be_visible()
    look(page, "Weights")
    expect(page.get_by_text("After step 120, all 3 seeds")).to_be_visible()
    page.get_by_role("slider", name="As it was at step").press("ArrowLeft")
    expect(page.get_by_text("As it was at step 64 (kept steps: 8).")).to_be_visible()
    expect(page.get_by_text("After step 64, all 3 seeds")).to_be_visible()
    expect(page.locator(".plot .then")).to_have_count(2)
    page.get_by_role("button", name="Branch here").click()
    expect(page.locator(".plot path.old")).to_have_count(8)  # two charts, recipes and parts
    expect(page.get_by_text("As it is now, at step 120")).to_be_visible(timeout=60_000)
    expect(page.locator(".plot path.line")).to_have_count(8)
    expect(page.locator(".plot .then")).to_have_count(0)
