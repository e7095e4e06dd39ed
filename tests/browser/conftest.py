"""A real server and a real Chromium for the tests in this folder.

- `server`: the address of the app, which is started once for all tests.
- `fresh_server()`: the address of a new server of the test's own, for what only the first visitor
  sees.
- `open_page("/filters", viewport=PHONE, colour_scheme="dark")`: a page of a new visitor, opened and
  painted. It goes to the shared server where no `url` is given.
- `screenshot(page, "filters")`: a picture of the page as `screenshot-filters.png`.

At the end of each test its pages are asked for their errors: a message of the console at level
error, a warning of Vega's, an uncaught exception, a request to our server that failed, a control
without a name or a page wider than the screen fails the test. Nothing outside this machine is
contacted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from scripts.chromium import find
from scripts.serving import serving

HERE = Path(__file__).parent
VIEWPORTS: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    # No name is looked up: what is not this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# A busy machine may take its time; what never comes fails all the same.
EXPECT_MILLISECONDS = 30_000
LOCAL_HOSTS = ("127.0.0.1", "localhost")
# Vega warns of nothing.
VEGAS = re.compile(r"^WARN ")
PAINTED = (
    '[data-testid="stApp"][data-test-script-state="notRunning"]'
    '[data-test-connection-state="CONNECTED"]'
)


# A page is looked at on a telephone in the dark; all other tests look at it on a desk in the light,
# and these other pairs take their time.
SLOW_SCREENS = [
    pytest.param("phone", "light", marks=pytest.mark.slow),
    pytest.param("desktop", "light", marks=pytest.mark.slow),
    pytest.param("desktop", "dark", marks=pytest.mark.slow),
]
SCREENS = ("viewport", "scheme")
on_every_screen = pytest.mark.parametrize(SCREENS, [("phone", "dark"), *SLOW_SCREENS])
# Pages that `test_every_word` walks through, every tab of them, on a telephone in the dark, or that
# compute for long before there is something to look at.
on_every_other_screen = pytest.mark.parametrize(
    SCREENS, [pytest.param("phone", "dark", marks=pytest.mark.slow), *SLOW_SCREENS]
)


# Interactive elements and pictures (shadow roots included) that a screen reader could not name, and
# how far the page is wider than the screen.
FAULTS = """() => {
  const found = []
  const walk = root => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (!node.matches("button, a[href], input, img, canvas[role], select, textarea")) continue
      if (node.type === "hidden" || node.closest("[aria-hidden=true]")) continue
      if (!node.checkVisibility()) continue
      const labelled = node.getAttribute("aria-labelledby")
      const name = node.getAttribute("aria-label") || node.getAttribute("alt") ||
        (node.tagName === "IMG" && node.getAttribute("alt") === "" ? "decoration" : "") ||
        node.textContent.trim() || node.title || labelled || (node.labels && node.labels.length)
      if (!name) found.push(node.outerHTML.slice(0, 160))
    }
  }
  walk(document)
  const wider = document.documentElement.scrollWidth - window.innerWidth
  return wider > 0 ? [...found, `${wider} pixels wider than the screen`] : found
}"""


class OpenPage(Protocol):
    """What the fixture `open_page` hands out."""

    def __call__(
        self,
        path: str = "/",
        *,
        viewport: Literal["desktop", "phone"] = "desktop",
        colour_scheme: Literal["light", "dark"] = "light",
        url: str | None = None,
    ) -> Page:
        """Open `path` as a new visitor and return the page when its first run has been painted."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here `browser`, and run it last.

    Playwright's event loop belongs to the main thread for as long as the browser lives, so tests
    that start a loop of their own must be done by then.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: HERE in item.path.parents)


def is_local(url: str) -> bool:
    """Whether a request stays on this machine (`data:` and `blob:` addresses have no host)."""
    return urlsplit(url).hostname in (None, *LOCAL_HOSTS)


def is_picture(url: str) -> bool:
    """Whether it is the address of a picture that Streamlit's server keeps for a page.

    It drops those of a page that is left; the frontend may ask for one again while it goes.
    """
    return urlsplit(url).path.startswith("/media/")


def missing_pictures(page: Page, urls: Sequence[str]) -> list[str]:
    """Those of the pictures that were not found which the page still shows."""
    if page.is_closed() or not urls:
        return []
    shown = page.evaluate("[...document.images].map(one => one.src)")
    return [f"missing picture: {url}" for url in urls if url in shown]


