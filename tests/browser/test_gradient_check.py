"""The gradient check page in a real browser: walk a graph by keys, switch a bug on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from explainer.gradients.backprop.autograd import autograd
from explainer.gradients.backprop.expression import read
from explainer.gradients.backprop.presets import PRESETS
from explainer.gradients.backprop.steps import figure
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

NEURON = PRESETS["neuron"]
ADDRESS = "/gradient_check?gradient_check.graph_of=neuron"


def node(page: Page, name: str) -> Locator:
    """The card of a node."""
    return page.locator(".walk .node").filter(has=page.locator(f'.name:text-is("{name}")'))


def drawn(page: Page) -> None:
    """Wait until the graph and the last chart are there."""
    expect(page.locator(".walk .node").first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2, timeout=60_000)


def test_the_arrow_keys_fill_in_the_graph_and_a_bug_changes_the_verdict(
    open_page: OpenPage,
) -> None:
    page = open_page(ADDRESS)
    drawn(page)
    expect(node(page, "p").locator(".value")).to_be_empty()
    page.locator(".walk .stage").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".walk .heading")).to_have_text("Forward: p")
    expect(node(page, "p").locator(".value")).to_have_text("0.6457")
    page.keyboard.press("ArrowLeft")
    expect(node(page, "p").locator(".value")).to_be_empty()
    page.keyboard.press("End")
    graph = read(NEURON.text)
    for name, value in autograd(graph, NEURON.start).items():
        expect(node(page, name).locator(".gradient")).to_have_text(f"∂ {figure(value)}")
    expect(page).to_have_url(with_query("gradient_check.step="))

    slider = page.locator('input[type="range"][name="b"]')
    slider.focus()
    page.keyboard.press("Home")
    flat = dict(NEURON.start, b=-6.0)
    for name, value in autograd(graph, flat).items():
        expect(node(page, name).locator(".gradient")).to_have_text(f"∂ {figure(value)}")
    expect(page).to_have_url(with_query("gradient_check.at.b=-6"))

    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("Good.")
    page.get_by_role("combobox", name="What is wrong").click()
    page.keyboard.type("Transp")
    page.get_by_role("option", name="Transposed").click()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("A bug.")
    expect(page).to_have_url(with_query("gradient_check.fault=transposed"))
    expect(node(page, "w").locator(".gradient")).not_to_be_empty()


@on_every_other_screen
def test_screenshot_of_the_gradient_check_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    query = "gradient_check.graph_of=two-layers&gradient_check.step=21"
    page = open_page(f"/gradient_check?{query}", viewport=viewport, colour_scheme=scheme)
    drawn(page)
    stage = page.locator(".walk .scroller")
    assert stage.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    page.locator(".walk").scroll_into_view_if_needed()
    screenshot(page, named("gradient-check", viewport, scheme))
