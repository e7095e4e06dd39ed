"""Confidence as networks learn: who is too sure, and whom a temperature mends."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.likelihood.calibrated import RECIPES, SEEDS, SIZE, STEPS, Asked, Scores
from explainer.likelihood.calibration import Floats
from explainer.powers import percent, signed
from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, interval, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.ui.splits.bands import bands
from explainer.words import N_, _, language

KEY = "losses"
LEARNED = f"{KEY}.learned"
MEASURES = (
    Named("gap", N_("confidence − accuracy")),
    Named("error", N_("ECE")),
    Named("surprise", N_("surprise")),
    Named("wrong", N_("wrong")),
)
TITLES = {
    "gap": N_("Confidence − accuracy (points)"), "error": N_("ECE (points)"),
    "surprise": N_("Surprise (nats)"), "wrong": N_("Wrong (%)"),
}  # fmt: skip
VERDICTS = {AHEAD: N_("too sure"), BEHIND: N_("not sure enough"), NOISE: N_("within noise")}
TICKS = (20, 100, 200, 300, 400)


def too_sure(found: Asked, measured: Scores, run: int | None = None) -> None:
    """A measure over the steps for each recipe, and a table of five moments; `run` stands above."""
    say(KEY, "calibration_learning")
    measure = choice(_("Measured"), MEASURES, key=f"{KEY}.measure", widget=st.segmented_control)
    at = kept_place(LEARNED, len(STEPS) - 1, len(STEPS) - 1)
    number = clicked_number(LEARNED)
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        capacity_chart(LEARNED, remembered(
            f"{LEARNED}.message", (measure, at, number, theme(), language()),
            lambda: _chart(found.steps, measure, getattr(measured, measure), at, number),
        ))  # fmt: skip
    with right:
        _moments(found, measured, run)
    say(KEY, "calibration_learning_notice")


def _chart(steps: tuple[int, ...], measure: str, values: Floats, at: int, number: int) -> bytes:
    """Of `values` `(T, R, S)`, a line with Student's band for each recipe."""
    colours, scale = theme(), 1 if measure == "surprise" else 100
    series = [
        Series(_(one.title), stroke(place, colours), scale * bands(values[:, place].T))
        for place, one in enumerate(RECIPES)
    ]
    lows, highs = (
        extreme([extreme(one.values) for one in series]) for extreme in (np.nanmin, np.nanmax)
    )
    least = 1.05 * float(lows) if measure == "gap" else 0.0
    span = least, max(1.05 * float(highs), least + 1e-3)
    scales = Scales(
        _(TITLES[measure]), _("steps learned"), steps, span,
        even=True, ticks=TICKS, height=320, decimals=2 if measure == "surprise" else 1,
    )  # fmt: skip
    return capacity_message(
        LEARNED, scales, series, at=at, number=number, band=_("95 % interval of the mean"),
        alt=_("The measure over the steps learned, a line for each of the three recipes."),
    )  # fmt: skip


def _moments(found: Asked, measured: Scores, run: int | None) -> None:
    last, least = len(found.steps) - 1, int(measured.validation[:, 0].mean(-1).argmin())
    cells = []
    for title, step, recipe in (
        (_("plain, {step} steps", step=found.steps[0]), 0, 0),
        (_("plain, {step}: least surprise", step=found.steps[least]), least, 0),
        *((f"{_(one.title)}, {found.steps[last]}", last, place)
          for place, one in enumerate(RECIPES)),
    ):  # fmt: skip
        mean, low, high = interval((100 * measured.gap[step, recipe]).tolist())
        wrong = float(measured.wrong[step, recipe].mean())
        verdict = _(VERDICTS[judged(low, high)])
        errors = [f"{100 * float(measured.error[step, recipe].mean()):.1f}"]
        if step == last:
            temperature = f"T = {float(measured.temperatures[recipe].mean()):.2f}"
            errors.append(f"{temperature}: {100 * float(measured.cooled[recipe].mean()):.1f}")
        cells.append([
            f'<span style="white-space:normal">{title}</span>', percent(wrong),
            f"{signed(mean)} ± {(high - low) / 2:.1f}<br>"
            f'<b style="white-space:normal">{verdict}</b>', "<br>".join(errors),
        ])  # fmt: skip
    heads = [_("network"), _("wrong"), _("confidence − accuracy"), _("ECE")]
    table(heads, cells, caption=_("How sure networks are at five moments"))
    notes = [
        _("Means of {seeds} networks that each learn {size} digits, asked 1,000 others; gaps and "
          "ECE in points. T and the least surprise are found on 1,000 more.",
          seeds=len(SEEDS), size=SIZE)
    ]  # fmt: skip
    if run is not None:
        notes.append(
            _("The diagram above is one of them, run {run}, with a T of its own.", run=run)
        )
    st.caption(" ".join(notes))
