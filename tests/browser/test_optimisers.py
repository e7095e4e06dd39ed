"""The marbles and the speed limit in a real browser: a start moved, a rate changed under way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage


def step_of(page: Page) -> int:
    return int(page.locator(".edge .stack").get_attribute("aria-valuenow") or 0)


def test_all_begin_where_the_ring_is_moved_and_one_step_is_spelled_out(open_page: OpenPage) -> None:
    page = open_page("/optimisers")
    chips = page.locator(".marbles .chips")
    expect(chips.get_by_role("radio")).to_have_count(7)
    before = chips.inner_text()
    plane = page.locator(".marbles .plane")
    plane.focus()
    for __ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    expect(chips).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"optimisers\.plane\.start="))
    chips.get_by_role("radio", name="SGD").click()
    expect(page.locator(".marbles .spelled .heading")).to_contain_text("SGD")
    expect(page).to_have_url(re.compile(r"optimisers\.plane\.method=sgd"))
    page.locator(".marbles .scrub").evaluate(
        "one => { one.value = 1; one.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    expect(page.locator(".marbles .spelled .heading")).to_contain_text("step 2 of")
    rates = page.locator(".st-key-optimisers-plane-sliders input[name=rate][type=range]")
    rates.evaluate("one => { one.value = 8; one.dispatchEvent(new Event('input')) }")
    rates.dispatch_event("change")
    expect(chips).to_contain_text("diverged at step")


def test_a_network_at_its_speed_limit_goes_on_at_another_rate(open_page: OpenPage) -> None:
    page = open_page("/optimisers?optimisers.tab=limit")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".edge .stack")).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    rate = page.locator(".st-key-optimisers-edge-sliders input[name=rate][type=range]")
    rate.evaluate("one => { one.value = 0.3; one.dispatchEvent(new Event('input')) }")
    rate.dispatch_event("change")
    expect(page).to_have_url(re.compile(r"rate=0\.3"))
    at = step_of(page)
    for __ in range(100):
        if step_of(page) > at + 20:
            break
        page.wait_for_timeout(200)
    assert step_of(page) > at + 20
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
