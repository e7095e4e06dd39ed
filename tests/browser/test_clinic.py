"""A case of the clinic in a real browser: a run that is watched, a name that is given, a cure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from explainer.clinic.case import case_of
from explainer.clinic.faults import FAULTS, HEALTHY
from tests.browser.conftest import OpenPage
from tests.browser.test_share import copied


def test_a_case_is_watched_named_and_mended(open_page: OpenPage) -> None:
    seed = next(one for one in range(100) if case_of(one).fault != HEALTHY)
    page = open_page(f"/clinic?clinic.seed={seed}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    curves = page.locator(".clinic").first
    expect(curves).to_contain_text(re.compile("step|done", re.IGNORECASE))
    expect(page.get_by_role("button", name=re.compile("Again$"))).to_be_visible()
    names = page.get_by_role("group", name="What is wrong?")
    title = FAULTS[case_of(seed).fault].title
    names.get_by_role("button", name=title, exact=True).click()
    expect(page.get_by_role("button", name=f"{title}: yes")).to_be_visible()
    expect(page).to_have_url(re.compile(r"clinic\.score=1\.1"))
    expect(page.get_by_text("of 1 points")).to_be_visible()
    assert "score" not in copied(page)
    page.get_by_role("button", name="Mend it").click()
    expect(curves).to_contain_text("mended")
