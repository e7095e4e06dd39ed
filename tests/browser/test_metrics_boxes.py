"""Boxes on a photo and the precision that follows them, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

BOXES = "/metrics?metrics.tab=boxes"


def test_the_curve_is_walked_one_detection_at_a_time(open_page: OpenPage) -> None:
    page = open_page(BOXES)
    chart = page.locator(".ap .chart")
    chart.focus()
    for __ in range(3):
        page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "3")
    expect(page.locator(".ap .says")).to_contain_text("2 ÷ 3 = 0.667")
    expect(page.locator(".stepped")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"metrics\.boxes\.step=3"))
    page.keyboard.press("End")
    expect(chart).to_have_attribute("aria-valuenow", "10")
    expect(page.locator(".ap .says")).to_contain_text("recall 5 ÷ 6 = 0.833")


def test_fifty_boxes_below_the_last_hit_solve_their_puzzle(open_page: OpenPage) -> None:
    page = open_page(BOXES)
    puzzle = page.locator(".ap .puzzles > div").nth(1)
    puzzle.get_by_text("Add fifty boxes").click()
    expect(puzzle).to_contain_text("Lower in every definition")
    expect(page.locator(".ap tbody tr")).to_have_count(60)
    puzzle.locator("input").fill("0.2")
    expect(puzzle).to_contain_text("solved")
    puzzle.get_by_text("Take the fifty away").click()
    expect(page.locator(".ap tbody tr")).to_have_count(10)


def test_a_rule_changes_who_is_a_hit(open_page: OpenPage) -> None:
    page = open_page(f"{BOXES}&metrics.boxes.scene=coffee")
    outcomes = page.locator(".ap tbody td:nth-child(4)")
    expect(outcomes.nth(1)).to_have_text("hit")
    page.locator(".ap .rules").get_by_text("PASCAL VOC").click()
    expect(outcomes.nth(1)).to_have_text("false alarm")
    expect(outcomes.nth(3)).to_have_text("hit")
    expect(page).to_have_url(re.compile(r"metrics\.boxes\.ask=voc"))


def test_keys_that_follow_each_other_fast_all_count(open_page: OpenPage) -> None:
    page = open_page(BOXES)
    box = page.locator(".box.detection").first
    expect(box).to_have_attribute("aria-label", re.compile("318, 157 to 382, 219"))
    box.focus()
    for __ in range(25):
        page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile(r"metrics\.boxes\.edited=.*318%2C157%2C382%2C244"))
    expect(box).to_have_attribute("aria-label", re.compile("318, 157 to 382, 244"))
    expect(page.locator(".told")).to_contain_text("IoU 0.623")


def test_loose_boxes_drawn_over_every_truth_solve_the_first_puzzle(open_page: OpenPage) -> None:
    page = open_page(BOXES)
    boxes, truths = page.locator(".box.detection"), page.locator(".box.truth rect.line")
    boxes.first.focus()
    for left in range(9, -1, -1):
        page.keyboard.press("Delete")
        expect(boxes).to_have_count(left)
    for drawn in range(6):
        page.get_by_role("button", name="Draw a detection").click()
        page.locator(".photo").scroll_into_view_if_needed()
        place = truths.nth(drawn).bounding_box()
        assert place is not None
        right, low = place["x"] + place["width"] - 1, place["y"] + 0.65 * place["height"]
        page.mouse.move(place["x"] + 1, place["y"] + 1)
        page.mouse.down()
        page.mouse.move(right, low, steps=4)
        page.mouse.up()
        expect(boxes).to_have_count(drawn + 1)
    puzzle = page.locator(".ap .puzzles > div").first
    expect(puzzle).to_contain_text("AP50 1.000, AP75 0.000")
    expect(puzzle).to_contain_text("solved")


def test_false_alarms_that_are_deleted_solve_the_third_puzzle(open_page: OpenPage) -> None:
    page = open_page(BOXES)
    puzzle, boxes = page.locator(".ap .puzzles > div").nth(2), page.locator(".box.detection")
    expect(boxes).to_have_count(10)
    for left, place in enumerate((9, 8, 7, 5, 4, 1), start=1):
        boxes.nth(place).focus()
        page.keyboard.press("Delete")
        expect(boxes).to_have_count(10 - left)
    expect(puzzle).to_contain_text("solved")
    expect(puzzle).to_contain_text("hits 4")
