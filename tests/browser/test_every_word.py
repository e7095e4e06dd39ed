"""Every tab, fold and popover of every page, opened: every word is a message to be translated.

The pages are opened in the language `xx`, in which messages stand in ⟦ ⟧: what a reader sees
outside of them is data, a number, or was forgotten. Nothing stands there as its own source either.

They are found on the page, so a new page and a new tab are looked at without a line here. Primary
buttons are pressed as well, because much has nothing to say before there is a race.
"""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Error, Page, expect

from explainer.topics import TOPICS
from explainer.words import PSEUDO
from tests.browser.conftest import PAINTED, OpenPage

# These pages train networks while they are looked at, which takes its time.
LONG = {
    "augmentation", "clinic", "depth", "dropout", "landscape", "losses", "metrics",
    "optimisers", "overfitting", "penalties", "splits", "training_lab",
}  # fmt: skip
PATHS = [
    "/",
    "/glossary",
    *(
        pytest.param(f"/{topic.slug}", marks=[pytest.mark.slow] * (topic.slug in LONG))
        for topic in TOPICS
    ),
]
MOST_OPENED = 80
ROOTS = """
const roots = [document];
for (let i = 0; i < roots.length; i++)
  for (const one of roots[i].querySelectorAll("*")) if (one.shadowRoot) roots.push(one.shadowRoot);
const every = selector => roots.flatMap(root => [...root.querySelectorAll(selector)]);
const inert = document.implementation.createHTMLDocument();  // whose copies load no pictures
const shown = one => one.checkVisibility({visibilityProperty: true});
"""
# What nobody reads as words: code, what was typed, icons (their names are letters of a font).
FAULTS = f"""() => {{ {ROOTS}
const skipped = "code, pre, textarea, script, style, .katex, [data-testid=stIconMaterial]";
const source = /\\$\\$|\\$[^$\\n]+\\$|\\*\\*|\\\\[a-zA-Z]+|:material|:[a-z-]+\\[|\\{{[a-z_]+\\}}/;
const found = every(".katex-error").map(one => `formula: ${{one.textContent}}`);
found.push(...every("[data-testid=stException]").map(one => `exception: ${{one.textContent}}`));
for (const root of roots) {{
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (source.test(texts.currentNode.data) && !texts.currentNode.parentElement?.closest(skipped))
      found.push(`source: ${{texts.currentNode.data}}`);
}}
if (new URLSearchParams(location.search).get("lang") === "xx") {{
  const link = "a:not([href^='#term-'])";  // a term of the prose stands within its sentence
  const ours = "p, li, td, th, h1, h2, h3, h4, label, button, summary, figcaption, option, text," +
    link;
  const streamlits = "[data-testid=stToolbar], [data-testid=stFileUploaderDropzone]," +
    " [data-testid=stElementToolbar], [data-testid=stSkipToContent], .vega-actions";
  const plain = one => {{
    const copy = inert.importNode(one, true);
    for (const out of copy.querySelectorAll(skipped + ", [translate=no]")) out.remove();
    let text = copy.textContent, before;
    do {{ before = text; text = text.replace(/⟦[^⟦⟧]*⟧/g, " "); }} while (text !== before);
    return text;
  }};
  for (const one of every(ours)) {{
    if (one.querySelector(ours) || !one.checkVisibility({{visibilityProperty: true}})) continue;
    if (one.closest(`${{skipped}}, [translate=no], ${{streamlits}}`)) continue;
    if (/[a-zA-Z]{{3,}}/.test(plain(one)))
      found.push(`outside: ${{one.textContent.trim().slice(0, 120)}}`);
  }}
}}
for (const panel of every("[role=tabpanel]"))
  if (shown(panel) && !panel.innerText.trim() && !panel.querySelector("canvas, svg, img, input"))
    found.push(`empty: ${{panel.id}}`);
const pressed = "[data-testid=stMain] a *, [data-testid=stMain] button *";
for (const one of every(pressed))
  if (shown(one) && getComputedStyle(one).textOverflow === "ellipsis" &&
      one.scrollWidth > one.clientWidth + 1)
    found.push(`cut: ${{one.textContent.trim().slice(0, 120)}}`);
const wider = document.documentElement.scrollWidth - innerWidth;
if (wider > 0) found.push(`${{wider}} pixels wider than the screen`);
return found;
}}"""
# What can be opened and was not, by the way to it; the deepest first, so that no tab is left
# before all within it was seen.
UNOPENED = f"""seen => {{ {ROOTS}
const folds = "details:not([open]) > summary";
const inner = "[role=tabpanel], details, [data-testid=stPopoverBody]";
const primary = "[data-testid=stBaseButton-primary]";
const popovers = "[data-testid=stPopover] button";
const openers = [primary, "[role=tab]:not([aria-selected=true])", folds, popovers].join(", ");
const label = one => {{
  const words = one.cloneNode(true);
  for (const icon of words.querySelectorAll("[data-testid=stIconMaterial]")) icon.remove();
  return words.textContent.trim();
}};
const way = one => {{
  const steps = [label(one)];
  for (let at = one.parentElement; at; at = at.parentElement) {{
    const tab = document.getElementById(at.getAttribute("aria-labelledby"));
    if (tab?.matches("[role=tab]")) steps.unshift(label(tab));
    else if (at.matches(inner)) steps.unshift(">");
  }}
  return steps;
}};
const rank = one => way(one).length + (one.closest("[data-testid=stPopoverBody]") ? 100 : 0);
const left = every(openers).filter(one => shown(one) && !seen.includes(way(one).join(" / ")));
left.sort((one, other) => rank(other) - rank(one));
return left.length ? [left[0], way(left[0]).join(" / ")] : [null, ""];
}}"""
# Ends when a run of the script is under way, or after 300 ms without one.
BEGUN = """async () => {
const resting = document.querySelector("[data-test-script-state=notRunning]");
for (let turn = 0; turn < 15 && resting?.dataset.testScriptState === "notRunning"; turn++)
  await new Promise(done => setTimeout(done, 20));
}"""


