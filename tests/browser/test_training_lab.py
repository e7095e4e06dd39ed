"""The training lab in a real browser: live curves, and whose race it is when tabs come and go."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAINTED, OpenPage
from tests.browser.test_filters import with_query

PLAIN, DROPOUT = "name-Plain~net-mlp~steps-120", "name-Dropout~net-mlp~do-0.5~steps-120"
SHORT = f"/training_lab?training_lab.recipes={PLAIN}!{DROPOUT}"
LONG = "/training_lab?training_lab.recipes=name-Endless~net-mlp~steps-200000"
STEP = re.compile(r"Step ([\d,]+) of")


def start(page: Page) -> None:
    """Press the button and wait until the race's own line is there."""
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_text(STEP)).to_be_visible(timeout=30_000)


def step_of(page: Page) -> int:
    """The step that the status line shows."""
    found = STEP.search(page.get_by_text(STEP).inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def wait_for_step(page: Page, least: int) -> None:
    """Wait until the race has come so far."""
    for _ in range(120):
        if step_of(page) >= least:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"the race stands at {step_of(page)}, not at {least}")


def test_a_race_runs_live_to_its_end_and_is_scored_once(open_page: OpenPage) -> None:
    page = open_page(SHORT)
    start(page)
    expect(page.get_by_text("finished")).to_be_visible(timeout=60_000)
    rows = page.locator("table.race tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Plain")
    expect(rows.first.locator("td").last).to_contain_text("%")
    expect(page.locator(".plot path.line")).to_have_count(8)  # two charts, recipes and parts
    expect(page.get_by_role("button", name="Reset")).to_be_visible()


def test_a_race_can_be_started_from_the_first_screen_of_a_telephone(open_page: OpenPage) -> None:
    page = open_page("/training_lab", viewport="phone")
    expect(page.get_by_role("button", name="Start the race")).to_be_in_viewport(ratio=1)


def test_another_preset_folds_its_outcome_away_before_it_is_predicted(open_page: OpenPage) -> None:
    page = open_page("/training_lab")
    fold = page.get_by_text("What is seen, and why")
    fold.click()
    expect(page.get_by_text("ends with a lower validation loss")).to_be_visible()
    story = page.get_by_role("combobox", name="Story")
    story.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # a list that is open closes when the page scrolls
    story.click()
    page.get_by_role("option", name="λ too small, right, too large").click()
    expect(page.get_by_text("for each λ of L2")).to_be_visible()
    expect(page.get_by_text("changes next to nothing")).to_be_hidden()
    expect(page).to_have_url(with_query("training_lab.preset="))
    page.wait_for_selector(PAINTED)  # the link is whole when the page is
    page.reload()
    expect(page.get_by_text("for each λ of L2")).to_be_visible()
    expect(page.get_by_text("No penalty").first).to_be_visible()


@pytest.mark.parametrize("count", [pytest.param(5, marks=pytest.mark.slow), 8])
def test_what_all_recipes_answer_is_seen_beside_the_curves(open_page: OpenPage, count: int) -> None:
    recipes = "!".join(
        f"name-R{number}~net-mlp~wd-0.0{number // 2}~steps-20" for number in range(1, count + 1)
    )  # two and two are alike, which takes many words to say
    page = open_page(f"/training_lab?training_lab.data=circles&training_lab.recipes={recipes}")
    start(page)
    expect(page.get_by_text("finished")).to_be_visible(timeout=60_000)
    for number in (1, count):
        picture = page.get_by_alt_text(f"Decision boundary of recipe {number}.")
        expect(picture).to_be_in_viewport(ratio=1)
    expect(page.locator(".recipes .more").last).to_be_in_viewport(ratio=1)


