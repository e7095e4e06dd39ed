"""Rare cases and costs: what an alarm means, and which threshold is the cheapest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.metrics.costs import BELIEFS, Costs, case
from explainer.metrics.costs_script import FILE, bayes_script, costs_data, costs_script
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.inputs.places import sent_values
from explainer.ui.metrics.cost_picture import Test, Values, middle, rare_message
from explainer.ui.metrics.cost_words import amount, probability, share
from explainer.words import N_, _, language

KEY = "metrics"
COST = f"{KEY}.cost"
NAME = f"{COST}.picture"
TESTS = (Named("digits", N_("a real classifier")), Named("numbers", N_("two numbers")))
DIGITS = tuple(Named(str(one), str(one)) for one in range(10))
FIRST_DIGIT = "8"
"""Calibrating helps it visibly at `START`."""
START = Values(prevalence=0.01, ratio=20.0, threshold=0.0, sensitivity=0.9, specificity=0.9)
SPANS = {
    "prevalence": (0.001, 0.5), "ratio": (0.01, 100.0), "threshold": (-20.0, 20.0),
    "sensitivity": (0.0, 1.0), "specificity": (0.0, 1.0),
}  # fmt: skip
PRESETS = (
    (N_("cancer test"), {"prevalence": 0.01, "ratio": 20.0}),
    (N_("burglar alarm"), {"prevalence": 0.002, "ratio": 5.0}),
    (N_("spam filter"), {"prevalence": 0.4, "ratio": 0.1}),
)
"""Examples with prices that we made up, as everybody must: a sum of money, or of harm."""


def cost_section(*_given: object) -> None:
    """Which test, then its picture with all that is dragged in it."""
    say(KEY, "cost")
    news = unread(NAME, "moved")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choice(_("The test"), TESTS, key=f"{COST}.test", widget=st.segmented_control)
        digit, belief = _classifier() if kind == TESTS[0].slug else (int(FIRST_DIGIT), "")
    test = _test(digit, belief)
    values = _values(sent_values(news))
    address = live.live_picture(COST, _renderer(test, values))
    number = number_of(NAME, news)
    message = remembered(
        f"{COST}.message", (kind, digit, belief, values, number, address, theme(), language()),
        lambda: _message(test, values, number, address),
    )  # fmt: skip
    mount("rare", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    _code(test, values)
    say(KEY, "cost_notice")


def _classifier() -> tuple[int, str]:
    """Which digit is looked for and how its probabilities are taken, behind a button."""
    more = st.popover(_("More"), key=f"{COST}.more", on_change="rerun")
    with while_open(more):
        digit = choice(_("A case is the digit"), DIGITS, key=f"{COST}.digit", default=FIRST_DIGIT,
                       widget=st.segmented_control)  # fmt: skip
        belief = choice(_("Probabilities"), BELIEFS, key=f"{COST}.scores",
                        widget=st.segmented_control)  # fmt: skip
    return int(digit), belief


@cache
def _test(digit: int, belief: str) -> Test:
    """With what is worked out of it, for all visitors; without a belief the two numbers' test."""
    return Test(digit, case(digit, belief) if belief else None)


def _values(sent: Mapping[str, Any]) -> Values:
    """What was sent now, else what a new link says, else what the session kept."""
    kept: Values = st.session_state.get(f"{COST}.values", START)
    found = {}
    for name in SPANS:
        link = _linked_number(name)
        found[name] = _read(name, [sent.get(name), link, getattr(kept, name)])
        keep_in_link(f"{COST}.{name}", f"{found[name]:g}", f"{getattr(START, name):g}")
    values = st.session_state[f"{COST}.values"] = Values(**found)
    return values


def _linked_number(name: str) -> float | None:
    try:
        return float(linked(f"{COST}.{name}"))
    except ValueError:
        return None


def _read(name: str, sources: list[object]) -> float:
    """The first finite number, within its span and to four digits."""
    low, high = SPANS[name]
    for source in sources:
        value = number_in(source)
        if value is not None and math.isfinite(value):
            return float(f"{min(max(value, low), high):.4g}")
    return float(getattr(START, name))


def _renderer(test: Test, resting: Values) -> Render:
    colours = theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        found = {one: _read(one, [moved.get(one), getattr(resting, one)]) for one in SPANS}
        return rare_message(
            COST, test, values := Values(**found), _sliders(test, values), _presets(), colours,
            number, "",
        )  # fmt: skip

    return render


def _message(test: Test, values: Values, number: int, address: str) -> bytes:
    return rare_message(
        COST, test, values, _sliders(test, values), _presets(), theme(), number, address
    )


def _sliders(test: Test, values: Values) -> list[dict[str, Any]]:
    """What `rare.js` makes sliders of: where each stands, and how its value is written."""
    found = [
        _slider("prevalence", _("Prevalence: how many are cases"), values,
                share(values.prevalence), log=True),
        _slider("ratio", _("What a miss costs"), values, _priced(values.ratio), log=True),
    ]  # fmt: skip
    if test.case is None:
        return [
            *found,
            _slider("sensitivity", _("Hit rate (sensitivity)"), values, share(values.sensitivity)),
            _slider("specificity", _("Specificity"), values, share(values.specificity)),
        ]
    low, high = test.span
    at = min(max(values.threshold, low), high)
    least = middle(test, _best(test, values))
    slider = _slider("threshold", _("Alarm from this probability on"), values, probability(at))
    return [*found, {**slider, "low": low, "high": high, "value": at, "best": least}]


def _best(test: Test, values: Values) -> int:
    return Costs(values.ratio).best(test.roc(values), values.prevalence)


def _slider(
    name: str, label: str, values: Values, text: str, *, log: bool = False
) -> dict[str, Any]:
    low, high = SPANS[name]
    return {
        "name": name, "label": label, "low": low, "high": high, "value": getattr(values, name),
        "text": text, "log": log,
    }  # fmt: skip


def _priced(ratio: float) -> str:
    if abs(ratio - 1) < 5e-3:
        return _("as much as a false alarm")
    if ratio > 1:
        return _("{count} false alarms", count=amount(ratio))
    return _("1/{count} of a false alarm", count=amount(1 / ratio))


def _presets() -> list[dict[str, Any]]:
    return [{"title": _(title), "values": values} for title, values in PRESETS]


def _code(test: Test, values: Values) -> None:
    fold = code_fold(_("The same in Python"), f"{COST}.code")
    if not fold.open:
        return
    with fold:
        if test.case is None:
            text = bayes_script(
                values.prevalence, values.ratio, values.sensitivity, values.specificity
            )
            show_script(KEY, text, "deepglass_bayes")
            return
        text = costs_script(values.prevalence, values.ratio, values.threshold)
        row = show_script(KEY, text, "deepglass_costs")
        given = test.case
        row.download_button(
            _("Its data, to lie beside it"), lambda: costs_data(given), FILE, key=f"{COST}.data",
            icon=":material/database:", on_click="ignore",
        )  # fmt: skip
