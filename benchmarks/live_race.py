"""What a race and those who watch cost one another.

- *watched*: what a race of 8 recipes × 3 seeds on the real server does in a second while a
  visitor's page asks for its curves four times a second, the table once and an instrument every
  three seconds, against the same race with nobody asking (the yardstick), in turns. The browser is
  left out: it has a machine of its own. It is given in steps, and in the processor time that the
  threads that train get: other work on the machine disturbs the second less.
- *slider*: from hand to picture on another visitor's Filters page, real server and real Chromium,
  while the race trains, against the same with the race paused (the yardstick). Here the browser
  shares the cores with the race, so the figure is an upper bound.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks.interaction import ARGUMENTS, MOVES, SINGLE_MOVES
from benchmarks.server import wait_until_warm
from benchmarks.watcher import STEP, Watcher, watching
from scripts.chromium import find
from scripts.serving import Served, serving

RECIPES = "!".join(f"name-R{i}~steps-1000000" for i in range(8))
SECONDS = 3.0
ROUNDS = 8
WARM_STEPS = 200  # the race of the visitor before may keep its place for some seconds
TABS = ("Take away", "Verdict", "Weights", "Gradients", "Mistakes")  # the first stands still


def training_seconds(served: Served) -> float:
    """Processor time of the server's threads that gave way, which train; 0 without /proc."""
    ticks = 0
    for task in Path(f"/proc/{served.process.pid}/task").glob("*/stat"):
        fields = task.read_text(encoding="utf-8").rpartition(")")[2].split()
        if int(fields[16]) > 0:  # niceness
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def rates(served: Served, watcher: Watcher, *, watching: bool) -> tuple[float, float]:
    """Steps and training time a second, while the page is asked for its fragments or at rest."""
    first, used, started = watcher.step(), training_seconds(served), time.perf_counter()
    if watching:
        watcher.watch(SECONDS)
    else:
        time.sleep(SECONDS)
    seconds = time.perf_counter() - started
    used = (training_seconds(served) - used) / seconds
    return (watcher.step() - first) / seconds, used


def print_watched() -> None:
    """Measure and print the first figure, with the tab of each instrument open."""
    print("watched, aim: at least 0.95 of what is done in a second with nobody looking")
    with serving() as served:
        wait_until_warm(served)
        for name in TABS:
            query = {"training_lab.recipes": RECIPES, "training_lab.look": name}
            with watching(served, "training_lab", query) as watcher:
                watcher.click("Start the race")
                while watcher.step() < WARM_STEPS:
                    time.sleep(0.5)
                print(f"  {name:10} {ratios(served, watcher)}", flush=True)


def ratios(served: Served, watcher: Watcher) -> str:
    """Watched and alone in turns: medians, and the medians of the ratios of neighbours."""
    turns = [[rates(served, watcher, watching=one) for one in (True, False)] for _ in range(ROUNDS)]
    found = np.array(turns)  # (rounds, watched or alone, steps or time)
    watched, alone = np.median(found, axis=0)
    steps, time_ = np.median(found[:, 0] / np.maximum(found[:, 1], 1e-9), axis=0)
    return (
        f"{watched[0]:.1f} of {alone[0]:.1f} steps a second: {steps:.3f}; "
        f"{watched[1]:.2f} of {alone[1]:.2f} cores: {time_:.3f}"
    )


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
        page.get_by_test_id("stSidebarNavLink").filter(has_text="Training lab").click()
        page.get_by_role("button", name="Pause").click()
        page.wait_for_timeout(1000)
        idle = slider_median(browser, served.url)
        browser.close()
    print(f"slider {busy:.1f} ms with a race, {idle:.1f} ms without: ", end="")
    print(f"ratio {busy / idle:.2f} (aim: at most 1.5)")


def main() -> int:
    """Print both ratios."""
    print_watched()
    print_slider()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