def shown_faults(page: Page) -> list[str]:
    """What is wrong with a page as it is left: controls without a name, and too much width."""
    found: list[str] = []
    for _ in range(20):  # what has no name yet may be about to get one
        if page.is_closed() or page.locator(PAINTED).count() == 0:
            return []
        found = page.evaluate(FAULTS)
        if not found:
            break
        page.wait_for_timeout(100)
    return [f"{page.url}: {fault}" for fault in found]


def watch(page: Page, errors: list[str], pictures: list[str]) -> None:
    """Let `errors` collect what goes wrong on the page, and `pictures` those not found."""

    def on_console(message: ConsoleMessage) -> None:
        place = message.location["url"]
        # A request that was kept from leaving this machine leaves a line in the console.
        missing = is_picture(place) or "Image source error" in message.text
        if message.type == "warning" and VEGAS.match(message.text):
            errors.append(f"console: {message.text}")
        if message.type == "error" and is_local(place) and not missing:
            errors.append(f"console: {message.text} ({place})")

    def on_failed(request: Request) -> None:
        # ERR_ABORTED: the browser itself gave up a request whose answer nobody needs any more,
        # such as a picture that the next run replaced.
        if is_local(request.url) and request.failure != "net::ERR_ABORTED":
            errors.append(f"request: {request.failure} {request.url}")

    def on_response(response: Response) -> None:
        url = response.url
        if response.status == 404 and is_picture(url):
            pictures.append(url)
        elif response.status >= 400 and is_local(url):
            errors.append(f"response: {response.status} {url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(f"exception: {error}"))
    page.on("requestfailed", on_failed)
    page.on("response", on_response)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the app, running for all browser tests; its end must be clean."""
    with serving() as served:
        yield served.url


@pytest.fixture
def fresh_server() -> Iterator[Callable[[], str]]:
    """Starts a new server that lives as long as the test, and gives its address."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(serving()).url


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One Chromium for all tests: $CHROMIUM, or what scripts/chromium.py finds.

    It has a profile on disk, where the compiled scripts of the frontend are kept: without it each
    page compiles them anew, which takes a third of the time of all tests.
    """
    path = find()
    assert path, "no Chromium: see `python scripts/chromium.py`"
    expect.set_options(timeout=EXPECT_MILLISECONDS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=path,
            args=ARGUMENTS,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        yield chromium
        chromium.close()


@contextmanager
def opening(browser: BrowserContext, server: str) -> Iterator[OpenPage]:
    """Opens pages, each for a new visitor; at the end none of them may have met an error."""
    errors: list[str] = []
    with ExitStack() as stack:

        def open_page(
            path: str = "/",
            *,
            viewport: Literal["desktop", "phone"] = "desktop",
            colour_scheme: Literal["light", "dark"] = "light",
            url: str | None = None,
        ) -> Page:
            address = url or server
            page = browser.new_page()
            stack.callback(page.close)
            browser.new_cdp_session(page).send(
                "Storage.clearDataForOrigin",
                {"origin": address, "storageTypes": "cookies,local_storage"},
            )
            page.set_viewport_size(VIEWPORTS[viewport])
            page.emulate_media(color_scheme=colour_scheme, reduced_motion="reduce")
            missing: list[str] = []
            watch(page, errors, missing)
            stack.callback(lambda: errors.extend(missing_pictures(page, missing)))
            stack.callback(lambda: errors.extend(shown_faults(page)))
            page.goto(address + path)
            page.wait_for_selector(PAINTED, timeout=60_000)
            return page

        yield open_page
    assert not errors, "the browser reported:\n" + "\n".join(errors)


@pytest.fixture
def open_page(
    browser: BrowserContext, server: str, fresh_server: Callable[[], str]
) -> Iterator[OpenPage]:
    """Opens pages for one test.

    It asks for `fresh_server` so that its pages are closed before such a server stops.
    """
    with opening(browser, server) as opened:
        yield opened


@pytest.fixture(scope="module")
def open_shared_page(browser: BrowserContext, server: str) -> Iterator[OpenPage]:
    """Opens pages that all tests of a file look at, each leaving them as it found them."""
    with opening(browser, server) as opened:
        yield opened


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Takes a picture of a page; into the folder $SCREENSHOTS where that is set."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))

    def screenshot(page: Page, name: str) -> Path:
        path = folder / f"screenshot-{name}.png"
        page.screenshot(path=path)
        return path

    return screenshot
