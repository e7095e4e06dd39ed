"""The four-way split on the page: a row of bars for each part, and the largest gap in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.evaluation.gaps import GAPS, REACHABLE, Measured, largest, measured
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
    reachable: float | None = REACHABLE,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """Of errors `(4, S)` of train, train-dev, dev and test; `notes` say what each part holds.

    Where nobody knows what is `reachable` no gap to it is shown, and no advice follows from one.
    """
    found = measured(errors, reachable)
    clearest = largest(found)
    first = _unknown(float(errors[0].mean()), notes[0], colours)
    if reachable is not None:
        first = [
            Row(_("reachable"), 0, reachable, colours.categorical[REST], percent(reachable),
                _("what people get wrong of such digits, about (LeCun et al. 1995)"))
        ]  # fmt: skip
    count = len(found)
    rows = [
        Row(
            _(one.gap.part), one.start, one.end, colours.categorical[colour], percent(one.end),
            _says(one), note, strong=one is clearest,
        )
        for one, colour, note in zip(found, COLOURS[-count:], notes[-count:], strict=True)
    ]  # fmt: skip
    return gaps_message(
        name, [*first, *rows], most=most, told=_told(found, clearest), number=number, also=also,
        alt=_("The error of each part, and the gap to the part before it."),
    )  # fmt: skip


def _unknown(train: float, note: str, colours: Theme) -> list[Row]:
    """The rows of what is reachable and of train where nobody knows the former."""
    return [
        Row(_("reachable"), 0, 0, "transparent", "–", _("not known for this camera’s pictures")),
        Row(
            _("train"), 0, train, colours.categorical[REST], percent(train),
            _("how much of it is avoidable is not known"), note,
        ),
    ]  # fmt: skip


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
    words = {
        "gap": _(clearest.gap.title), "size": points(clearest.size), "all": points(found[-1].end),
        "remedy": _(clearest.gap.remedy),
    }  # fmt: skip
    if len(found) < len(GAPS):
        return _("The largest gap known: **{gap}**, {size} of {all} points. {remedy}", **words)
    return _("The largest gap: **{gap}**, {size} of {all} points. {remedy}", **words)


def points(share: float) -> str:
    """Percentage points to a tenth."""
    return percent(share).removesuffix(" %")
