"""From a click to the answer, in a real browser: another page, and controls of a page.

- *switch*: from the click in the menu until the page's main picture is there, at the first visit
  of a session and at the second.
- *control*: from the key until the last change of the page, of the controls that compute most.

The yardstick is what computes nothing: the home page, and a step of the graph, which the browser
draws by itself. A slider of Streamlit's waits 200 ms before it tells the server.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.interaction import ARGUMENTS
from benchmarks.server import PAINTED, wait_until_warm
from scripts.chromium import find
from scripts.serving import serving

SWITCH_GOAL, CONTROL_GOAL = 500, 300  # milliseconds
VISITS, MOVES = 6, 20
REST_MILLISECONDS = 1500

MAIN_PICTURES = {
    "Home": "[class*=st-key-home-card] img",
    "Filters": ".lens .pane[data-pane=output] canvas.pixels[data-painted]",
    "Why convolution": ".moving .says b",
    "Feature maps": ".maps img",
    "Attribution": ".attribution img",
    "Activations": ".curves path.line",
    "Through depth": ".vega-embed :is(canvas, svg)",
    "Gradient check": ".walk .node",
    "Training lab": ".plot svg",
}
"""What a page is about, by its title in the menu; the landscape's takes as long as training."""

# Note each change of the page, within components as well; the page's own end of a run is none.
WATCH = """() => {
  const seen = new WeakSet()
  const look = root => {
    if (seen.has(root)) return
    seen.add(root)
    new MutationObserver(() => { window.changed = performance.now(); sweep() })
      .observe(root, { subtree: true, childList: true, characterData: true, attributes: true,
        attributeFilter: ["src", "d", "style", "value"] })
  }
  const sweep = () => {
    for (const one of document.querySelectorAll("*")) if (one.shadowRoot) look(one.shadowRoot)
  }
  look(document.querySelector("[data-testid=stMainBlockContainer]"))
  sweep()
  document.addEventListener("painted", () => { window.changed = performance.now() })
}"""


@dataclass(frozen=True)
class Control:
    """Which control of which page, and how it is moved: a key for each move, in turn."""

    page: str
    role: str
    name: str
    keys: tuple[str, str]


CONTROLS = (
    Control("gradient_check", "slider", "Step of the forward", ("ArrowRight", "ArrowLeft")),
    Control("gradient_check", "slider", "x", ("ArrowRight", "ArrowLeft")),
    Control("depth", "slider", "Hidden layers", ("ArrowRight", "ArrowLeft")),
    Control("why_convolution", "slider", "Kernel size", ("ArrowRight", "ArrowLeft")),
    Control("filters", "slider", "Bias", ("ArrowRight", "ArrowLeft")),
)


def switch(page: Page, title: str) -> float:
    """Milliseconds from the click in the menu to the main picture, and then a rest."""
    began = float(page.evaluate("performance.now()"))
    page.get_by_role("link", name=title, exact=True).first.click()
    page.locator(MAIN_PICTURES[title]).first.wait_for(timeout=30_000)
    milliseconds = float(page.evaluate("performance.now()")) - began
    page.wait_for_timeout(REST_MILLISECONDS)
    return milliseconds


def moved(page: Page, control: Control, key: str) -> float:
    """Milliseconds from the key to the last change; raises `RuntimeError` where there was none."""
    page.get_by_role(control.role, name=control.name).first.focus()  # type: ignore[arg-type]
    page.wait_for_timeout(100)
    began = float(page.evaluate("performance.now()"))
    page.keyboard.press(key)
    page.wait_for_timeout(REST_MILLISECONDS)
    milliseconds = float(page.evaluate("window.changed ?? 0")) - began
    if milliseconds <= 0:
        raise RuntimeError(f"{control.name} of {control.page}: {key} changed nothing")
    return milliseconds


def main() -> int:
    """Print the two tables."""
    with serving() as served, sync_playwright() as driver:
        wait_until_warm(served)
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        firsts: dict[str, list[float]] = {title: [] for title in MAIN_PICTURES}
        seconds: dict[str, list[float]] = {title: [] for title in MAIN_PICTURES}
        for _ in range(VISITS):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(f"{served.url}/glossary")
            page.wait_for_selector(PAINTED)
            page.wait_for_timeout(REST_MILLISECONDS)
            for found in (firsts, seconds):
                for title in MAIN_PICTURES:
                    found[title].append(switch(page, title))
            context.close()
        print(f"{'page, milliseconds':<22}{'first p50':>10}{'p95':>7}{'again p50':>11}{'p95':>7}")
        for title in MAIN_PICTURES:
            spread = [
                np.percentile(times[title], share)
                for times in (firsts, seconds)
                for share in (50, 95)
            ]
            print("{:<22}{:>10.0f}{:>7.0f}{:>11.0f}{:>7.0f}".format(title, *spread))
        print(f"aim: at most {SWITCH_GOAL}\n\n{'control, milliseconds':<40}{'p50':>8}{'p95':>8}")
        for control in CONTROLS:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{served.url}/{control.page}")
            page.wait_for_selector(PAINTED)
            page.wait_for_timeout(2 * REST_MILLISECONDS)
            page.evaluate(WATCH)
            times = [moved(page, control, key) for key in control.keys * (MOVES // 2)]
            middle, high = np.percentile(times, [50, 95])
            name = f"{control.page}: {control.name}"
            print(f"{name:<40}{middle:>8.0f}{high:>8.0f}", flush=True)
            page.close()
        browser.close()
    print(f"aim: p95 at most {CONTROL_GOAL}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
