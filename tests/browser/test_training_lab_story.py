"""A whole story: predict, race, verdict, pruning, and the script that draws the same curve."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import OpenPage, on_every_other_screen
from tests.browser.test_filters import named

TALL: ViewportSize = {"width": 1440, "height": 1900}
STORY = "/training_lab?training_lab.preset=L1+or+L2"
SHORT = (
    "/training_lab?training_lab.recipes=name-Plain~net-mlp~steps-200"
    "!name-Zeros~net-mlp~l1p-0.02~steps-200!name-Dropout~net-mlp~do-0.5~steps-200"
)


def race(page: Page) -> None:
    """Start the race and wait for its end."""
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_text("· finished")).to_be_visible(timeout=90_000)


def look(page: Page, tab: str) -> None:
    """Open one of the tabs."""
    page.get_by_role("tab", name=tab, exact=True).click()


def saved(page: Page, button: str, folder: Path) -> Path:
    """Press a download button; the file that comes."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.slow
def test_the_l1_story_from_prediction_to_verdict(open_page: OpenPage) -> None:
    page = open_page(STORY)
    page.get_by_role("combobox", name="Which recipe").or_(
        page.get_by_role("combobox", name="Predict first")
    ).click()
    page.get_by_role("option", name="L1, proximal").click()
    race(page)
    expect(page.get_by_text("You said L1, proximal. L1, proximal is ahead")).to_be_visible()
    look(page, "Verdict")
    page.get_by_role("combobox", name="Compare").click()
    page.get_by_role("option", name="Weights that are exactly zero").click()
    expect(page.get_by_role("listitem").filter(has_text="L1, proximal: ahead")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="L2: within noise")).to_be_visible()


@pytest.mark.slow
def test_pruning_everything_moves_the_marker_and_the_number(open_page: OpenPage) -> None:
    page = open_page(SHORT)
    race(page)
    look(page, "Weights")
    half = page.locator("table.figures th", has_text="without 50 %")
    expect(half).to_be_visible(timeout=30_000)
    slider = page.get_by_role("slider", name="Smallest weights set to zero (%)")
    slider.focus()
    slider.press("End")
    expect(page.locator("table.figures th", has_text="without 100 %")).to_be_visible()
    row = page.locator("table.figures").last.locator("tbody tr").first
    change = row.locator("td").last.inner_text()
    assert float(change.replace("−", "-")) < -20
    expect(page.locator("canvas.marks, svg.marks").last).to_be_visible()


@pytest.mark.slow
def test_the_script_draws_the_curve_of_the_page(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(SHORT)
    race(page)
    look(page, "Take away")
    page.get_by_text("3. Dropout", exact=True).last.click()
    expect(page.get_by_text("ropout").last).to_be_visible()
    script = saved(page, "Download the script", tmp_path)
    cells = json.loads(saved(page, "Download the notebook", tmp_path).read_text())["cells"]
    assert cells[-1]["source"] in script.read_text()
    metrics = saved(page, "Metrics, CSV", tmp_path)
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "curve.csv").open() as file:
        drawn = {int(row["step"]): float(row["validation_loss"]) for row in csv.DictReader(file)}
    with metrics.open() as file:
        rows = [row for row in csv.DictReader(file) if row["name"] == "Dropout"]
    shown = {int(row["step"]): float(row["validation_loss"]) for row in rows if row["seed"] == "0"}
    assert shown
    for step, loss in shown.items():
        assert drawn[step] == pytest.approx(loss, rel=1e-4)


@on_every_other_screen
def test_screenshot_of_a_finished_race_fits_the_screen(
    open_page: OpenPage,
    screenshot: Callable[[Page, str], Path],
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(SHORT, viewport=viewport, colour_scheme=scheme)
    race(page)
    look(page, "Weights")
    expect(page.locator("table.figures th", has_text="without 50 %")).to_be_visible(timeout=30_000)
    if viewport == "desktop":
        page.set_viewport_size(TALL)
    page.get_by_text("· finished").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # charts draw themselves anew
    screenshot(page, named("training-lab", viewport, scheme))
