"""What a first visit to each page costs: bytes over the wire with nothing cached, and what moves.

- *files* and *messages*: what the browser receives over HTTP, and over the websocket, until the
  page rests.
- *shift*: how much of the page moves while it comes, as the browser counts it (cumulative layout
  shift).
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.interaction import ARGUMENTS
from benchmarks.server import PAINTED, wait_until_warm
from explainer.topics import TOPICS
from scripts.chromium import find
from scripts.serving import serving

GOAL_KIB = 1300
REST_MILLISECONDS = 3000
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
SHIFTS = """
window.shift = 0
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value
}).observe({ type: "layout-shift", buffered: true })
"""


@dataclass
class Weight:
    """Bytes received over HTTP and over the websocket, and the shift on each screen."""

    files: int
    messages: int
    shift: float

    @property
    def kib(self) -> float:
        """All that was received."""
        return (self.files + self.messages) / 1024


def weigh(browser: Browser, address: str, screen: tuple[int, int]) -> Weight:
    """Open a page as nobody has before, and let it come to rest."""
    width, height = screen
    context = browser.new_context(viewport={"width": width, "height": height})
    page, found = context.new_page(), Weight(0, 0, 0.0)

    def on_finished(event: dict[str, Any]) -> None:
        found.files += int(event["encodedDataLength"])

    def on_frame(event: dict[str, Any]) -> None:
        found.messages += len(b64decode(event["response"]["payloadData"]))

    session: CDPSession = context.new_cdp_session(page)
    session.on("Network.loadingFinished", on_finished)
    session.on("Network.webSocketFrameReceived", on_frame)
    session.send("Network.enable")
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.wait_for_selector(PAINTED)
    page.wait_for_timeout(REST_MILLISECONDS)
    found.shift = float(page.evaluate("window.shift"))
    context.close()
    return found


def main() -> int:
    """Print a row for each page."""
    paths = ["", *(topic.slug for topic in TOPICS)]
    print(f"{'page':<18}{'files KiB':>11}{'messages':>10}{'together':>10}{'shift':>8}{'phone':>8}")
    with serving() as served, sync_playwright() as driver:
        wait_until_warm(served)
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        heaviest = 0.0
        for path in paths:
            address = f"{served.url}/{path}"
            weigh(browser, address, SCREENS["phone"])  # what the server computes once
            desk, phone = (weigh(browser, address, screen) for screen in SCREENS.values())
            heaviest = max(heaviest, desk.kib)
            print(
                f"{path or 'home':<18}{desk.files / 1024:>11.0f}{desk.messages / 1024:>10.0f}"
                f"{desk.kib:>10.0f}{desk.shift:>8.3f}{phone.shift:>8.3f}",
                flush=True,
            )
        browser.close()
    print(f"aim: at most {GOAL_KIB} KiB each (the heaviest has {heaviest:.0f}), and a shift of .05")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
