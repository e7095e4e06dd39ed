"""How much to drop: a measured map over the drop probability and the number of pictures."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.dropout.data_sizes import REACH, size_points, size_spec
from explainer.charts.theme import centred
from explainer.kept import MEGABYTE, Kept
from explainer.regularisation.dropout.data_sizes import (
    BATCH,
    RATES,
    SEEDS,
    SIZES,
    STEPS,
    UNITS,
    Best,
    DataSizes,
    data_sizes,
)
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import N_, _, language

KEY = "dropout"
KEPT: Kept[str, DataSizes] = Kept(MEGABYTE, lambda one: 2 * one.loss.nbytes)
MEASURES = (Named("loss", N_("loss")), Named("error", N_("share that is wrong")))
LAB = ("training_lab", {"training_lab.preset": "dropout-or-nothing"})


def data_sizes_section() -> None:
    """The map, size by size while it is measured; where it is best, and what of it is noise."""
    say(KEY, "features_sizes")
    measure = choice(
        _("On validation"), MEASURES, key=f"{KEY}.measure", widget=st.segmented_control
    )
    slot = st.empty()
    count = len(SIZES) * len(RATES) * len(SEEDS)
    found = waited(
        KEPT, "map", _("{count} networks learn, the smallest data first", count=count),
        lambda told: data_sizes(told=told, seen=lambda so_far: _so_far(slot, so_far, measure)),
    )  # fmt: skip
    slot.empty()
    points = remembered(f"{KEY}.size_points", (found, measure), lambda: size_points(found, measure))
    chart(points, size_spec(theme(), measure), key=f"{KEY}.sizes_{measure}", alt=_alt())
    st.html(
        colour_bar(
            centred(theme()),
            _("{percent} % less than without dropout", percent=REACH),
            _("{percent} % more, and beyond", percent=REACH),
        )
    )
    st.caption(
        _(
            "The mean of {seeds} seeds in each cell, the least of each column framed. One hidden "
            "layer of {units} units, dropout on it; digits at half their size; {steps} steps of "
            "{batch} pictures, whatever the size. 1,000 other digits to validate on.",
            seeds=len(SEEDS), units=UNITS, steps=STEPS, batch=BATCH,
        )
    )  # fmt: skip
    bests = remembered(
        f"{KEY}.size_bests", (found, measure, language()),
        lambda: "\n".join(
            f"- {_said(found.best(place, measure), measure)}" for place in range(len(found.sizes))
        ),
    )  # fmt: skip
    st.markdown(bests)
    say(KEY, "features_sizes_notice")
    page, query = LAB
    st.page_link(
        f"../pages/{page}.py", label=_("Live: no dropout, half, too much"),
        icon=":material/play_arrow:", query_params=query,
    )  # fmt: skip


def _so_far(slot: DeltaGenerator, found: DataSizes, measure: str) -> None:
    with slot.container():
        chart(size_points(found, measure), size_spec(theme(), measure), alt=_alt())


def _alt() -> str:
    return _("Validation over the number of pictures and the drop probability, as a map.")


def _said(best: Best, measure: str) -> str:
    """One size: its best rate, the gain on dropping nothing, and whether that is more than noise.

    A size at which nothing dropped is best has no gain to be judged.
    """
    if best.rate == 0:
        return _("**{size}** pictures: best with nothing dropped", size=f"{best.size:,}")
    said = _points if measure == "error" else "{:.3f}".format
    numbers = {
        "size": f"{best.size:,}",
        "rate": f"{best.rate:g}",
        "gain": said(best.gain).replace("-", "−"),
        "low": said(best.low).replace("-", "−"),
        "high": said(best.high).replace("-", "−"),
    }
    return _(
        "**{size}** pictures: best at drop probability **{rate}**, less by {gain} than "
        "without (95 %: {low} to {high}): **{verdict}**",
        verdict=_(judged(best.low, best.high)), **numbers,
    )  # fmt: skip


def _points(share: float) -> str:
    return _("{count} points", count=f"{100 * share:.1f}")
