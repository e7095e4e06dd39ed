"""A smaller model: the gap over the number of parameters, at equal training accuracy."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.overfitting.smaller import MEASURES, family_colours, size_points, size_spec
from explainer.generalisation.smaller import (
    EQUAL,
    FAMILIES,
    SEEDS,
    STEPS,
    Grown,
    Smaller,
    gained,
    smaller,
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
KEPT: Kept[str, Smaller] = Kept(
    2 * MEGABYTE, lambda one: sum(2 * each.training.nbytes for each in one.grown)
)
END = 2.0
LEVELS = {"80": 0.8, "90": 0.9, "95": 0.95, "end": END}
TITLES = {"80": N_("at 80 %"), "90": N_("at 90 %"), "95": N_("at 95 %"), "end": N_("at the end")}


def smaller_part() -> None:
    """A line for each family of networks, the verdict on its smallest, and equal counts."""
    say(KEY, "smaller")
    with st.container(horizontal=True, gap="medium"):
        measure = choice(_("What is shown"), MEASURES.values(), key=f"{KEY}.of_size",
                         widget=st.segmented_control)  # fmt: skip
        level = "end"
        if measure != "heart":
            entries = [Named(slug, title) for slug, title in TITLES.items()]
            level = choice(_("When training accuracy is"), entries, key=f"{KEY}.level",
                           default="90", widget=st.segmented_control)  # fmt: skip
    colours = family_colours(theme()).items()
    legends({_(FAMILIES[one].title): colour for one, colour in colours})
    slot = st.empty()
    count = 2 * len(SEEDS) * sum(len(one.members) for one in FAMILIES)
    found = waited(
        KEPT, "families", _("{count} networks learn, family by family", count=count),
        lambda told: smaller(
            told=told, seen=lambda so_far: _so_far(slot, so_far, measure, LEVELS[level])
        ),
    )  # fmt: skip
    slot.empty()
    points = remembered(
        f"{KEY}.size_points", (found, measure, level, language()),
        lambda: size_points(found, measure, LEVELS[level]),
    )  # fmt: skip
    chart(points, size_spec(theme(), measure), key=f"{KEY}.sizes_{measure}", alt=_alt())
    st.caption(
        _(
            "Means of {seeds} seeds in bands from the least to the largest; only networks that get "
            "so far with every seed in {steps} steps are drawn.",
            seeds=len(SEEDS), steps=STEPS,
        )
    )  # fmt: skip
    if measure != "heart":
        st.markdown(remembered(
            f"{KEY}.size_verdicts", (found, level, language()),
            lambda: _verdicts(found, LEVELS[level]),
        ))  # fmt: skip
    say(KEY, "smaller_notice")
    _equal()


def _so_far(slot: DeltaGenerator, found: Smaller, measure: str, level: float) -> None:
    with slot.container():
        chart(size_points(found, measure, level), size_spec(theme(), measure), alt=_alt())


def _alt() -> str:
    return _("Over the number of parameters, one line for each family of networks.")


def _verdicts(found: Smaller, level: float) -> str:
    lines = []
    for small, large in found.pairs(level):
        gain, low, high = gained(small, large, level)
        lines.append(
            _(
                "- {small} against {large}: {gain} points of new digits (95 %: {low} to {high}), "
                "**{verdict}**",
                small=_named(small), large=_named(large), gain=_points(gain), low=_points(low),
                high=_points(high), verdict=_(judged(low, high)),
            )
        )  # fmt: skip
    return "\n".join(lines)


def _named(one: Grown) -> str:
    return _("{family}, {size} ({count} parameters)", family=_(FAMILIES[one.family].title),
             size=one.size, count=f"{one.parameters:,}")  # fmt: skip


def _points(share: float) -> str:
    return signed(100 * share)


def _equal() -> None:
    """Networks with equally many parameters: their gaps, and what they learn by heart."""
    say(KEY, "smaller_equal")
    found = waited(
        KEPT, "equal", _("{count} networks learn", count=2 * len(SEEDS) * len(EQUAL)),
        lambda told: smaller(EQUAL, told=told),
    )  # fmt: skip
    rows = remembered(
        f"{KEY}.equal_rows", (found, language()),
        lambda: [_row(one, found.grown[0]) for one in found.grown],
    )  # fmt: skip
    heads = [
        _("network"), _("parameters"), _("training"), _("new digits"), _("against the first"),
        _("random labels learned by heart"),
    ]  # fmt: skip
    table(heads, rows, caption=_("Networks with equally many parameters"))
    say(KEY, "smaller_equal_notice")


def _row(one: Grown, first: Grown) -> list[str]:
    inside, outside = (percent(float(each.mean())) for each in one.at(END))
    gain, low, high = gained(one, first, END)
    against = "" if one is first else _(
        "{gain} ({low} to {high}): <b>{verdict}</b>", gain=_points(gain), low=_points(low),
        high=_points(high), verdict=_(judged(low, high)),
    )  # fmt: skip
    heart = percent(float(one.by_heart.mean()))
    return [_(EQUAL[one.family].title), f"{one.parameters:,}", inside, outside, against, heart]
