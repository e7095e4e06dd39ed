"""The facts of activations in words: a table of those shown, every entry computed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape

from explainer.activations.chosen import Chosen, facts_of
from explainer.activations.curves import Corner
from explainer.activations.facts import FLAT, Facts, Interval
from explainer.charts.activations.curves import Stroke
from explainer.ui.common.tables import table

HEADINGS = (
    "function",
    "greatest slope",
    f"slope under {FLAT}",
    "range",
    "mean output",
    "monotone",
    "not differentiable",
)
MOST_TOLD = 3
WRAPPED = "display:inline-block;white-space:normal;max-width:9.5rem;text-wrap:balance"
SMALL = f"{WRAPPED};max-width:12rem;opacity:.7;font-size:.8em;line-height:1.2"


def facts_table(shown: Sequence[tuple[Chosen, Stroke]]) -> None:
    """A row for each function; the mean is over standard normal inputs."""
    rows = []
    for chosen, stroke in shown:
        found = facts_of(chosen)
        cells = (f'<span style="{WRAPPED}">{_kept(escape(text))}</span>' for text in told(found))
        rows.append([_name(chosen, stroke), *cells])
    table(HEADINGS, rows, name="facts", caption="What follows from the shape of each function")


def _name(chosen: Chosen, stroke: Stroke) -> str:
    line = (
        '<span style="display:inline-block;width:1.6rem;margin-right:.4rem;vertical-align:middle;'
        f'border-top:3px {stroke.style} {stroke.colour}"></span>'
    )
    source = f'<br><span style="{SMALL}">{escape(chosen.source)}</span>' if chosen.source else ""
    return line + escape(chosen.title) + source


def _kept(text: str) -> str:
    """Text that breaks between intervals, not inside one."""
    return re.sub(r"(?<=x) | (?=to\b)|(?<=to) |(?<=[;t]) (?=−?\d)", "\u00a0", text)


def told(found: Facts) -> tuple[str, ...]:
    """The facts of a function, one text for each heading after the first."""
    if math.isnan(found.low):
        return ("not defined",) * (len(HEADINGS) - 1)
    return (
        greatest_slope(found),
        flat(found),
        value_range(found),
        mean_output(found),
        monotone(found),
        not_differentiable(found),
    )


def greatest_slope(found: Facts) -> str:
    """How steep it gets, and where."""
    if math.isinf(found.steepest):
        return "without bound"
    if found.steepest == 0:
        return "0 everywhere"
    where = _listed(found.steepest_where)
    if found.approached:
        where = f"approached as x {'grows' if math.isinf(found.steepest_where[0][1]) else 'falls'}"
    return f"{number(found.steepest)}, {where}"


def flat(found: Facts) -> str:
    """Where almost no gradient passes."""
    return _listed(found.flat) if found.flat else "nowhere"


def value_range(found: Facts) -> str:
    """From the least value to the greatest, and where there is none."""
    values = f"{number(found.low)} to {number(found.high)}"
    return f"{values}; undefined {_listed(found.undefined)}" if found.undefined else values


def mean_output(found: Facts) -> str:
    """The mean for standard normal inputs, and whether that is zero."""
    if not math.isfinite(found.mean):
        return "not defined"
    return "0: zero-centred" if found.centred else f"{number(found.mean)}: not centred"


def monotone(found: Facts) -> str:
    """Whether it never falls, and where it does if it does."""
    if not found.falling:
        return "never falls"
    if len(found.falling) > 1:
        return f"falls in {len(found.falling)} places"
    return f"falls {_interval(found.falling[0])}"


def not_differentiable(found: Facts) -> str:
    """The places where value or slope jump, and the slope that PyTorch takes there."""
    seen: dict[float, Corner] = {}
    for corner in found.corners:
        if corner.order < 2:
            seen.setdefault(corner.place, corner)
    if not seen:
        return "nowhere"
    texts = [_corner(corner, found) for corner in list(seen.values())[:MOST_TOLD]]
    more = len(seen) - len(texts)
    return "; ".join(texts) + (f"; and {more} more" if more else "")


def _corner(corner: Corner, found: Facts) -> str:
    taken = next(
        (one.taken for one in found.corners if one.order == 1 and one.place == corner.place), 0.0
    )
    if corner.missed and corner.order == 1:
        return (
            f"nowhere, but at {number(corner.place)} PyTorch takes {number(taken)} "
            f"for {number(corner.left)}"
        )
    jump = "jumps " if corner.order == 0 else ""
    return f"{jump}at {number(corner.place)} (PyTorch: {number(taken)})"


def number(value: float) -> str:
    """Four digits, a true minus sign, infinity as its sign, no negative zero."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{float(f'{value:.4g}') + 0.0:.4g}".replace("-", "−")


def _listed(intervals: Sequence[Interval]) -> str:
    texts = [_interval(one) for one in intervals[:MOST_TOLD]]
    return " and ".join(texts) + (" …" if len(intervals) > MOST_TOLD else "")


def _interval(interval: Interval) -> str:
    low, high = interval
    if math.isinf(low) and math.isinf(high):
        return "everywhere"
    if math.isinf(low):
        return f"x < {number(high)}"
    if math.isinf(high):
        return f"x > {number(low)}"
    if low == high:
        return f"at {number(low)}"
    return f"{number(low)} to {number(high)}"