def settle(page: Page) -> None:
    """Wait until what was asked for is there; a click that asks nothing of the server is quick."""
    page.evaluate(BEGUN)
    page.wait_for_selector(PAINTED, timeout=60_000)
    expect(page.get_by_test_id("stSpinner")).to_have_count(0, timeout=60_000)


def faults(page: Page) -> list[str]:
    """What stands on the page as source, and what is empty or broken."""
    found: list[str] = []
    for _ in range(20):  # what is empty now may only be on its way
        found = page.evaluate(FAULTS)
        if not found:
            break
        page.wait_for_timeout(100)
    return found


def walk(page: Page) -> dict[str, list[str]]:
    """Open all there is to open; the faults by the way to them."""
    seen: list[str] = []
    found = {"the page": faults(page)}
    for _ in range(MOST_OPENED):
        pair = page.evaluate_handle(UNOPENED, seen)
        opener = pair.get_property("0").as_element()
        if opener is None:
            break
        way = str(pair.get_property("1").json_value())
        seen.append(way)
        if not opener.evaluate("one => one.closest('[data-testid=stPopoverBody]')"):
            page.keyboard.press("Escape")  # an open popover may cover it, on a phone
        try:
            opener.click()
        except Error:
            if opener.evaluate("one => one.isConnected"):
                raise
            seen.remove(way)  # it was drawn anew meanwhile
        settle(page)
        found[way] = faults(page)
    return {way: broken for way, broken in found.items() if broken}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [("phone", "dark"), pytest.param("desktop", "light", marks=pytest.mark.slow)],
)
def test_every_word_of_a_page_is_a_message(
    open_page: OpenPage,
    path: str,
    viewport: Literal["desktop", "phone"],
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(f"{path}?lang={PSEUDO}", viewport=viewport, colour_scheme=scheme)
    settle(page)
    assert walk(page) == {}
