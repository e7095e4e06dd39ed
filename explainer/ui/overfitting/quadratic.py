"""Early stopping and L2 on a quadratic: two paths, and the share of the way for each curvature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.quadratic import (
    OPTIMUM,
    RATE,
    Quadratic,
    descent_share,
    ridge_share,
    strength_for,
)
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, power_of_ten
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.overfitting.shapes import ShapeLine, ShapePoints, shapes, shapes_message
from explainer.words import N_, _

KEY = "overfitting"
QUADRATIC, SHARES = f"{KEY}.quadratic", f"{KEY}.shares"
MOST_STEPS, LARGEST = 1000, 10.0
CURVATURES = np.linspace(0, LARGEST, 201)
LEVELS = (0.02, 0.08, 0.2, 0.5, 1.0)
DESCENT, RIDGE, GREY, DASHED = 0, 1, 7, 8
PANELS = (Panel(N_("Share of the way to the least loss"), N_("share"), 330, (0, 1.02)),)
POWER, FIRST, SECOND = PARAMETERS = (
    Parameter("power", N_("log₁₀ of the steps τ"), 1.5, 0, 3, 0.05),
    Parameter("first", N_("curvature h₁"), 0.8, 0.1, LARGEST, 0.1),
    Parameter("second", N_("curvature h₂"), 4, 0.1, LARGEST, 0.1),
)
PATH = np.concatenate([[0.0], np.geomspace(0.25, MOST_STEPS, 80)])


def quadratic() -> None:
    """One slider for the steps and with them λ; the plane, and the share over the curvature."""
    say(KEY, "quadratic")
    moved = live.values(QUADRATIC, PARAMETERS)
    at = place_in_view(SHARES, "h", 0, LARGEST, 1)
    address = live.live_picture(QUADRATIC, _renderer(moved.values, at))
    controls, left, right = st.columns([1, 1.5, 1.5], gap="medium")
    with controls:
        live.sliders(QUADRATIC, PARAMETERS, moved, address=address)
    with left:
        shapes(QUADRATIC, _plane(moved.values, moved.number, theme()))
    with right:
        number = max(moved.number, pinned_number(SHARES))
        curves(SHARES, _shares(moved.values, number, at, theme()))
    live.write_to_url(QUADRATIC, PARAMETERS, moved.values)
    say(KEY, "quadratic_notice")


def _renderer(resting: Mapping[str, float], at: float) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _plane(values, number, colours, (SHARES, _shares(values, number, at, colours)))

    return render


def _steps(values: Mapping[str, float]) -> int:
    return round(10 ** values[POWER.name])


def _plane(
    values: Mapping[str, float], number: int, colours: Theme,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    loss = Quadratic(values[FIRST.name], values[SECOND.name])
    steps = _steps(values)
    strength = strength_for(steps)
    stopped, ridge = loss.stopped(steps), loss.ridge(strength)
    highest = float(loss.loss(np.zeros(2)))
    start = np.zeros((1, 2))
    path = np.vstack([start, loss.ridge(strength_for(1) * 1e3 / np.geomspace(1, 1e7, 120))])
    return shapes_message(
        QUADRATIC,
        [
            *(ShapeLine(loss.contour(level * highest)) for level in LEVELS),
            ShapeLine(loss.stopped(PATH), _("gradient descent"), stroke(DESCENT, colours)),
            ShapeLine(path, _("L2, all λ"), stroke(RIDGE + DASHED, colours)),
            ShapeLine(np.stack([stopped, ridge])),
        ],
        [
            ShapePoints(np.array([OPTIMUM]), _("the least loss"), colours.text, 5),
            ShapePoints(
                stopped[None], _("at τ = {steps}", steps=f"{steps:,}"),
                colours.categorical[DESCENT], 7,
            ),
            ShapePoints(
                ridge[None], _("with λ = {strength}", strength=power_of_ten(strength)),
                colours.categorical[RIDGE], 7,
            ),
        ],
        across=(-0.3, 2.0), up=(-0.3, 1.6), axes=("w₁", "w₂"), number=number, also=also,
        told=_(
            "τ = {steps} at the rate {rate} belongs to λ = 1/(ητ) = {strength}. The two are "
            "{apart} of the whole way apart.",
            steps=f"{steps:,}", rate=f"{RATE:g}", strength=power_of_ten(strength),
            apart=percent(loss.apart(steps)),
        ),
        alt=_("The loss's ellipses, the path of gradient descent from 0, and that of L2."),
    )  # fmt: skip


def _shares(values: Mapping[str, float], number: int, at: float, colours: Theme) -> bytes:
    steps = _steps(values)
    lines = [
        Line(
            _("τ steps of descent"), stroke(DESCENT, colours),
            descent_share(CURVATURES, steps)[None],
        ),
        Line(
            "h / (h + λ)", stroke(RIDGE + DASHED, colours),
            ridge_share(CURVATURES, strength_for(steps))[None],
        ),
    ]  # fmt: skip
    marks = [Mark(values[FIRST.name], "h₁"), Mark(values[SECOND.name], "h₂")]
    if values[FIRST.name] == values[SECOND.name]:
        marks = [Mark(values[FIRST.name], "h₁ = h₂")]
    return curves_message(
        SHARES, [replace(one, short=_(one.short)) for one in PANELS], lines, low=0, reach=LARGEST,
        at=at, number=number, marks=marks, symbol="h",
        alt=_("How much of the way each of the two goes, over the curvature of a direction."),
    )  # fmt: skip
