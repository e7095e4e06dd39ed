"""The feature maps page in a real browser: choose, point, and compare with PyTorch."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from playwright.sync_api import Page, expect

from explainer.images.gallery import gallery_picture
from explainer.networks.zoo.preprocessing import as_input, for_maps
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named, with_query

CAT = "/feature_maps?picture=chelsea&feature_maps.side=128"
PLACE = re.compile(r"row (\d+), column (\d+)", re.IGNORECASE)


def number(text: str) -> float:
    """A number as the page prints it."""
    return float(text.replace("−", "-"))


def painted(page: Page) -> None:
    """Wait until the map, which a phone shows over the photo, and its arithmetic are there."""
    expect(page.locator(".unit img.map[src]")).to_have_count(1, timeout=60_000)
    expect(page.locator(".drill .heading")).not_to_be_empty(timeout=30_000)


def values_of(layer: int, index: int) -> torch.Tensor:
    """What PyTorch gives for one map of the small VGG's flat list of layers."""
    entry, network = SHIPPED["vgg"], shared_network("vgg")
    inputs = as_input(for_maps(gallery_picture("chelsea").codes, entry, 128), entry)
    modules: Any = network
    with torch.no_grad():
        for module in modules[: layer + 1]:
            inputs = module(inputs)
    return inputs[0, index]


def test_the_number_under_the_pointer_is_pytorchs(open_page: OpenPage) -> None:
    page = open_page(CAT)
    painted(page)
    surface = page.locator('.unit .pane[data-pane="map"] .surface')
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    readout = page.locator(".unit .readout")
    expect(readout.locator(".value")).not_to_be_empty()
    found = PLACE.search(readout.inner_text())
    assert found
    wanted = float(values_of(0, 0)[int(found[1]), int(found[2])])
    assert number(readout.locator(".value").inner_text()) == pytest.approx(wanted, abs=2e-3)
    heading = page.locator(".drill .heading")
    expect(heading).to_have_text(f"conv1_1, map 0, row {found[1]}, column {found[2]}")
    expect(page.locator(".drill .rows")).to_contain_text("green")


def test_another_map_is_chosen_by_a_click_and_stands_in_the_address(open_page: OpenPage) -> None:
    page = open_page(CAT)
    painted(page)
    montage = page.locator(".maps .tiles")
    box = montage.bounding_box()
    assert box is not None
    montage.click(position={"x": box["width"] * 2.5 / 6, "y": 12})
    expect(page.get_by_text("conv1_1, map 2").first).to_be_visible()
    expect(page).to_have_url(with_query("feature_maps.map=2"))


def test_a_layer_is_chosen_by_a_click_on_its_block_and_an_input_leads_back(
    open_page: OpenPage,
) -> None:
    page = open_page(CAT)
    painted(page)
    page.locator(".schematic .block").filter(has=page.locator(".hit")).nth(7).click()
    expect(page).to_have_url(with_query("feature_maps.layer=conv2_1"))
    expect(page.locator(".drill .heading")).to_contain_text("conv2_1, map 0", timeout=30_000)
    origin = page.locator(".drill .origin").first
    found = re.fullmatch(r"map (\d+) of pool1", origin.inner_text())
    assert found
    origin.click()
    heading = page.locator(".drill .heading")
    expect(heading).to_contain_text(f"pool1, map {found[1]}", timeout=30_000)
    expect(page).to_have_url(with_query("feature_maps.layer=pool1"))
    page.get_by_role("button", name="← Back to conv2_1, map 0").click()
    expect(heading).to_contain_text("conv2_1, map 0", timeout=30_000)
    expect(page.get_by_role("button", name="← Back")).to_have_count(0)
    drawing = page.locator(".schematic svg.drawing")
    drawing.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(with_query("feature_maps.layer=conv2_1"))


def test_a_layer_is_chosen_by_name(open_page: OpenPage) -> None:
    page = open_page(CAT)
    painted(page)
    menu = page.get_by_role("combobox", name="Layer")
    menu.click()
    page.keyboard.type("conv3_2_act")
    page.get_by_role("option", name="conv3_2_activation").click()
    expect(page.get_by_text("conv3_2_activation, map 0").first).to_be_visible(timeout=30_000)
    expect(page).to_have_url(with_query("feature_maps.layer=conv3_2_activation"))


def test_a_norm_is_folded_by_a_button_and_the_value_stays(open_page: OpenPage) -> None:
    page = open_page(f"{CAT}&feature_maps.layer=conv1_2_norm")
    painted(page)
    value = page.locator(".drill .sum .figure").last.inner_text()
    expect(page.locator(".drill .sum")).to_contain_text("normalised")
    page.get_by_role("button", name="Fold it into the convolution before it").click()
    expect(page.locator(".drill .sum")).to_contain_text("all channels")
    expect(page.locator(".drill .rows table").first).to_be_visible()
    assert page.locator(".drill .sum .figure").last.inner_text() == value
    page.get_by_role("button", name="Show the norm by itself").click()
    expect(page.locator(".drill .rows table")).to_have_count(0)


@on_every_other_screen
def test_screenshot_of_the_feature_maps_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(CAT, viewport=viewport, colour_scheme=scheme)
    painted(page)
    page.locator(".unit").scroll_into_view_if_needed()
    screenshot(page, named("feature-maps", viewport, scheme))
