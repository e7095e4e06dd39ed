"""From hand to eye: a slider moved in a real Chromium until the new picture is painted.

Two measures of the Filters page, for a picture of 1 megapixel and, as the yardstick, for one of
33 × 33 pixels (what remains there is the round trip itself): the time of single moves, and the
pictures a second while dragging without a pause.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from explainer.images.gallery import gallery_picture
from scripts.chromium import find
from scripts.serving import serving

MOVES = 60
DRAG_MILLISECONDS = 3000
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

# Set the slider, wait for the next painted picture, rest, again: milliseconds of each move.
SINGLE_MOVES = """async (slider, moves) => {
  const times = []
  for (let i = 0; i < moves; i++) {
    const painted = new Promise(done => document.addEventListener("painted", done, { once: true }))
    const start = performance.now()
    slider.value = Number(slider.min) + 0.4 + 0.1 * (i % 20)
    slider.dispatchEvent(new Event("input", { bubbles: true }))
    await painted
    times.push(performance.now() - start)
    await new Promise(done => setTimeout(done, 120))
  }
  return times
}"""

# Move the slider at every frame of the screen; the moments at which pictures were painted.
DRAG = """async (slider, milliseconds) => {
  const stamps = []
  const note = () => stamps.push(performance.now())
  document.addEventListener("painted", note)
  const start = performance.now()
  while (performance.now() - start < milliseconds) {
    const phase = ((performance.now() - start) / 1000) % 1
    slider.value = Number(slider.min) + 0.4 + 2 * phase
    slider.dispatchEvent(new Event("input", { bubbles: true }))
    await new Promise(requestAnimationFrame)
  }
  document.removeEventListener("painted", note)
  slider.dispatchEvent(new Event("change", { bubbles: true }))
  return stamps.length / (milliseconds / 1000)
}"""


@dataclass(frozen=True)
class Felt:
    """Milliseconds from move to picture (median and 95th percentile), pictures a second."""

    name: str
    median: float
    high: float
    pictures_per_second: float


def measure(page: Page, name: str) -> Felt:
    """Move the σ of the Gaussian on whatever picture the page shows."""
    slider = page.locator('input[type="range"][name="sigma"]')
    slider.wait_for()
    page.locator('.pane[data-pane="output"] canvas.pixels[data-painted]').wait_for()
    page.wait_for_timeout(2000)
    times = slider.evaluate(SINGLE_MOVES, MOVES)[5:]
    rate = slider.evaluate(DRAG, DRAG_MILLISECONDS)
    return Felt(name, float(np.median(times)), float(np.percentile(times, 95)), float(rate))


def megapixel(folder: Path) -> Path:
    """A photo of 1000 × 1000 pixels as a PNG file."""
    path = folder / "megapixel.png"
    codes = cv2.resize(gallery_picture("astronaut").codes, (1000, 1000))
    cv2.imwrite(str(path), codes[..., ::-1])
    return path


def main() -> int:
    """Print one row for each picture and the ratio of the two."""
    address = "/filters?filters.kernel=Gaussian+blur&filters.sigma=1&picture=impulse"
    with tempfile.TemporaryDirectory() as folder, serving() as served, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(served.url + address)
        page.wait_for_timeout(8000)  # the server's warm-up, so that the heap is frozen
        small = measure(page, "33 × 33 (yardstick)")
        page.get_by_role("button", name="Choose a picture").click()
        page.locator('input[type="file"]').set_input_files(megapixel(Path(folder)))
        page.get_by_text("1000 × 1000").first.wait_for()
        page.keyboard.press("Escape")
        large = measure(page, "1000 × 1000 RGB")
        browser.close()
    print(f"{'picture':<22}{'p50 ms':>9}{'p95 ms':>9}{'pictures/s':>12}")
    for felt in (small, large):
        print(
            f"{felt.name:<22}{felt.median:>9.1f}{felt.high:>9.1f}{felt.pictures_per_second:>12.1f}"
        )
    print(f"{'ratio':<22}{large.median / small.median:>9.2f}{large.high / small.high:>9.2f}")
    print("aim: p50 at most 60 ms, p95 at most 100 ms, 20 pictures a second or more")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
