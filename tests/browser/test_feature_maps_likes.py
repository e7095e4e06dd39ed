"""What a unit likes, in a real browser: crops appear, a picture is painted and stopped, a kernel
is chosen and opened on the Filters page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from explainer.networks.visualisation.maximise import Painting, middle_unit, paint_for
from explainer.networks.visualisation.top_activations import MOST
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED
from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_feature_maps import painted
from tests.browser.test_filters import named, with_query

STEPS = re.compile(r"Step (\d+) of 512")
HERE = (
    "/feature_maps?picture=chelsea&feature_maps.side=128&feature_maps.layer=conv2_2&feature_maps."
)


def values_shown(page: Page) -> list[float]:
    """What the captions of the painted pictures say."""
    captions = page.locator("figcaption").filter(has_text="seed").all_inner_texts()
    return [float(text.split("\n")[1].replace("−", "-")) for text in captions]


def step_shown(page: Page) -> int:
    """How many steps the bar says are done."""
    found = STEPS.search(page.get_by_text(STEPS).inner_text())
    assert found is not None
    return int(found[1])


def values_of_noise() -> list[float]:
    """What the map answers to the noise that the page begins to paint from."""
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    unit = middle_unit(network, found, "conv2_2", 9, 32)
    painting = Painting(steps=1, seeds=(1, 2, 3))
    begun = next(paint_for(lambda: network, SHIPPED["vgg"], found, unit, painting))
    return [float(value) for value in begun.values]


def test_what_a_map_likes_is_searched_painted_and_stopped(open_page: OpenPage) -> None:
    page = open_page(HERE + "map=9&feature_maps.steps=512")
    painted(page)
    page.get_by_role("tab", name="What activates it most").click()
    expect(page).to_have_url(with_query("feature_maps.tab=activates-most"))
    crops = page.get_by_role("img", name=re.compile("crop of a picture called"))
    expect(crops).to_have_count(MOST, timeout=60_000)
    expect(page.get_by_role("button", name="Stop the search")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="Paint", exact=True).click()
    expect(page.get_by_text(STEPS)).to_be_visible(timeout=30_000)
    page.wait_for_function("() => /Step [1-9]\\d* of 512/.test(document.body.innerText)")
    before = step_shown(page)
    page.wait_for_function(
        "(before) => Number(/Step (\\d+) of 512/.exec(document.body.innerText)?.[1]) > before",
        arg=before,
    )
    page.get_by_role("button", name="Stop painting").click()
    expect(page.get_by_role("button", name="Paint again")).to_be_visible(timeout=30_000)
    last = values_shown(page)
    # How far it came by then depends on the machine; each picture is well above its noise.
    assert len(last) == 3
    assert min(last) > max(values_of_noise()) + 0.5
    expect(page.get_by_text("the best real crop", exact=False).first).to_be_visible()


@pytest.mark.slow
def test_a_kernel_is_chosen_and_opened_on_the_filters_page(open_page: OpenPage) -> None:
    page = open_page(HERE + "kernels=true")
    painted(page)
    third = page.get_by_role("option", name=re.compile(r"^Kernel \d+")).nth(2)
    third.scroll_into_view_if_needed()
    number = re.search(r"Kernel (\d+)", third.get_attribute("aria-label") or third.inner_text())
    assert number is not None
    box = third.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_text(f"Kernel {number[1]} is close to")).to_be_visible()
    expect(page).to_have_url(with_query(f"feature_maps.kernel={number[1]}"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="on the Filters page").click()
    filters = opened.value
    expect(filters).to_have_url(re.compile(r"/filters\?picture=chelsea&filters\.kernel="))
    expect(filters.get_by_text("Chelsea the cat").first).to_be_visible(timeout=60_000)
    expect(filters.locator(".lens")).to_be_visible(timeout=60_000)


@on_every_other_screen
def test_screenshot_of_what_a_unit_likes_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    address = HERE + "likes=true&feature_maps.steps=32"
    page = open_page(address, viewport=viewport, colour_scheme=scheme)
    painted(page)
    expect(page.get_by_role("button", name="Stop the search")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="Paint", exact=True).click()
    expect(page.get_by_role("button", name="Paint again")).to_be_visible(timeout=60_000)
    page.get_by_text("What activates this unit most?").scroll_into_view_if_needed()
    screenshot(page, named("likes", viewport, scheme))
