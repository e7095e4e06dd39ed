"""What a race and those who watch cost one another.

- *watched*: steps a second of a race of 8 recipes while the server draws its live panel four times
  a second, the table once and an instrument every two seconds, against the same race with nobody
  looking (the yardstick), in turns. The browser is left out: it has a machine of its own.
- *slider*: from hand to picture on another visitor's Filters page, real server and real Chromium,
  while the race trains, against the same with the race paused (the yardstick). Here the browser
  shares the cores with the race, so the figure is an upper bound.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest

from benchmarks.interaction import ARGUMENTS, MOVES, SINGLE_MOVES
from explainer.service import Ticket, stop_service
from explainer.training.race import Race
from explainer.warmup import SWITCH_SECONDS, freeze_heap
from scripts.chromium import find
from scripts.serving import ROOT, serving

RECIPES = "!".join(f"name-R{i}~steps-1000000" for i in range(8))
SECONDS = 4.0
ROUNDS = 4
INSTRUMENTS = ("Weights", "Gradients", "Mistakes")
UPDATES_PER_SECOND = 4
EVERY = (1, 4, 8)  # updates, for curves, table and instrument
STEP = re.compile(r"Step ([\d,]+) of")


def race_under_way() -> Ticket[Race]:
    """A race begun on the training lab's page, in this process."""
    app = AppTest.from_file(str(ROOT / Path("explainer/shell.py")), default_timeout=30).run()
    app.query_params["training_lab.recipes"] = RECIPES
    app.switch_page("../pages/training_lab.py").run()
    app.button(key="training_lab.start").click().run()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    return ticket


def panel(ticket: object) -> None:
    """What the live fragment runs at each update."""
    from explainer.ui.race_live import draw

    draw(ticket)  # type: ignore[arg-type]


def table(ticket: object) -> None:
    """What the fragment of the table runs every second."""
    from explainer.ui.race_table import standings

    standings(ticket.race.snapshot)  # type: ignore[attr-defined]


def instrument(ticket: object, name: str) -> None:
    """What the fragment of an instrument runs every two seconds."""
    from explainer.ui.instruments.tabs import TABS

    TABS[name](ticket, moving=True)


def rate(ticket: Ticket[Race], watching: Sequence[AppTest]) -> float:
    """Steps a second over some seconds while the apps of `watching` are drawn.

    The first four times a second, the second once a second, the third every two seconds.
    """
    started, first, turn = time.perf_counter(), ticket.race.snapshot.step, 0
    while time.perf_counter() - started < SECONDS:
        begun = time.perf_counter()
        for place, app in enumerate(watching):
            if turn % EVERY[place] == 0:
                app.run()
        turn += 1
        time.sleep(max(0.0, 1 / UPDATES_PER_SECOND - (time.perf_counter() - begun)))
    return (ticket.race.snapshot.step - first) / (time.perf_counter() - started)


def print_watched() -> None:
    """Measure and print the first figure: the panel alone, then with each instrument."""
    ticket = race_under_way()
    curves = AppTest.from_function(panel, args=(ticket,), default_timeout=30).run()
    freeze_heap()  # as the server does
    sys.setswitchinterval(SWITCH_SECONDS)
    rate(ticket, [])
    print("watched, aim: at least 0.95 of the steps a second with nobody looking")
    for name in ("", *INSTRUMENTS):
        looks = [curves, AppTest.from_function(table, args=(ticket,)).run(timeout=30)]
        if name:
            looks.append(AppTest.from_function(instrument, args=(ticket, name)).run(timeout=30))
        pairs = [(rate(ticket, looks), rate(ticket, [])) for _ in range(ROUNDS)]
        watched, alone = (float(np.median(column)) for column in zip(*pairs, strict=True))
        ratio = float(np.median([one / other for one, other in pairs]))
        what = f"curves and {name.lower()}" if name else "curves"
        print(f"  {what:24} {watched:.0f} of {alone:.0f} steps a second: {ratio:.3f}", flush=True)
    stop_service()


def slider_median(browser: Browser, address: str) -> float:
    """The median milliseconds from a move to its picture, for a new visitor of Filters."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/filters?filters.kernel=Gaussian+blur&picture=astronaut")
    slider = page.locator('input[type="range"][name="sigma"]')
    slider.wait_for()
    page.locator('.pane[data-pane="output"] canvas.pixels[data-painted]').wait_for()
    page.wait_for_timeout(1500)
    times = slider.evaluate(SINGLE_MOVES, MOVES)[5:]
    page.close()
    return float(np.median(times))


def print_slider() -> None:
    """Measure and print the second figure."""
    with serving() as served, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{served.url}/training_lab?training_lab.recipes={RECIPES}")
        page.wait_for_timeout(9000)  # the server's warm-up
        page.get_by_role("button", name="Start the race").click()
        page.get_by_text(STEP).wait_for()
        page.get_by_role("link", name="Home").click()
        busy = slider_median(browser, served.url)
        page.get_by_role("link", name="Training lab", exact=True).click()
        page.get_by_role("button", name="Pause").click()
        page.wait_for_timeout(1000)
        idle = slider_median(browser, served.url)
        browser.close()
    print(f"slider {busy:.1f} ms with a race, {idle:.1f} ms without: ", end="")
    print(f"ratio {busy / idle:.2f} (aim: at most 1.5)")


def main() -> int:
    """Print both ratios."""
    logging.disable(logging.WARNING)
    print_watched()
    print_slider()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
