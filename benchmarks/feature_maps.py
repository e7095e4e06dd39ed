"""From choice to eye on the Feature maps page, in a real Chromium, until the maps are painted.

- *network*: a shipped network is chosen; the first time, when its weights are not in memory yet,
  and after that.
- *photo*: another photo is chosen; all maps of a layer of ResNet-20.

The yardstick is another colour scale for the same maps: the round trip of the page, nothing else.
"""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.interaction import ARGUMENTS
from scripts.chromium import find
from scripts.serving import serving

NETWORKS = ("ResNet-20", "Small VGG", "LeNet-5")
PHOTOS = ("coffee", "astronaut", "rocket", "chelsea")
SCALES = ("each map", "the network", "the layer")
TURNS = 8
ADDRESS = "/feature_maps?picture=chelsea&feature_maps.network={network}&feature_maps.layer={layer}"
WARM_UP_MILLISECONDS = 8000

# Press something, wait until the maps are another picture that is decoded, and for a frame.
PRESS = """async ([selector, text]) => {
  const all = function* (root, wanted) {
    yield* root.querySelectorAll(wanted)
    for (const node of root.querySelectorAll("*"))
      if (node.shadowRoot) yield* all(node.shadowRoot, wanted)
  }
  const image = () => [...all(document, ".maps img")].at(-1)
  const before = image()?.src, said = node => node.textContent.trim()
  const target = [...all(document, selector)].find(node => !text || said(node) === text)
  const start = performance.now()
  target.click()
  for (;;) {
    await new Promise(requestAnimationFrame)
    const now = image()
    if (now && now.src && now.src !== before && now.complete && now.naturalWidth) {
      await now.decode()
      return performance.now() - start
    }
    if (performance.now() - start > 20000) return NaN
  }
}"""
SEGMENT = 'button[role="radio"]'


def press(page: Page, selector: str, text: str = "") -> float:
    """Milliseconds from a press to the new maps; then a rest."""
    taken = float(page.evaluate(PRESS, [selector, text]))
    page.wait_for_timeout(1200)
    return taken


def opened(page: Page, url: str, network: str, layer: str) -> None:
    """The page with a network, at rest."""
    page.goto(url + ADDRESS.format(network=network.replace(" ", "+"), layer=layer))
    page.locator(".maps img").last.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)


def print_row(name: str, times: list[float], yardstick: float) -> None:
    """Median, 95th percentile, and the median as a multiple of the yardstick's."""
    middle, high = np.median(times), np.percentile(times, 95)
    print(f"{name:<44}{middle:>8.0f}{high:>8.0f}{middle / yardstick:>8.2f}")


def main() -> int:
    """Print the table."""
    with serving() as served, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(served.url)
        page.wait_for_timeout(WARM_UP_MILLISECONDS)  # so that the heap is frozen
        opened(page, served.url, "LeNet-5", "conv1")
        first = {name: press(page, SEGMENT, name) for name in NETWORKS[:2]}
        again: dict[str, list[float]] = {name: [] for name in NETWORKS}
        for turn in range(TURNS * len(NETWORKS)):
            name = NETWORKS[(turn + 2) % len(NETWORKS)]
            again[name].append(press(page, SEGMENT, name))
        opened(page, served.url, "ResNet-20", "stage1_block1.residual.conv1")
        scale = [press(page, SEGMENT, SCALES[turn % len(SCALES)]) for turn in range(TURNS + 1)]
        page.get_by_role("button", name="Choose a picture").click()
        page.wait_for_timeout(1500)
        gallery = ".gallery button[data-slug='{}']"
        photo = [
            press(page, gallery.format(PHOTOS[turn % len(PHOTOS)])) for turn in range(2 * TURNS)
        ]
        browser.close()
    yardstick = float(np.median(scale))
    print(f"{'ms until the maps are painted':<44}{'p50':>8}{'p95':>8}{'times':>8}")
    print_row("another scale of the same maps (yardstick)", scale, yardstick)
    for name, taken in first.items():
        print_row(f"network {name}, the first time", [taken], yardstick)
    for name, times in again.items():
        print_row(f"network {name}", times, yardstick)
    print_row("photo, ResNet-20, 16 maps at 256 pixels", photo, yardstick)
    print("aim: a network within 1,000 ms, a photo p50 at most 300 ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
