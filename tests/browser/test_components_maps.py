"""The components `maps` and `unit` on a page of their own, with a layer made for the purpose."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from explainer.ui.common.maps import maps_montage
from explainer.ui.feature_maps.unit import Legend, unit_view
from scripts.serving import ROOT, Served, free_port, stop, wait_until_healthy
from tests.browser import maps_page
from tests.browser.conftest import OpenPage, on_every_screen

APP = Path(__file__).with_name("maps_app.py")
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}
# Counts the listeners that the components have on the window.
COUNT_LISTENERS = """
window.listening = 0
for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
  const original = window[name]
  window[name] = function (kind, ...rest) {
    if (kind.startsWith("deepglass-")) window.listening += step
    return original.call(window, kind, ...rest)
  }
}"""


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the components' own page; its server must end cleanly."""
    port = free_port()
    options = {**OPTIONS, "server.port": str(port)}
    log = tmp_path_factory.mktemp("components") / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(APP)]
            + [f"--{name}={value}" for name, value in options.items()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_until_healthy(served)
        yield served.url
    except BaseException:
        process.kill()
        process.wait()
        raise
    stop(served)


@pytest.fixture
def open_components(open_page: OpenPage, components: str) -> Callable[..., Page]:
    """Opens the page of the components, and waits for the first arithmetic."""

    def open_components(path: str = "/", **options: str) -> Page:
        page = open_page(path, url=components, **options)  # type: ignore[arg-type]
        expect(page.locator(".drill.answered")).to_be_visible(timeout=60_000)
        return page

    return open_components


def tile(page: Page, index: int) -> Locator:
    """A tile of the montage."""
    return page.locator(f'[role="option"][data-index="{index}"]')


def expect_chosen(page: Page, unit: int) -> None:
    """The choice has gone to Python and come back."""
    expect(page.get_by_text(f"chosen: {unit}", exact=True)).to_be_visible()
    expect(page.locator(f'.unit .caption:text("Map of unit {unit},")')).to_be_visible()


def surface(page: Page, pane: str) -> Locator:
    """What answers the pointer and the keys in a pane."""
    return page.locator(f'.pane[data-pane="{pane}"] .surface')


def place_of(page: Page, pane: str, y: float, x: float) -> tuple[float, float]:
    """Where in the window the middle of the map's pixel (y, x) is, in one of the panes."""
    surface(page, pane).scroll_into_view_if_needed()
    box = surface(page, pane).bounding_box()
    assert box is not None
    side = maps_page.SIDE / maps_page.JUMP if pane == "map" else maps_page.SIDE
    if pane == "photo":
        y, x = (maps_page.FIELD.start + maps_page.JUMP * place for place in (y, x))
    return box["x"] + (x + 0.5) / side * box["width"], box["y"] + (y + 0.5) / side * box["height"]


def drill_at(page: Page, y: int, x: int) -> Locator:
    """The arithmetic, once it is that of the pixel."""
    drill = page.locator(".drill.answered:not(.late)")
    expect(drill.locator(".heading")).to_contain_text(f"at row {y}, column {x}")
    return drill


def titles(cells: Locator) -> list[float]:
    """The exact numbers behind what is shown."""
    return [float(cell.get_attribute("title") or "nan") for cell in cells.all()]


def assert_arithmetic(page: Page, unit: int, y: int, x: int) -> None:
    """The pixel's value and all that is shown of its arithmetic are the layer's own numbers."""
    expected = maps_page.drill(unit, y, x)
    expect(page.locator(".place")).to_have_text(f"Row {y}, column {x}")
    (value,) = titles(page.locator(".value"))
    assert value == pytest.approx(maps_page.maps()[unit, y, x], rel=1e-6)
    drill = drill_at(page, y, x)
    for row, shown in zip(expected["rows"], drill.locator(".row").all(), strict=False):
        expect(shown.locator(".label")).to_have_text(row["label"])
        window, weights = shown.locator("table").all()
        np.testing.assert_allclose(titles(window.locator("td")), np.ravel(row["window"]))
        np.testing.assert_allclose(titles(weights.locator("td")), np.ravel(row["weights"]))
        np.testing.assert_allclose(titles(shown.locator(".figure")), [row["sum"]])
    assert titles(drill.locator(".hidden .figure")) == [expected["hidden"]["sum"]]
    values = [term["value"] for term in (*expected["terms"], expected["total"])]
    assert titles(drill.locator(".sum .figure")) == values


def test_pointing_at_a_tile_names_it_and_a_click_chooses_it(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    caption = page.locator(".maps .caption")
    before = caption.bounding_box()
    tile(page, 3).hover()
    expect(caption).to_contain_text("unit 3: largest value")
    assert caption.bounding_box() == before
    tile(page, 8).click()
    expect_chosen(page, 8)
    expect(tile(page, 8)).to_have_attribute("aria-selected", "true")
    tile(page, 2).click()
    expect_chosen(page, 2)
    expect(page.locator('[role="option"][aria-selected="true"]')).to_have_count(1)


def test_the_arrow_keys_and_enter_choose_a_tile(open_components: Callable[..., Page]) -> None:
    page = open_components()
    page.get_by_role("listbox").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.get_by_role("listbox")).to_have_attribute("aria-activedescendant", "tile-7")
    expect(page.locator(".maps .caption")).to_contain_text("unit 7")
    page.keyboard.press("Enter")
    expect_chosen(page, 7)


@pytest.mark.parametrize("pane", ["photo", "map"])
def test_a_pixel_under_the_pointer_shows_its_value_and_arithmetic(
    open_components: Callable[..., Page], pane: str
) -> None:
    page = open_components()
    for y, x in [(0, 0), (17, 29), (39, 39)]:
        page.mouse.move(*place_of(page, pane, y, x))
        assert_arithmetic(page, 0, y, x)


def test_the_box_on_the_photo_is_the_receptive_field_cut_at_the_border(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.mouse.move(*place_of(page, "map", 10, 20))
    expect(page.locator(".seen")).to_have_text(
        "sees 17 × 17 pixels of the photo: rows 34–50, columns 74–90"
    )
    box = page.locator('.pane[data-pane="photo"] .box')
    style = box.evaluate("b => [b.style.top, b.style.height, b.style.left, b.style.width]")
    shares = [float(part.removesuffix("%")) * maps_page.SIDE / 100 for part in style]
    assert shares == pytest.approx([34, 17, 74, 17], abs=1e-3)
    page.mouse.move(*place_of(page, "map", 0, 39))
    expect(page.locator(".seen")).to_have_text(
        "sees 17 × 17 pixels of the photo: rows 0–10, columns 150–159"
        " · the rest lies outside the photo"
    )


def test_a_click_pins_the_pixel_and_escape_lets_it_go(open_components: Callable[..., Page]) -> None:
    page = open_components()
    page.mouse.click(*place_of(page, "map", 12, 30))
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    page.mouse.move(*place_of(page, "photo", 3, 4))
    assert_arithmetic(page, 0, 12, 30)
    page.keyboard.press("Escape")
    expect(page.get_by_text("pinned: None", exact=True)).to_be_visible()
    page.mouse.move(*place_of(page, "map", 5, 6))
    assert_arithmetic(page, 0, 5, 6)


def test_the_arrow_keys_move_the_pixel_and_a_pin_with_it(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.mouse.click(*place_of(page, "map", 12, 30))
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    assert_arithmetic(page, 0, 11, 21)
    expect(page.get_by_text("pinned: (11, 21)", exact=True)).to_be_visible()


def test_another_unit_keeps_the_pinned_pixel_and_shows_its_own_arithmetic(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.mouse.click(*place_of(page, "map", 12, 30))
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    tile(page, 5).click()
    expect_chosen(page, 5)
    expect(page.locator(".drill .heading")).to_have_text("Unit 5 at row 12, column 30")
    assert_arithmetic(page, 5, 12, 30)


def test_a_pin_that_was_on_its_way_to_another_unit_is_none_of_this_one(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.mouse.click(*place_of(page, "map", 12, 30))
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    page.keyboard.press("ArrowUp")  # told after a pause, which the click does not wait for
    tile(page, 5).click()
    expect_chosen(page, 5)
    assert_arithmetic(page, 5, 12, 30)
    page.wait_for_timeout(600)
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    expect(page.locator(".place")).to_have_text("Row 12, column 30")


def test_more_rows_unfold_and_text_stays_text(open_components: Callable[..., Page]) -> None:
    page = open_components()
    expect(page.locator(".drill .row")).to_have_count(4)
    page.get_by_role("button", name="Show 2 more rows").click()
    expect(page.locator(".drill .row")).to_have_count(6)
    expect(page.locator(".drill .text")).to_contain_text("<b>the sums</b>")
    page.get_by_role("button", name="Show fewer rows").click()
    expect(page.locator(".drill .row")).to_have_count(4)


def test_a_cell_and_its_weight_are_marked_and_multiplied(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.mouse.click(*place_of(page, "map", 12, 30))
    expect(page.get_by_text("pinned: (12, 30)", exact=True)).to_be_visible()
    drill = drill_at(page, 12, 30)
    drill.locator("table").nth(1).locator("td").nth(4).hover()
    expect(drill.locator("td.same")).to_have_count(2)
    row = maps_page.drill(0, 12, 30)["rows"][0]
    value, weight = row["window"][1][1], row["weights"][1][1]
    expect(drill.locator(".hint")).to_have_text(
        f"{value:z.3f} × {weight:z.3f} = {value * weight:z.3f}".replace("-", "−")
    )


def test_a_long_line_shows_its_first_numbers(open_components: Callable[..., Page]) -> None:
    page = open_components("/?case=linear")
    first, second = page.locator(".drill .row").all()
    expect(first.locator(".label")).to_contain_text("the first 16 of 400 numbers")
    assert [first.locator("td").count(), second.locator("td").count()] == [32, 16]
    expected = maps_page.linear_drill()["rows"][0]
    np.testing.assert_allclose(titles(first.locator("td"))[:16], expected["window"][0][:16])
    expect(page.locator(".seen")).to_contain_text("rows 0–159, columns 0–159")
    expect(page.locator(".drill .hidden")).to_have_text("and 9 more inputs: 0.000")
    expect(page.locator(".drill .sum")).to_have_text(re.compile(r"^inputs.*×slope2.000→value"))


def test_the_opacity_slider_reveals_the_photo(open_components: Callable[..., Page]) -> None:
    page = open_components()
    slider = page.get_by_label("Map over photo")
    expect(slider).to_have_value("0.55")
    slider.fill("0.1")
    assert page.locator("img.laid").evaluate("image => image.style.opacity") == "0.1"


def test_components_that_leave_the_page_stop_listening(
    open_components: Callable[..., Page],
) -> None:
    page = open_components()
    page.add_init_script(COUNT_LISTENERS)
    page.reload()
    expect(page.locator(".drill.answered")).to_be_visible(timeout=60_000)
    assert page.evaluate("window.listening") == 1
    page.get_by_text("Show the components").click()
    expect(page.locator(".unit")).to_have_count(0)
    assert page.evaluate("window.listening") == 0
    page.get_by_text("Show the components").click()
    expect(page.locator(".drill.answered")).to_be_visible()
    assert page.evaluate("window.listening") == 1


@on_every_screen
def test_screenshot_of_the_components_fits_the_screen(
    open_components: Callable[..., Page],
    screenshot: Callable[[Page, str], Path],
    viewport: str,
    scheme: str,
) -> None:
    page = open_components(viewport=viewport, colour_scheme=scheme)
    tile(page, 4).click()
    expect_chosen(page, 4)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    expect(surface(page, "photo")).to_be_visible()
    # On a phone the map is seen over the photo alone: the slider takes the photo away.
    expect(surface(page, "map")).to_be_visible(visible=viewport == "desktop")
    name = f"maps-components-{viewport}-{scheme}"
    assert screenshot(page, name).stat().st_size > 20_000


def test_each_tap_moves_the_pin_and_one_on_it_lets_go(open_components: Callable[..., Page]) -> None:
    page = open_components(viewport="phone")
    for y, x in [(12, 30), (20, 8)]:
        tap(page, *place_of(page, "photo", y, x))
        expect(page.get_by_text(f"pinned: ({y}, {x})", exact=True)).to_be_visible()
        assert_arithmetic(page, 0, y, x)
    tap(page, *place_of(page, "photo", 20, 8))
    expect(page.get_by_text("pinned: None", exact=True)).to_be_visible()


def test_a_tile_is_chosen_by_a_tap(open_components: Callable[..., Page]) -> None:
    page = open_components(viewport="phone")
    box = tile(page, 9).bounding_box()
    assert box is not None
    tap(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect_chosen(page, 9)


def tap(page: Page, x: float, y: float) -> None:
    """A finger that touches the screen and leaves it."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    session.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_montage_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="12 tiles in 6 columns has 82 × 250 pixels, not 80 × 250"):
        maps_montage(
            "layer", np.zeros((80, 250, 3), np.uint8), columns=6, tile=(40, 40), gap=2,
            labels=[str(unit) for unit in range(12)], selected=None, alt="",
        )  # fmt: skip


def test_colours_and_values_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"colours of \(4, 4\) pixels for values of \(4, 5\)"):
        unit_view(
            "layer", photo=maps_page.photo(), painted=np.zeros((4, 4, 3), np.uint8),
            values=np.zeros((4, 5), np.float32), field=maps_page.FIELD,
            legend=Legend(("#000000", "#ffffff"), "0", "1", ""), title="", address="",
            pinned=None, alt="",
        )  # fmt: skip
