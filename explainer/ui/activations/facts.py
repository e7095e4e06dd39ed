"""The facts of activations in words: a table of those shown, every entry computed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import reduce
from html import escape

from explainer.activations.chosen import Chosen, facts_of
from explainer.activations.curves import Corner
from explainer.activations.facts import FLAT, Facts, Interval
from explainer.charts.activations.curves import Stroke
from explainer.powers import power_of_ten
from explainer.ui.common.tables import table
from explainer.words import _, ngettext

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
    caption = _("What follows from the shape of each function")
    table(headings(), rows, name="facts", caption=caption)


def headings() -> tuple[str, ...]:
    """What stands over the columns: the function, then a fact for each text of `told`."""
    return (
        _("function"),
        _("greatest slope"),
        _("slope under {limit}", limit=FLAT),
        _("range"),
        _("mean output"),
        _("monotone"),
        _("not differentiable"),
    )


def _name(chosen: Chosen, stroke: Stroke) -> str:
    line = (
        '<span style="display:inline-block;width:1.6rem;margin-right:.4rem;vertical-align:middle;'
        f'border-top:3px {stroke.style} {stroke.colour}"></span>'
    )
    source = f'<br><span translate="no" style="{SMALL}">{escape(chosen.source)}</span>'
    return line + escape(chosen.title) + (source if chosen.source else "")


def _kept(text: str) -> str:
    """Text that breaks between intervals, not inside one."""
    inside = r"(?<=x) |(?<=&[lg]t;) | (?=[−∞\d])|(?<=[∞\d]) (?=\w+ [−∞\d])"
    return re.sub(inside, "\u00a0", text)


def told(found: Facts) -> tuple[str, ...]:
    """The facts of a function, one text for each heading after the first."""
    if math.isnan(found.low):
        return (_("not defined"),) * (len(headings()) - 1)
    return (
        greatest_slope(found),
        flat(found),
        value_range(found),
        mean_output(found),
        monotone(found),
        not_differentiable(found),
    )


def greatest_slope(found: Facts) -> str:
    """How steep the function gets, in absolute value, and where."""
    if math.isinf(found.steepest):
        return _("without bound")
    if found.steepest == 0:
        return _("0 everywhere")
    slope = number(found.steepest)
    if not found.approached:
        return _("{slope}, {where}", slope=slope, where=_listed(found.steepest_where))
    if math.isinf(found.steepest_where[0][1]):
        return _("{slope}, approached as x grows", slope=slope)
    return _("{slope}, approached as x falls", slope=slope)


def flat(found: Facts) -> str:
    """Where the slope is under `FLAT`, so that almost no gradient passes."""
    return _listed(found.flat) if found.flat else _("nowhere")


def value_range(found: Facts) -> str:
    """From the least value to the greatest, and where there is none."""
    values = _("{low} to {high}", low=number(found.low), high=number(found.high))
    if not found.undefined:
        return values
    return _("{values}; undefined {where}", values=values, where=_listed(found.undefined))


def mean_output(found: Facts) -> str:
    """The mean for standard normal inputs, and whether that is zero."""
    if not math.isfinite(found.mean):
        return _("not defined")
    if found.centred:
        return _("0: zero-centred")
    return _("{mean}: not centred", mean=number(found.mean))


def monotone(found: Facts) -> str:
    """Whether it never falls, and where it does if it does."""
    if not found.falling:
        return _("never falls")
    return ngettext(
        "falls {where}", "falls in {count} places", len(found.falling),
        where=_interval(found.falling[0]),
    )  # fmt: skip


def not_differentiable(found: Facts) -> str:
    """The places where value or slope jump, and the slope that PyTorch takes there."""
    seen: dict[float, Corner] = {}
    for corner in found.corners:
        if corner.order < 2:
            seen.setdefault(corner.place, corner)
    if not seen:
        return _("nowhere")
    texts = "; ".join(_corner(corner, found) for corner in list(seen.values())[:MOST_TOLD])
    if len(seen) <= MOST_TOLD:
        return texts
    more = len(seen) - MOST_TOLD
    return ngettext("{places}; and {count} more", "{places}; and {count} more", more, places=texts)


def _corner(corner: Corner, found: Facts) -> str:
    taken = next(
        (one.taken for one in found.corners if one.order == 1 and one.place == corner.place), 0.0
    )
    values = {"place": number(corner.place), "slope": number(taken)}
    if corner.missed and corner.order == 1:
        return _(
            "nowhere, but at {place} PyTorch takes {slope} for {side}",
            **values, side=number(corner.left),
        )  # fmt: skip
    if corner.order == 0:
        return _("jumps at {place} (PyTorch: {slope})", **values)
    return _("at {place} (PyTorch: {slope})", **values)


def number(value: float) -> str:
    """Four digits, a true minus sign, infinity as its sign, no negative zero."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{float(f'{value:.4g}') + 0.0:.4g}"
    return power_of_ten(value, 3) if "e" in text else text.replace("-", "−")


def _listed(intervals: Sequence[Interval]) -> str:
    texts = [_interval(one) for one in intervals[:MOST_TOLD]]
    listed = reduce(lambda these, this: _("{these} and {this}", these=these, this=this), texts)
    return f"{listed} …" if len(intervals) > MOST_TOLD else listed


def _interval(interval: Interval) -> str:
    low, high = interval
    if math.isinf(low) and math.isinf(high):
        return _("everywhere")
    if math.isinf(low):
        return f"x < {number(high)}"
    if math.isinf(high):
        return f"x > {number(low)}"
    if low == high:
        return _("at {place}", place=number(low))
    return _("{low} to {high}", low=number(low), high=number(high))
