"""Choosing by the folds: what they report, what nested folds report, and the truth."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.evaluation.nested import DRAWS, FOLDS, INNER, MOST, PIXELS, SIZES, Chosen, chosen
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.training.instruments.student import interval
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.capacity import (
    Scales,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.ui.splits.bands import banded
from explainer.ui.splits.judgement import judgement
from explainer.words import N_, _

KEY = "splits"
NAME = f"{KEY}.nested"
KEPT: Kept[int, Chosen] = Kept(MEGABYTE, lambda one: 3 * one.truth.nbytes)
CANDIDATES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, MOST)
REPORTED, NESTED, TRUE = 1, 2, 0
DIGITS = tuple(Named(str(size), size_title) for size, size_title in zip(
    SIZES, (N_("20 digits"), N_("40 digits"), N_("80 digits")), strict=True))  # fmt: skip


def nested_part() -> None:
    """Accuracy over the number of candidates: reported by the same folds, nested, and true."""
    say(KEY, "folds_nested")
    size = int(choice(_("To choose by"), DIGITS, key=f"{NAME}.size", default="40",
                      widget=st.segmented_control))  # fmt: skip
    words = _("{draws} times {count} candidates are tried", draws=DRAWS, count=MOST)
    found = waited(KEPT, size, words, lambda told: chosen(size, told=told))
    at = kept_place(NAME, len(CANDIDATES), len(CANDIDATES) - 1)
    capacity_chart(NAME, _message(found, at, theme()))
    st.markdown(_said(found, CANDIDATES[at]))
    st.caption(
        _(
            "4 or 9? A candidate is the nearest digit seen through {pixels} pixels of its own, "
            "drawn at random. {folds} folds; nested, {inner} more within the rest. Means of "
            "{draws} draws with their intervals of 95 %.",
            pixels=PIXELS, folds=FOLDS, inner=INNER, draws=DRAWS,
        )
    )  # fmt: skip
    say(KEY, "folds_nested_notice")


def _message(found: Chosen, at: int, colours: Theme) -> bytes:
    places = np.array(CANDIDATES) - 1
    series = [
        banded(_("reported by the folds that chose"), REPORTED, found.folds[:, places], colours),
        banded(_("reported by nested folds"), NESTED, found.nested[:, places], colours),
        banded(_("true, on fresh digits"), TRUE, found.truth[:, places], colours),
    ]
    scales = Scales(_("Right (%)"), _("candidates"), CANDIDATES, (45.0, 100.0), height=340,
                    decimals=1)  # fmt: skip
    return capacity_message(
        NAME, scales, series, at=at, number=clicked_number(NAME), band=_("interval of 95 %"),
        alt=_("Accuracy that is reported and true, over the number of candidates."),
    )  # fmt: skip


def _said(found: Chosen, count: int) -> str:
    """What both kinds of folds report above the truth for so many candidates."""
    folds, nested, truth = (one[:, count - 1] for one in (found.folds, found.nested, found.truth))
    return _(
        "The best of **{count}**: reported {folds}, nested {nested}, true **{truth}**. The folds "
        "that chose: {excess}. Nested: {fair}.",
        count=count, folds=percent(float(folds.mean())), nested=percent(float(nested.mean())),
        truth=percent(float(truth.mean())), excess=judgement(interval((folds - truth).tolist())),
        fair=judgement(interval((nested - truth).tolist())),
    )  # fmt: skip
