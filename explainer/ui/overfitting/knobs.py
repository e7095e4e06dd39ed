"""Orthogonalisation: a table of which knob moves what."""

from __future__ import annotations

import streamlit as st

from explainer.generalisation.knobs import KNOBS, SEEDS, STEPS, Interval, Turned, all_turned
from explainer.generalisation.stopping import SIZE, WIDTH
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.training.instruments.student import NOISE, judged
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import _

KEY = "overfitting"
KEPT: Kept[str, tuple[Turned, ...]] = Kept(
    MEGABYTE, lambda found: sum(2 * one.training.nbytes for one in found)
)


def knobs() -> None:
    """One row for each knob: what it does to training error, to the gap, to validation error."""
    say(KEY, "knobs")
    count = len(SEEDS) * (len(KNOBS) + 1)
    words = _("{count} networks learn, one knob turned at a time", count=count)
    base, *others = waited(KEPT, "knobs", words, lambda told: all_turned(told=told))
    rows = [[_(one.knob.title), *map(_change, one.against(base))] for one in others]
    heads = [_("knob"), _("training error"), _("gap"), _("validation error")]
    table(heads, rows, caption=_("What each knob changes, in points"))
    st.caption(
        _(
            "In points, 95 % intervals of {seeds} seeds in brackets. As it is: {units} units, "
            "{size} digits, {steps} steps; training error {training}, validation error "
            "{validation}. A fifth of all labels is wrong, so that no rule gets less than 20 % "
            "wrong of labels that it has not seen.",
            seeds=len(SEEDS), units=WIDTH, size=SIZE, steps=STEPS,
            training=percent(float(base.training.mean())),
            validation=percent(float(base.validation.mean())),
        )
    )  # fmt: skip
    say(KEY, "knobs_notice")


def _change(one: Interval) -> str:
    mean, low, high = (signed(100 * value) for value in one)
    between = _("{low} to {high}", low=low, high=high)
    if judged(*one[1:]) == NOISE:
        return f"{mean} ({between}), {_(NOISE)}"
    return f"<b>{mean}</b> ({between})"
