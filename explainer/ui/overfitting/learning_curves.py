"""Would more data help? Error over the number of pictures, the best possible error, a walk."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.overfitting.learning_curves import curve_points, curve_spec
from explainer.generalisation.learning_curves import (
    SEEDS,
    STEPS,
    WIDTHS,
    LearningCurve,
    learning_curve,
)
from explainer.generalisation.small_stack import BATCH
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choices
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.advice import advice
from explainer.ui.overfitting.bayes import bayes
from explainer.words import _, language

KEY = "overfitting"
FIRST = ("3", "128")
MOSTLY = 0.5
"""From this share of the error on, the gap is most of it."""
CURVES: Kept[int, LearningCurve] = Kept(MEGABYTE, lambda one: 2 * one.training.nbytes)


def learning_curves_section(*_given: object) -> None:
    """The curves of one network or two, size by size; below them two classes, and the walk."""
    say(KEY, "learning_curves")
    picked = choices(_("Networks"), WIDTHS, key=f"{KEY}.widths", default=FIRST) or list(FIRST)
    slot = st.empty()
    found: list[LearningCurve] = []
    for one in (entry for entry in WIDTHS if entry.slug in picked):
        words = _("Networks with {width} learn from ever more pictures", width=_(one.title))
        before = tuple(found)
        found.append(
            waited(
                CURVES, one.width, words,
                partial(_learned, one.width, before, slot),
            )
        )  # fmt: skip
    slot.empty()
    points = remembered(f"{KEY}.curve_points", found, lambda: curve_points(found))
    spec = curve_spec(theme(), tuple(picked))
    chart(points, spec, key=f"{KEY}.curves_{'_'.join(picked)}", alt=_alt())
    said = remembered(f"{KEY}.curves_said", (found, language()), lambda: _said(found))
    st.markdown(said)
    st.caption(
        _(
            "Means of {seeds} seeds, bands from the least to the largest; digits at half their "
            "size, {steps} steps of {batch}. All are validated on the same 1,000 other digits; at "
            "4,000 all seeds learn from the same ones.",
            seeds=len(SEEDS), steps=STEPS, batch=BATCH,
        )
    )  # fmt: skip
    say(KEY, "learning_curves_notice")
    st.divider()
    bayes()
    st.divider()
    advice()


def _learned(
    width: int, before: tuple[LearningCurve, ...], slot: DeltaGenerator, told: object
) -> LearningCurve:
    assert callable(told)

    def seen(found: LearningCurve) -> None:
        with slot.container():
            so_far = [*before, found]
            spec = curve_spec(theme(), tuple(str(one.width) for one in so_far))
            chart(curve_points(so_far), spec, alt=_alt())

    return learning_curve(width, told=told, seen=seen)


def _alt() -> str:
    return _("Training and validation error over the number of pictures, on a logarithmic axis.")


def _said(found: list[LearningCurve]) -> str:
    """A line for each network: its gap, its limit, and whether more data would help."""
    titles = {one.width: one.title for one in WIDTHS}
    return "\n".join(f"- {_of_one(one, _(titles[one.width]))}" for one in found)


def _of_one(one: LearningCurve, title: str) -> str:
    inside, outside = one.limit
    gain, low, high = one.gain
    numbers = {
        "network": title,
        "size": f"{one.sizes[-1]:,}",
        "before": f"{one.sizes[-1] // 4:,}",
        "inside": percent(inside),
        "outside": percent(outside),
        "gain": _points(gain),
        "low": _points(low),
        "high": _points(high),
        "verdict": _(judged(low, high)),
        "gap": _points(outside - inside),
        "share": f"{100 * one.gap_share:.0f}",
    }
    measured = _(
        "**{network}**, at {size} pictures: training {inside}, validation {outside}. Against "
        "{before} pictures that is {gain} points less (95 %: {low} to {high}): {verdict}.",
        **numbers,
    )
    if one.gap_share < MOSTLY:
        verdict = _(
            "No more than the gap can still go, {gap} points, {share} % of the error: **more data "
            "would help little**.", **numbers,
        )  # fmt: skip
    else:
        verdict = _(
            "The gap is {gap} points, {share} % of the error: **more data would help**.", **numbers
        )
    return f"{measured} {verdict}"


def _points(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "−")
