"""How sure is the mean of the folds? What they claim, against the same on fresh draws."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.digit_pool import Floats
from explainer.evaluation.fold_spread import COUNTS, DRAWS, FRESH, SIZE, Spread, spread
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.words import _

KEY = "splits"
NAME = f"{KEY}.spread"
KEPT: Kept[str, Spread] = Kept(MEGABYTE, lambda one: 2 * one.mean.nbytes)
CLAIMED, CORRECTED, TRUE, DASHED = 1, 4, 0, 8


def spread_part() -> None:
    """The chart over k, and a table of how often the intervals hold the truth."""
    say(KEY, "folds_spread")
    words = _("{draws} sets of {size} digits are drawn", draws=DRAWS, size=SIZE)
    found = waited(KEPT, "digits", words, lambda told: spread(told=told))
    at = kept_place(NAME, len(COUNTS), COUNTS.index(10))
    capacity_chart(NAME, _message(found, at, theme()))
    _table(found)
    st.caption(
        _(
            "The nearest digit learns from {size} digits, cross-validated on {draws} draws. The "
            "band holds the claims of 90 % of the draws. Truth: of {fresh} fresh digits {truth} "
            "are right, after learning from a whole draw. With {size} folds one digit is left out "
            "each time.",
            size=SIZE, draws=DRAWS, fresh=f"{FRESH:,}", truth=percent(float(found.truth.mean())),
        )
    )  # fmt: skip
    say(KEY, "folds_spread_notice")


def _message(found: Spread, at: int, colours: Theme) -> bytes:
    true = 100 * found.true_error
    series = [
        _banded(_("as the folds claim"), CLAIMED, found.claimed(), colours),
        _banded(_("corrected (Nadeau and Bengio 2003)"), CORRECTED + DASHED,
                found.claimed(corrected=True), colours, band=False),
        Series(_("true, over fresh draws"), stroke(TRUE, colours), np.stack([true] * 3)),
    ]  # fmt: skip
    scales = Scales(_("Standard error of the mean (points)"), _("folds k"), found.counts,
                    (0.0, 8.0), even=True, height=330, decimals=1)  # fmt: skip
    return capacity_message(
        NAME, scales, series, at=at, number=clicked_number(NAME), band=_("of 90 % of draws"),
        alt=_("The standard error that folds claim and the true one, over the number of folds."),
    )  # fmt: skip


def _banded(title: str, place: int, values: Floats, colours: Theme, *, band: bool = True) -> Series:
    mean = 100 * values.mean(1)
    low, high = 100 * np.quantile(values, [0.05, 0.95], axis=1) if band else (mean, mean)
    return Series(title, stroke(place, colours), np.stack([low, mean, high]))


def _table(found: Spread) -> None:
    claimed, corrected = found.covered(), found.covered(corrected=True)
    rows = [
        [
            str(count),
            percent(float(found.mean[place].mean())),
            percent(float(claimed[place])),
            percent(float(corrected[place])),
        ]
        for place, count in enumerate(found.counts)
    ]
    heads = [
        _("folds k"), _("mean score"), _("intervals that hold the truth: as claimed"),
        _("corrected"),
    ]  # fmt: skip
    table(
        heads,
        rows,
        caption=_("The mean of the folds and the intervals of 95 % that hold the truth, by k"),
    )
