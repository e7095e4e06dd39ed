"""How well the pages from optimisers to augmentation follow the hand, in a real Chromium.

A ring, a slider or the pointer is moved at every frame for three seconds; counted are the pictures
that come back. The yardstick is the plane with L2 alone, which has neither corners nor a shaded
part: what is left there is little more than the round trip.
"""

from __future__ import annotations

from playwright.sync_api import Page, sync_playwright

from benchmarks.server import wait_until_warm
from scripts.chromium import find
from scripts.serving import serving

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SECONDS = 3.0
GOAL = 20.0
YARDSTICK = "plane, L2 alone"
COUNT = "addEventListener('deepglass-live', () => { window.pictures = (window.pictures ?? 0) + 1 })"

# Move what is dragged a little at every frame, for so many milliseconds.
TURN_RING = """async ([plot, milliseconds]) => {
  const handle = plot.querySelector(".handle .dot").getBoundingClientRect()
  const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2]
  const send = (type, clientX, clientY) => {
    const target = type === "pointerdown" ? plot.querySelector(".handle .dot") : plot
    target.dispatchEvent(new PointerEvent(type, { clientX, clientY, bubbles: true, pointerId: 1 }))
  }
  plot.setPointerCapture = () => {}
  send("pointerdown", x, y)
  for (const start = performance.now(); performance.now() - start < milliseconds;) {
    const turn = (performance.now() - start) / 400
    send("pointermove", x - 60 + 60 * Math.cos(turn), y + 60 * Math.sin(turn))
    await new Promise(requestAnimationFrame)
  }
  send("pointerup", x, y)
}"""
SLIDE = """async ([slider, milliseconds]) => {
  const [low, high] = [Number(slider.min), Number(slider.max)]
  for (const start = performance.now(); performance.now() - start < milliseconds;) {
    const part = 0.5 + 0.4 * Math.sin((performance.now() - start) / 400)
    slider.value = low + part * (high - low)
    slider.dispatchEvent(new Event("input", { bubbles: true }))
    await new Promise(requestAnimationFrame)
  }
  slider.dispatchEvent(new Event("change", { bubbles: true }))
}"""
POINT = """async ([stage, milliseconds]) => {
  const { x, y, width, height } = stage.getBoundingClientRect()
  for (const start = performance.now(); performance.now() - start < milliseconds;) {
    const turn = (performance.now() - start) / 200
    const clientX = x + (0.74 + 0.12 * Math.cos(turn)) * width  // where each frame has another dot
    const clientY = y + (0.2 + 0.12 * Math.sin(turn)) * height
    const place = { clientX, clientY, bubbles: true, pointerType: "mouse" }
    stage.dispatchEvent(new PointerEvent("pointermove", place))
    await new Promise(requestAnimationFrame)
  }
}"""
FORCE, PRIOR, BENDS = (
    f".st-key-penalties-{name}-sliders input" for name in ("force", "prior", "bends")
)
MARBLES = ".st-key-optimisers-plane-sliders input"
CLOUD = ".st-key-overfitting-cloud-sliders input"
DRAGS = (
    (YARDSTICK, "penalties?penalties.penalty=l2", ".penalty .plot", TURN_RING),
    ("plane, L1 and L2", "penalties", ".penalty .plot", TURN_RING),
    ("plane, elastic net", "penalties?penalties.penalty=elastic-net", ".penalty .plot", TURN_RING),
    ("plane, p = ½", "penalties?penalties.penalty=power", ".penalty .plot", TURN_RING),
    ("plane, budget", "penalties?penalties.form=budget", "input[name=budget]", SLIDE),
    ("force", "penalties?penalties.tab=force", f"{FORCE}[name=strength]", SLIDE),
    ("prior", "penalties?penalties.tab=prior", f"{PRIOR}[type=range]", SLIDE),
    ("bends", "penalties?penalties.tab=strength", f"{BENDS}[type=range]", SLIDE),
    ("dots, pointer", "dropout", ".subnetworks .stage", POINT),
    ("dots, q", "dropout", "input[name=keep]", SLIDE),
    ("masks", "dropout?dropout.tab=masks&dropout.masks.count=1000", "input[name=first]", SLIDE),
    ("a bend", "dropout?dropout.tab=test_time", "input[name=q]", SLIDE),
    ("doubt", "dropout?dropout.tab=doubt", "input[name=angle]", SLIDE),
    ("cloud, noise", "overfitting", f"{CLOUD}[name=noise][type=range]", SLIDE),
    ("cloud, degree", "overfitting", f"{CLOUD}[name=degree][type=range]", SLIDE),
    ("cloud, points", "overfitting", f"{CLOUD}[name=points][type=range]", SLIDE),
    ("descent, ridge", "overfitting?overfitting.tab=descent",
     ".st-key-overfitting-features-sliders input[type=range]", SLIDE),
    ("stopping", "overfitting?overfitting.tab=stopping", "input[name=patience]", SLIDE),
    ("robot's looks", "splits", "input[name=looks][type=range]", SLIDE),
    ("development set", "splits", "input[name=n][type=range]", SLIDE),
    ("test set's size", "splits?splits.tab=how_large", "input[name=pictures][type=range]", SLIDE),
    ("folds", "splits?splits.tab=folds", "input[name=folds][type=range]", SLIDE),
    ("leak", "splits?splits.tab=leakage", "input[name=features][type=range]", SLIDE),
    ("camera", "splits?splits.tab=mismatch", "input[name=strength][type=range]", SLIDE),
    ("mixture", "splits?splits.tab=mismatch", "input[name=share][type=range]", SLIDE),
    ("scale", "splits?splits.tab=scaling", "input[name=scale][type=range]", SLIDE),
    ("whose numbers", "splits?splits.tab=scaling", "input[name=crowd][type=range]", SLIDE),
    ("wall, rotation", "augmentation", "input[name=degrees]", SLIDE),
    ("wall, brightness", "augmentation?augmentation.step=brightness", "input[name=v]", SLIDE),
    ("digit turned", "augmentation?augmentation.tab=label", "input[name=angle]", SLIDE),
    ("nine changes", "augmentation?augmentation.tab=label&augmentation.survives=label_strength",
     "input[name=strength]", SLIDE),
    ("marbles, rates", "optimisers", f"{MARBLES}[name=rate]", SLIDE),
    ("marbles, rotation", "optimisers", f"{MARBLES}[name=degrees]", SLIDE),
    ("marbles, a network", "optimisers?optimisers.plane.landscape=network",
     f"{MARBLES}[name=rate]", SLIDE),
    ("bowl's rate", "optimisers?optimisers.tab=limit", "input[name=multiple]", SLIDE),
    ("L2 penalty", "optimisers?optimisers.tab=momentum", "input[name=ridge]", SLIDE),
    ("learning rate", "optimisers?optimisers.tab=rate",
     ".st-key-optimisers-rate-sliders input[type=range]", SLIDE),
    ("range test", "optimisers?optimisers.tab=rate&optimisers.rate_view=range",
     "input[name=keep]", SLIDE),
    ("batch", "optimisers?optimisers.tab=batches", "input[name=seen][type=range]", SLIDE),
    ("gradient noise", "optimisers?optimisers.tab=batches&optimisers.batches=noise",
     "input[name=b][type=range]", SLIDE),
    ("noise, scale", "losses", ".st-key-losses-noise-sliders input[type=range]", SLIDE),
    ("coin", "losses?losses.tab=likelihood", "input[name=p]", SLIDE),
    ("logits", "losses?losses.tab=softmax", "input[name=temperature]", SLIDE),
    ("saturation", "losses?losses.tab=squared", "input[name=z]", SLIDE),
    ("calibration", "losses?losses.tab=calibration", "input[name=temperature]", SLIDE),
    ("prevalence and cost", "metrics?metrics.tab=cost", "input[name=prevalence]", SLIDE),
    ("a rare class", "metrics?metrics.tab=classes", ".ten input[type=range]", SLIDE),
    ("box threshold", "metrics?metrics.tab=boxes", "input[name=threshold][type=range]", SLIDE),
    ("mask moved", "metrics?metrics.tab=masks", "input[name=by][type=range]", SLIDE),
    ("set of masks", "metrics?metrics.tab=masks", "input[name=noise][type=range]", SLIDE),
    ("size of a test set", "metrics?metrics.tab=intervals", "input[name=size][type=range]", SLIDE),
    ("layer by layer", "augmentation?augmentation.tab=invariance", "input[name=strength]", SLIDE),
)  # fmt: skip


def pictures_per_second(page: Page, address: str, selector: str, drag: str) -> float:
    """How many pictures come back in a second while that is dragged."""
    page.goto(address)
    moved = page.locator(selector).first
    moved.wait_for()
    page.wait_for_timeout(2500)
    page.evaluate(COUNT)
    moved.evaluate(f"(one, milliseconds) => ({drag})([one, milliseconds])", 1000 * SECONDS)
    return float(page.evaluate("window.pictures ?? 0")) / SECONDS


def main() -> int:
    """Print a row for each drag, and its ratio to the yardstick."""
    with serving() as served, sync_playwright() as driver:
        wait_until_warm(served)
        browser = driver.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        print(f"{'dragged':<20}{'pictures/s':>12}{'ratio':>8}")
        usual = None
        for name, query, selector, drag in DRAGS:
            rate = pictures_per_second(page, f"{served.url}/{query}", selector, drag)
            usual = usual or rate
            print(f"{name:<20}{rate:>12.1f}{rate / usual:>8.2f}", flush=True)
        browser.close()
    print(f"aim: {GOAL:.0f} pictures a second or more")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
