"""The first minute in the training lab, in a real browser at 1440 × 900.

- *points*: from the click on *Start the race* to the first points on the curves.
- *shift*: how much of the page moves after the click, as the browser counts it (cumulative layout
  shift); the yardstick is what it calls good, 0.1.
- *story*: how long the first story trains, against the 20 s that it may take on two cores.
"""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks.interaction import ARGUMENTS
from benchmarks.server import wait_until_warm
from scripts.chromium import find
from scripts.serving import serving

STARTS = 8
# Settles with the milliseconds until a curve is drawn, and leaves the sum of later shifts behind.
CLICK = """async () => {
  window.shift = 0
  new PerformanceObserver(list => list.getEntries().forEach(one => {
    if (!one.hadRecentInput) window.shift += one.value
  })).observe({ type: "layout-shift" })
  const lines = () => {
    const roots = [...document.querySelectorAll("*")].map(one => one.shadowRoot).filter(Boolean)
    return [document, ...roots].some(root => root.querySelector("path.line[d]:not([d=''])"))
  }
  const began = performance.now()
  const starts = button => button.textContent.includes("Start the race")
  ;[...document.querySelectorAll("button")].find(starts).click()
  while (!lines() && performance.now() - began < 20000) await new Promise(requestAnimationFrame)
  return performance.now() - began
}"""

# Settles with the milliseconds until the race has finished; looks twice a second, at one element,
# because who looks at the whole page all the time takes a core from the race.
END = """async () => {
  const began = performance.now()
  const roots = [...document.querySelectorAll("*")].map(one => one.shadowRoot).filter(Boolean)
  const status = roots.map(root => root.querySelector(".status")).find(Boolean)
  while (!status.textContent.includes("finished")) {
    if (performance.now() - began > 120000) throw new Error(status.textContent)
    await new Promise(resume => setTimeout(resume, 500))
  }
  return performance.now() - began
}"""


def start(browser: Browser, address: str) -> tuple[float, float, float]:
    """Milliseconds to the first points, the shift after the click, and seconds to the end."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/training_lab")
    page.get_by_role("button", name="Start the race").wait_for()
    page.wait_for_timeout(2000)
    points = float(page.evaluate(CLICK))
    seconds = (points + float(page.evaluate(END))) / 1000
    shift = float(page.evaluate("window.shift"))
    page.close()
    return points, shift, seconds


def main() -> int:
    """Print the three figures."""
    with serving() as served, sync_playwright() as driver:
        wait_until_warm(served)
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        found = np.array([start(browser, served.url) for _ in range(STARTS)])
        browser.close()
    points, shifts, seconds = found.T
    print(f"points p50 {np.median(points):.0f} ms, p95 {np.quantile(points, 0.95):.0f} ms", end="")
    print(" (aim: p95 at most 500)")
    print(f"shift after the start, largest: {shifts.max():.3f} (aim: at most 0.05)")
    print(f"story {np.median(seconds):.1f} s (aim: at most 20)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
