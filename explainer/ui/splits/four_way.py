"""The four-way split on the page: a row of bars for each part, and the largest gap in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.evaluation.gaps import REACHABLE, Measured, largest, measured
from explainer.powers import percent
from explainer.training.instruments.student import NOISE
from explainer.ui.splits.gaps import Row, gaps_message
from explainer.words import _

COLOURS = (2, 0, 1, 3)
"""Places of the gaps' colours: bias, variance, mismatch, chosen by dev."""
REST = 7


def four_way_message(
    name: str,
    errors: NDArray[np.float64],
    notes: Sequence[str],
    colours: Theme,
    *,
    most: float,
    number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """Of errors `(4, S)` of train, train-dev, dev and test; `notes` say what each part holds."""
    found = measured(errors)
    clearest = largest(found)
    first = Row(
        _("reachable"), 0, REACHABLE, colours.categorical[REST], percent(REACHABLE),
        _("what people get wrong of sharp digits, about"),
    )  # fmt: skip
    rows = [
        Row(
            _(one.gap.part), one.start, one.end, colours.categorical[colour], percent(one.end),
            _says(one), note, strong=one is clearest,
        )
        for one, colour, note in zip(found, COLOURS, notes, strict=True)
    ]  # fmt: skip
    return gaps_message(
        name, [first, *rows], most=most, told=_told(found, clearest), number=number, also=also,
        alt=_("The error of each part, and the gap to the part before it."),
    )  # fmt: skip


def _says(one: Measured) -> str:
    numbers = {"gap": _(one.gap.title), "size": points(one.size)}
    if one.low > 0 or one.high < 0:
        return _(
            "{gap}: {size} points ({low} to {high})", low=points(one.low), high=points(one.high),
            **numbers,
        )  # fmt: skip
    return _("{gap}: {size} points, {verdict}", verdict=_(NOISE), **numbers)


def _told(found: Sequence[Measured], clearest: Measured | None) -> str:
    if clearest is None:
        return _("No gap is larger than the noise.")
    return _(
        "The largest gap: **{gap}**, {size} of {all} points. {remedy}",
        gap=_(clearest.gap.title), size=points(clearest.size), all=points(found[-1].end),
        remedy=_(clearest.gap.remedy),
    )  # fmt: skip


def points(share: float) -> str:
    """Percentage points to a tenth."""
    return f"{100 * share + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "−")
