"""Dropout with others: batch norm in both orders, loss curves that rise, and whole maps dropped."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.dropout.together import TITLES, race_points, race_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.regularisation.dropout.with_batch_norm import (
    DROPPED,
    EPOCHS,
    MIXTURES,
    SEEDS,
    TRAINING,
    UNITS,
    Race,
    Shift,
    race,
)
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.dropout.spatial import spatial_section
from explainer.ui.dropout.uneven import uneven_section
from explainer.words import N_, _, language

KEY = "dropout"
KEPT: Kept[str, Race] = Kept(MEGABYTE, lambda one: 2 * one.loss.nbytes)
MEASURES = (Named("loss", N_("loss")), Named("accuracy", N_("accuracy")))
LAB = ("training_lab", {"training_lab.preset": "batch-norm"})


def together_section(*_given: object) -> None:
    """The race of five mixtures, the shift of variances; then uneven curves; then whole maps."""
    say(KEY, "together")
    measure = choice(
        _("On validation"), MEASURES, key=f"{KEY}.race_measure", widget=st.segmented_control
    )
    slot = st.empty()
    found = waited(
        KEPT, "race", _("{count} networks learn", count=len(SEEDS) * len(MIXTURES)),
        lambda told: race(told=told, seen=lambda so_far: _so_far(slot, so_far, measure)),
    )  # fmt: skip
    slot.empty()
    _drawn(found, measure, key=f"{KEY}.race_{measure}")
    _verdicts(found, measure)
    st.caption(
        _(
            "{seeds} seeds; each has its own {training} digits, and equal starts and batches for "
            "all five. Two hidden layers of {units} units, drop probability {dropped}, {epochs} "
            "rounds of Adam, digits at half their size, 1,000 others to validate on.",
            seeds=len(SEEDS), training=TRAINING, units=UNITS, dropped=f"{DROPPED:g}",
            epochs=EPOCHS,
        )
    )  # fmt: skip
    say(KEY, "together_variance")
    if found.shift is not None:
        _shifted(found.shift)
    say(KEY, "together_notice")
    page, query = LAB
    st.page_link(
        f"../pages/{page}.py", label=_("Live: batch norm and learning rate"),
        icon=":material/play_arrow:", query_params=query,
    )  # fmt: skip
    st.divider()
    uneven_section()
    st.divider()
    spatial_section()


def _so_far(slot: DeltaGenerator, found: Race, measure: str) -> None:
    with slot.container():
        _drawn(found, measure)


def _drawn(found: Race, measure: str, key: str | None = None) -> None:
    names = tuple(_(one.title) for one in MIXTURES)
    points = race_points(found, measure, names)
    said = _("For each mixture a dot for each seed and a line at the mean: {what}.",
             what=_(TITLES[measure]))  # fmt: skip
    chart(points, race_spec(theme(), measure, names), key=key, alt=said)


def _verdicts(found: Race, measure: str) -> None:
    """Each mixture against the plain network."""
    rows = remembered(
        f"{KEY}.race_rows", (found, measure, language()),
        lambda: [_row(found, place, measure) for place in range(len(MIXTURES))],
    )  # fmt: skip
    headings = [
        "", _(TITLES[measure]), _("better than plain by"), _("95 % interval of that"), _("verdict"),
        _("beside batch norm alone"),
    ]  # fmt: skip
    table(headings, rows, caption=_("Each mixture against the plain network"))


def _row(found: Race, place: int, measure: str) -> list[str]:
    scale, digits = (100, 2) if measure == "accuracy" else (1, 3)
    title = _(MIXTURES[MIXTURES.slugs[place]].title)
    mean = f"{scale * getattr(found, measure)[place].mean():.{digits}f}"
    if place == 0:
        return [title, mean, "", "", "", ""]
    gain, low, high = (signed(scale * one, digits) for one in found.gain(place, measure))
    between = _("{low} to {high}", low=low, high=high)
    alone = MIXTURES.slugs.index("norm")
    beside = _(judged(*found.gain(place, measure, alone)[1:])) if place > alone else ""
    return [title, mean, gain, between, _(judged(*found.gain(place, measure)[1:])), beside]


def _shifted(shift: Shift) -> None:
    """How much smaller variances are at test: by the formula, measured, and in batch norm."""
    closed, measured = (float(np.median(one)) for one in (shift.closed, shift.measured))
    apart = float(np.median(np.abs(shift.measured / shift.closed - 1)))
    low, high = np.quantile(shift.running, [0.1, 0.9])
    st.markdown(
        _(
            "Of the {units} units that speak, in the middle, the variance at test is **{closed}** "
            "of that in training by the formula, **{measured}** measured with torch’s dropout; "
            "for half of the units the two are within {apart}. The variance that batch norm keeps, "
            "an average of batches while the weights moved, is still further off for many: "
            "eight units in ten have between {low} and {high} of it at test.",
            units=len(shift.closed), closed=f"{closed:.2f}", measured=f"{measured:.2f}",
            apart=percent(apart), low=f"{low:.2f}", high=f"{high:.2f}",
        )
    )  # fmt: skip
