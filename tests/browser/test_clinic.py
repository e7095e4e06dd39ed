"""A case of the clinic in a real browser: a run that is watched, a name that is given, a cure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from explainer.clinic.case import case_of
from explainer.clinic.faults import FAULTS, HEALTHY
from tests.browser.conftest import OpenPage


def test_a_case_is_watched_named_and_mended(open_page: OpenPage) -> None:
    seed = next(one for one in range(100) if case_of(one).fault != HEALTHY)
    page = open_page(f"/clinic?clinic.seed={seed}")
    curves = page.locator(".clinic")
    expect(curves).to_contain_text(re.compile("step|done", re.IGNORECASE))
    names = page.get_by_role("group", name="What is wrong?")
    names.get_by_role("button", name=FAULTS[case_of(seed).fault].title, exact=True).click()
    expect(page.get_by_text("Yes:")).to_be_visible()
    expect(page).to_have_url(re.compile(r"clinic\.score=1\.1"))
    page.get_by_role("button", name="Mend it").click()
    expect(curves).to_contain_text("mended")
