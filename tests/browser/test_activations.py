"""The activations page in a real browser: point, read, drag, type a formula, see the photo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from explainer.activations.curves import derivatives
from explainer.activations.formula import parse
from explainer.activations.registry import ACTIVATIONS
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

PATH = "/activations?activations.functions=sigmoid&activations.functions=elu"
FOUR_DIGITS = 5.1e-4  # of the value


def number(text: str) -> float:
    """A number as the page prints it."""
    return float(text.replace("−", "-"))


def drawn(page: Page) -> Locator:
    """The curves, drawn."""
    curves = page.locator(".curves").first
    curves.locator("path.line").first.wait_for(timeout=60_000)
    return curves


def read(curves: Locator) -> tuple[float, dict[str, list[float]]]:
    """The pointed-at x, and each function's value, slope and curvature."""
    x = number(curves.locator("thead th").first.inner_text().partition("=")[2])
    rows = [row.locator("td").all_inner_texts() for row in curves.locator("tbody tr").all()]
    return x, {name.strip(): [number(one) for one in rest] for name, *rest in rows}


def point_at(page: Page, curves: Locator, across: float, panel: int) -> None:
    """Point at a share of the width, in the middle of a panel."""
    box = curves.locator("svg.panel").nth(panel).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + across * box["width"], box["y"] + box["height"] / 2)


def test_the_numbers_at_the_pointer_are_torchs_in_every_panel(open_page: OpenPage) -> None:
    page = open_page(PATH)
    curves = drawn(page)
    curves.scroll_into_view_if_needed()
    seen = set()
    for panel, across in ((0, 0.3), (1, 0.62), (2, 0.85)):
        point_at(page, curves, across, panel)
        x, found = read(curves)
        seen.add(x)
        assert found.keys() == {"Sigmoid", "ELU"}
        for slug, values in (("sigmoid", found["Sigmoid"]), ("elu", found["ELU"])):
            wanted = derivatives(ACTIVATIONS[slug].module().double(), [x])[:, 0]
            assert values == pytest.approx(wanted, rel=FOUR_DIGITS)
    assert len(seen) == 3


def test_keys_move_the_x_and_enter_keeps_it_for_the_address_and_the_arithmetic(
    open_page: OpenPage,
) -> None:
    page = open_page(PATH + "&activations.tab=arithmetic")
    curves = drawn(page)
    curves.locator(".stack").focus()
    for key in ("Home", "PageUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(curves.locator(".stack")).to_have_attribute("aria-valuenow", "-5.49")
    page.keyboard.press("Enter")
    expect(page).to_have_url(with_query("activations.x=-5.49"))
    wanted = float(torch.sigmoid(torch.tensor(-5.49, dtype=torch.float64)))
    expect(page.locator(".katex").filter(has_text=f"{wanted:.6g}").first).to_be_attached()


def test_a_dragged_parameter_bends_the_curve_before_it_is_let_go(open_page: OpenPage) -> None:
    page = open_page(PATH + "&activations.x=-2")
    curves = drawn(page)
    slider = page.get_by_role("slider", name="ELU: α").first
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.32 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, steps=4)
    expect(curves.locator("tbody")).to_contain_text("ELU, α = 2")
    expect(page).not_to_have_url(with_query("elu.alpha"))
    page.mouse.up()
    expect(page).to_have_url(with_query("activations.elu.alpha=2"))
    alpha = float(page.url.partition("elu.alpha=")[2].partition("&")[0])
    _, found = read(curves)
    wanted = derivatives(ACTIVATIONS["elu"].module(alpha=alpha).double(), [-2.0])[:, 0]
    assert found[f"ELU, α = {alpha:g}"] == pytest.approx(wanted, rel=FOUR_DIGITS)


def test_ones_own_formula_is_drawn_and_a_wrong_one_leaves_it(open_page: OpenPage) -> None:
    page = open_page("/activations?activations.functions=own&activations.x=0.5")
    curves = drawn(page)
    field = page.get_by_role("textbox", name="Your own, in x")
    field.fill("max(x, sin(3*x))")
    field.press("Enter")
    wanted = derivatives(parse("max(x, sin(3*x))"), [0.5])[:, 0]
    expect(curves.locator("tbody")).to_contain_text(f"{wanted[0]:.4g}")
    _, found = read(curves)
    assert found["Your own"] == pytest.approx(wanted, rel=FOUR_DIGITS)
    expect(page).to_have_url(with_query("activations.own=max"))
    field.fill("max(x, sin(3*x)")
    field.press("Enter")
    expect(page.get_by_text("At place 16, “)” is expected, not the end.")).to_be_visible()
    assert read(curves)[1] == found


def test_the_photo_and_the_output_answer(open_page: OpenPage) -> None:
    page = open_page(PATH)
    drawn(page)
    expect(page.locator("figure")).to_have_count(3, timeout=30_000)
    expect(page.locator("figure").nth(1)).to_contain_text("passing")
    page.get_by_role("tab", name="At the output").click()
    card = page.locator(".outputs .card").nth(1)
    expect(card).to_contain_text("0.705", timeout=30_000)
    slider = page.get_by_role("slider", name="z of dog").first
    slider.focus()
    page.keyboard.press("End")
    expect(card).to_contain_text("0.997")
    expect(page.get_by_text("squared error sends under 1 %")).to_be_attached()


@on_every_other_screen
def test_screenshot_of_the_activations_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(PATH, viewport=viewport, colour_scheme=scheme)
    drawn(page)
    expect(page.locator("figure")).to_have_count(3, timeout=30_000)
    page.locator(".curves").first.scroll_into_view_if_needed()
    screenshot(page, named("activations", viewport, scheme))
