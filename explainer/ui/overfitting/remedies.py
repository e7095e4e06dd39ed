"""Remedies against learning by heart: how far each keeps a network from it, and the price."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.overfitting.remedies import remedy_colours, remedy_points, remedy_spec
from explainer.generalisation.remedies import (
    HALF,
    NONE,
    REMEDIES,
    SEEDS,
    STEPS,
    TRUE,
    Measured,
    Remedies,
    remedies,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.legends import legends
from explainer.words import N_, _, language

KEY = "overfitting"
KEPT: Kept[str, Remedies] = Kept(
    MEGABYTE, lambda one: sum(2 * each.training.nbytes for each in one.measured)
)
STRENGTHS = (
    Named("weak", N_("weak")),
    Named("middle", N_("middle")),
    Named("strong", N_("strong")),
)
LEARNED = (Named("true", N_("true labels")), Named("half", N_("half random labels")))
SHARES = {"true": TRUE, "half": HALF}


def remedies_part() -> None:
    """Each remedy as a line from weak to strong; for one strength a table with verdicts."""
    say(KEY, "by_heart_remedies")
    with st.container(horizontal=True, gap="medium"):
        slug = choice(_("New digits right, learned from"), LEARNED, key=f"{KEY}.from",
                      widget=st.segmented_control)  # fmt: skip
        strength = choice(_("In the table"), STRENGTHS, key=f"{KEY}.strength", default="middle",
                          widget=st.segmented_control)  # fmt: skip
    place = [one.slug for one in STRENGTHS].index(strength)
    colours = remedy_colours(theme()).items()
    legends({_(REMEDIES[one].title): colour for one, colour in colours})
    slot = st.empty()
    count = 3 * len(SEEDS) * sum(len(one.settings) for one in REMEDIES)
    found = waited(
        KEPT, "all", _("{count} networks learn, with one remedy after another", count=count),
        lambda told: remedies(
            told=told, seen=lambda so_far: _so_far(slot, so_far, slug, place)
        ),
    )  # fmt: skip
    slot.empty()
    points = remembered(
        f"{KEY}.remedy_points", (found, slug, place, language()),
        lambda: remedy_points(found, SHARES[slug], place),
    )  # fmt: skip
    chart(points, remedy_spec(theme()), key=f"{KEY}.remedies", alt=_alt())
    _table(found, place)
    st.caption(
        _(
            "Means of {seeds} seeds after {steps} steps. Points of accuracy gained on doing "
            "nothing, with the interval of 95 %; no words where there is nothing to compare.",
            seeds=len(SEEDS), steps=STEPS,
        )
    )  # fmt: skip
    say(KEY, "by_heart_remedies_notice")


def _so_far(slot: DeltaGenerator, found: Remedies, slug: str, place: int) -> None:
    with slot.container():
        chart(remedy_points(found, SHARES[slug], place), remedy_spec(theme()), alt=_alt())


def _alt() -> str:
    return _("New digits right over random labels learned by heart, a line for each remedy.")


def _table(found: Remedies, place: int) -> None:
    rows = remembered(
        f"{KEY}.remedy_rows", (found, place, language()),
        lambda: [_row(found, found.of(one.slug), _(one.title), place) for one in REMEDIES],
    )  # fmt: skip
    heads = [
        _("remedy"), _("strength"), _("random labels learned by heart"),
        _("new digits, true labels"), _("new digits, half random labels"),
    ]  # fmt: skip
    table(heads, rows, caption=_("Each remedy at one strength, and what it gains and costs"))


def _row(found: Remedies, tried: tuple[Measured, ...], title: str, place: int) -> list[str]:
    one = tried[min(place, len(tried) - 1)]
    plain = one.remedy == NONE
    cells = [
        _said(float(one.right(share).mean()), None if plain else found.gain(one, share))
        for share in SHARES.values()
    ]
    return [title, one.strength, percent(float(one.by_heart.mean())), *cells]


def _said(mean: float, gain: tuple[float, float, float] | None) -> str:
    if gain is None:
        return percent(mean)
    middle, low, high = (signed(100 * one) for one in gain)
    return _(
        "{mean} ({gain}; {low} to {high}): <b>{verdict}</b>", mean=percent(mean), gain=middle,
        low=low, high=high, verdict=_(judged(*gain[1:])),
    )  # fmt: skip