def test_the_shifted_test_part_gets_a_column_of_its_own(open_page: OpenPage) -> None:
    page = open_page(SHORT)
    start(page)
    expect(page.get_by_text("finished")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Shifted test").click()
    page.get_by_text("Test, shifted: Rotation").click()
    expect(page.locator("table.race th").last).to_have_text("shifted test accuracy", timeout=30_000)
    assert "%" in page.locator("table.race tbody td").last.inner_text()


@pytest.mark.slow
def test_a_server_that_stops_under_a_race_ends_in_order(
    open_page: OpenPage, fresh_server: Callable[[], str]
) -> None:
    page = open_page(LONG, url=fresh_server())
    start(page)
    wait_for_step(page, 5)
    page.close()  # within its grace the race goes on; the fixture asks for exit code 0


def test_pause_step_and_reset(open_page: OpenPage) -> None:
    page = open_page(LONG)
    start(page)
    wait_for_step(page, 20)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
    before = step_of(page)
    page.get_by_role("button", name="One step").click()
    expect(page.get_by_text(f"Step {before + 1:,} of")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Step 0 of")).to_be_visible()


def test_leaving_the_page_and_coming_back_finds_the_race_going_on(open_page: OpenPage) -> None:
    page = open_page(LONG)
    start(page)
    wait_for_step(page, 10)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deepglass")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Training lab").click()
    expect(page.get_by_text(STEP)).to_be_visible()
    here = step_of(page)
    wait_for_step(page, here + 10)


def test_a_reload_adopts_the_race_again(open_page: OpenPage) -> None:
    page = open_page(LONG)
    page.get_by_role("combobox", name="Speed").click()
    page.get_by_role("option", name="100 steps a second").click()
    start(page)
    wait_for_step(page, 10)
    expect(page).to_have_url(with_query("race="))
    before = page.url
    page.reload()
    expect(page.get_by_text(STEP)).to_be_visible(timeout=30_000)
    assert step_of(page) >= 10
    assert page.url.split("race=")[1] == before.split("race=")[1]
    expect(page.get_by_role("combobox", name="Speed")).to_have_value("100 steps a second")


@pytest.mark.slow
def test_a_shared_link_gives_the_same_settings_and_a_race_of_ones_own(
    open_page: OpenPage,
) -> None:
    first = open_page(LONG)
    start(first)
    wait_for_step(first, 10)
    link = first.url[first.url.index("/training_lab") :]
    second = open_page(link)
    expect(second.get_by_text("Endless").first).to_be_visible()
    second.wait_for_timeout(6000)
    expect(second.get_by_text(STEP)).to_have_count(0)
    start(second)
    expect(second).not_to_have_url(with_query(link.split("race=")[1][:20]))
    here = step_of(first)
    wait_for_step(first, here + 5)


@pytest.mark.slow
def test_a_closed_tab_ends_its_race_after_the_grace(open_page: OpenPage) -> None:
    first = open_page(LONG)
    start(first)
    wait_for_step(first, 5)
    link = first.url[first.url.index("/training_lab") :]
    first.close()
    second = open_page("/")
    second.wait_for_timeout(14_000)
    third = open_page(link)
    third.wait_for_timeout(6000)
    expect(third.get_by_text(STEP)).to_have_count(0)
    expect(third.get_by_role("button", name="Start the race")).to_be_visible()


def test_the_network_is_drawn_unit_by_unit_and_a_unit_pointed_at_is_large(
    open_page: OpenPage,
) -> None:
    recipe = "name-Plain~net-mlp~depth-2~width-5~act-tanh~steps-60"
    link = "training_lab.data=spirals&training_lab.seeds=1&training_lab.look=network"
    page = open_page(f"/training_lab?{link}&training_lab.recipes={recipe}")
    start(page)
    expect(page.get_by_text("finished")).to_be_visible(timeout=60_000)
    units = page.locator(".network .unit")
    expect(units).to_have_count(2 + 5 + 5 + 2)
    expect(page.locator(".network .edge")).to_have_count(2 * 5 + 5 * 5 + 5 * 2)
    page.get_by_role("button", name="layer 2, unit 3").hover()
    expect(page.locator(".network .edge:not(.faint)")).to_have_count(5)
    expect(page.locator(".network .told")).to_contain_text("layer 2, unit 3: bias")


FEATURED = "name-Plain~net-mlp~depth-1~width-4~act-tanh~steps-500~feat-x_x2_sinx"


def test_a_weight_is_set_with_the_keyboard_while_the_race_is_paused(open_page: OpenPage) -> None:
    link = "training_lab.data=circles&training_lab.seeds=1&training_lab.look=network"
    page = open_page(f"/training_lab?{link}&training_lab.recipes={FEATURED}")
    page.get_by_role("button", name="One step").click()
    unit = page.get_by_role("button", name="layer 1, unit 2")
    expect(unit).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="sin(πx)").last).to_be_visible()
    unit.focus()
    page.keyboard.press("Enter")
    weight = page.get_by_label("from x²")
    expect(weight).to_be_visible()
    weight.fill("much")
    weight.press("Enter")
    expect(page.get_by_text("“much” is no number")).to_be_visible()
    weight.fill("2.5")
    weight.press("Enter")
    expect(
        page.locator(".network .edge title", has_text="layer 1, unit 2 ← x²: 2.5")
    ).to_have_count(1)
    expect(page.get_by_text("is no number")).to_have_count(0)
    expect(weight).to_have_value("2.5")
    weight.press("Escape")
    expect(weight).to_have_count(0)
    page.get_by_role("button", name="One step", exact=True).click()
    expect(page.get_by_text(re.compile("Step 2 of 500"))).to_be_visible()


def test_features_and_layers_are_edited_from_the_drawing(open_page: OpenPage) -> None:
    link = "training_lab.data=circles&training_lab.seeds=1&training_lab.look=network"
    page = open_page(f"/training_lab?{link}&training_lab.recipes={FEATURED}")
    page.get_by_role("button", name="One step").click()
    more = page.get_by_role("button", name="One hidden layer more")
    expect(more).to_be_visible(timeout=60_000)
    more.click()
    expect(page.get_by_text("start the new race to see it here")).to_be_visible()
    page.get_by_role("button", name="One unit less in layer 1").click()
    expect(page).to_have_url(re.compile("units-3"))
    page.get_by_role("button", name="x·y", exact=True).click()
    expect(page).to_have_url(re.compile("feat-x_x2_xy_sinx"))
    page.get_by_role("button", name="Start the new race").click()
    expect(page.locator(".network .unit")).to_have_count(4 + 3 + 4 + 2, timeout=60_000)
