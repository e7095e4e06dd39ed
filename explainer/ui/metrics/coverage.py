"""The message to the picture of many intervals: what is drawn of them, and what is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.evaluation.intervals import BEYOND, COVERED, exact
from explainer.metrics.covered import Coverage, Ends, Metric, Way, coverage
from explainer.metrics.covered_over import Over
from explainer.metrics.ranked import Floats
from explainer.metrics.sampled import LARGE, SETS, SMALL, Sets
from explainer.metrics.versus import Versus, mcnemar, versus
from explainer.powers import percent, signed
from explainer.ui.common.components import pack
from explainer.words import N_, _

HOLDS, MISSES, PAIRED, APART = 5, 1, 2, 3
CURVES = (0, 3, 1)
"""Places of the colours."""
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
LEAST_REACH = 0.02
LEAST_CHANCE = 0.001
"""A smaller p is not printed."""
OF_MASKS = "iou"
"""The metric that is no answer to the question which digit it is."""
UNDEFINED = {
    "precision": N_("nothing is called positive"), "recall": N_("no picture is positive"),
    "f1": N_("nothing is positive, nor called so"), "auc": N_("too few of one class"),
    "ap": N_("no picture is positive"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shown:
    """A metric and one of its ways on test sets, the true value, and how coverage grows.

    `digit` is the one that is asked for: is it a …?
    """

    metric: Metric
    way: Way
    given: Sets
    true: float
    over: Over
    digit: int


def coverage_message(key: str, shown: Shown, colours: Theme, number: int) -> bytes:
    """What the component draws, the sets from the lowest value up."""
    found = coverage(shown.metric, shown.way, shown.given, shown.true)
    palette = colours.categorical
    there = np.flatnonzero(found.defined)
    order = there[np.lexsort((found.low[there], found.value[there]))]
    rows = np.stack([found.value, found.low, found.high], axis=1)[order]
    held, count = found.counted
    header: dict[str, Any] = {
        "name": key, "number": number, "true": shown.true, "size": shown.given.size,
        "span": _span(rows, shown.true), "share": held / count if count else None,
        "ways": _ways(shown),
        "over": {
            "sizes": shown.over.sizes, "band": _band(),
            "curves": [
                {"title": _(shown.metric.ways[slug].title), "colour": palette[place],
                 "values": values}
                for place, (slug, values) in zip(CURVES, shown.over.shares.items(), strict=False)
            ],
        },
        "colours": {"holds": palette[HOLDS], "misses": palette[MISSES], "here": colours.text},
        "words": _words(shown, len(found.value)), "told": _told(shown, found),
    }  # fmt: skip
    header |= _versus(shown.given, colours)
    return pack(header, rows.astype("<f4").tobytes(), found.holds[order].astype(np.uint8).tobytes())


def _span(rows: Floats, true: float) -> list[float]:
    """Round ends of the axis of values, within 0 and 1, which hold nearly all intervals."""
    if not len(rows):
        return [0.0, 1.0]
    low = min(float(np.quantile(rows[:, 1], 0.005)), float(rows[:, 0].min()), true)
    high = max(float(np.quantile(rows[:, 2], 0.995)), float(rows[:, 0].max()), true)
    step = next((one for one in STEPS if high - low <= 10 * one), STEPS[-1])
    ends = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    least, most = (round(min(max(one, 0.0), 1.0), 6) for one in ends)
    return [least, most] if most - least >= step / 2 else [round(most - step, 6), most]


def _ways(shown: Shown) -> list[dict[str, Any]]:
    """The first set by every way."""
    first, found = shown.given.first(1), []
    value = float(shown.metric.value(first)[0])
    for way in shown.metric.ways:
        low, high = (float(one[0]) for one in way.ends(first))
        none = math.isnan(low) or math.isnan(value)
        found.append({
            "title": _(way.title), "on": way.slug == shown.way.slug,
            "value": None if math.isnan(value) else value,
            "low": None if none else low, "high": None if none else high,
        })  # fmt: skip
    return found


def _band() -> list[float]:
    half = BEYOND * math.sqrt(COVERED * (1 - COVERED) / SETS)
    return [COVERED - half, COVERED + half]


def _words(shown: Shown, count: int) -> dict[str, str]:
    return {
        "one": _title(shown, count),
        "two": _("How many intervals hold the truth"),
        "three": _("Is it a {digit}? Two classifiers, of {small} and of {large} digits, on the "
                   "first set", digit=shown.digit, small=SMALL, large=LARGE),
        "holds": _("holds the true value"), "misses": _("misses it"), "true": _("true value"),
        "across": _("test sets, by what they measured"), "size": _("pictures in the test set"),
        "over": _("Coverage over the size of the test set, for each rule; the dot is the rule "
                  "chosen, the band what chance does to 400 sets that keep 95 %."),
        "none": _("No set has an interval here."),
    }  # fmt: skip


def _title(shown: Shown, count: int) -> str:
    asked = {"metric": _(shown.metric.title), "count": count, "digit": shown.digit}
    if shown.metric.slug == OF_MASKS:
        return _("{metric}: one test set by each rule, and {count} sets", **asked)
    return _("Is it a {digit}? {metric}: one test set by each rule, and {count} sets", **asked)


def _told(shown: Shown, found: Coverage) -> list[str]:
    """What one set says, how many intervals hold the truth, and how many sets say nothing."""
    held, count = found.counted
    told = []
    if found.defined[0]:
        told.append(_(
            "The first set drawn, of {size} pictures, has {value}, interval {low} to {high}; the "
            "truth is {true}.", size=shown.given.size, value=f"{found.value[0]:.3f}",
            low=f"{found.low[0]:.3f}", high=f"{found.high[0]:.3f}", true=f"{shown.true:.3f}",
        ))  # fmt: skip
    else:
        told.append(_("The first set drawn has no interval by this rule."))
    if count:
        low, high = (float(one) for one in exact(held, count))
        told.append(_(
            "Of {count} sets **{held} have an interval that holds it, {share}** ({low} to {high}): "
            "{verdict}.", count=count, held=held, share=percent(held / count), low=percent(low),
            high=percent(high), verdict=_(_verdict(low, high)),
        ))  # fmt: skip
    missing = len(found.value) - count
    if missing:
        reason = UNDEFINED.get(shown.metric.slug, N_("it is not defined"))
        told.append(_("In {missing} more there is none, “–”: {reason}.", missing=missing,
                      reason=_(reason)))  # fmt: skip
    return told


def _verdict(low: float, high: float) -> str:
    if high < COVERED:
        return N_("fewer than promised")
    return N_("more than promised") if low > COVERED else N_("as promised, within noise")


def _versus(given: Sets, colours: Theme) -> dict[str, Any]:
    """The first set's difference by both intervals, and how often either sees one."""
    found = versus(given)
    true = float(given.world.gains.mean())
    ends = {one: [float(end[0]) for end in getattr(found, one)] for one in ("paired", "apart")}
    reach = max(LEAST_REACH, *(abs(one) for pair in ends.values() for one in pair), abs(true))
    gain, only = float(found.gain[0]), (found.only_first[0], found.only_second[0])
    rows = [
        {"title": title, "colour": colours.categorical[place], "low": low, "high": high}
        for title, place, (low, high) in (
            (_("the same pictures"), PAIRED, ends["paired"]),
            (_("two sets of their own"), APART, ends["apart"]),
        )
    ]  # fmt: skip
    return {
        "versus": {
            "true": true, "reach": 1.05 * reach, "rows": rows, "gain": gain,
            "words": [_("more right answers with {large} digits, in points", large=LARGE),
                      _("The difference in accuracy with two intervals.")],
        },
        "compared": _compared(found, true, gain, only),
    }  # fmt: skip


def _compared(found: Versus, true: float, gain: float, only: tuple[float, float]) -> list[str]:
    rules, chance = (found.paired, found.apart), mcnemar(*only)
    seen = [percent(float(((low > 0) | (high < 0)).mean())) for low, high in rules]
    held = [percent(float(((low <= true) & (high >= true)).mean())) for low, high in rules]
    return [
        _(
            "The difference is {gain} points. Only the first is right on {first} pictures, only "
            "the second on {second}: McNemar’s exact test has {p}.",
            gain=signed(100 * gain), first=round(only[0]), second=round(only[1]),
            p=f"p = {chance:.3f}" if chance >= LEAST_CHANCE else f"p < {LEAST_CHANCE}",
        ),
        _(
            "Of {count} such sets, the paired interval leaves out 0 in **{paired}**, the other in "
            "**{apart}**. They hold the true difference in {held} and {other}, and are {narrow} "
            "and {wide} points wide on average.", count=len(found.gain), paired=seen[0],
            apart=seen[1], held=held[0], other=held[1], narrow=_width(found.paired),
            wide=_width(found.apart),
        ),
    ]  # fmt: skip


def _width(ends: Ends) -> str:
    return f"{100 * float((ends[1] - ends[0]).mean()):.1f}"
