"""All curvatures of a bowl at one rate and one momentum: the slowest decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.descent.digit_bowl import Floats, bowl
from explainer.descent.heavy_ball import Best, rate
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.optimisers.phase import LOGARITHMIC, TOP, phase, phase_message
from explainer.words import N_, _

KEY = "optimisers"
PLANE, RATES = f"{KEY}.plane_many", f"{KEY}.spectrum"
PULL, MOMENTUM = PARAMETERS = (
    Parameter("pull", "log₁₀ αλmax", 0.25, *LOGARITHMIC.span, 1e-9),
    Parameter("momentum", "β", 0.0, 0, TOP, 1e-9),
)
(RIDGE,) = RIDGES = (Parameter("ridge", N_("log₁₀ of the L2 penalty"), -2, -3, 0.5, 0.1),)
PLACES, HEIGHT, FEW = 201, 300, 0.01
NOW, DESCENT, BALL, DASHED = 0, 1, 2, 8


@dataclass(frozen=True)
class _Shown:
    """What stays while the point is dragged: log₁₀ of the penalty, and the place that is read."""

    ridge: float
    at: float
    colours: Theme

    @property
    def curvatures(self) -> Floats:
        """All λ, ascending."""
        return bowl().curvatures + 10**self.ridge

    @property
    def best(self) -> Best:
        """What is best for them."""
        found = self.curvatures
        return Best(float(found[-1] / found[0]))


def momentum_many() -> None:
    """The plane with a dot for each direction, and what a step leaves over the curvature."""
    say(KEY, "momentum_many")
    ridge, moved = live.values(RATES, RIDGES), live.values(PLANE, PARAMETERS)
    shown = _Shown(ridge.values[RIDGE.name], place_in_view(RATES, "λ", -4, 2, 2), theme())
    left, right = st.columns([1.15, 1], gap="large")
    number = max(moved.number, ridge.number, pinned_number(RATES))
    with left:
        address = live.live_picture(PLANE, _dragged(shown, moved.values))
        phase(PLANE, _plane(shown, moved.values, number, address=address))
    with right:
        with st.container(horizontal=True, gap="small"):
            for label, at in ((_("Best gradient descent"), 0), (_("Best heavy ball"), 1)):
                st.button(label, key=f"{PLANE}.{at}", on_click=_put, args=(shown.best, at))
        address = live.live_picture(RATES, _lifted(shown, moved.values))
        live.sliders(RATES, RIDGES, ridge, address=address)
        curves(RATES, _rates(shown, moved.values, number))
    live.write_to_url(PLANE, PARAMETERS, moved.values)
    live.write_to_url(RATES, RIDGES, ridge.values)
    say(KEY, "momentum_many_notice")


def _put(best: Best, at: int) -> None:
    """Set α and β to the best of gradient descent (0) or of heavy ball (1)."""
    live.put(PLANE, PULL, float(np.log10(best.pulls[at])))
    live.put(PLANE, MOMENTUM, best.momentum if at else 0.0)


def _dragged(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        also = (RATES, _rates(shown, values, number))
        return _plane(shown, values, number, pictured=False, also=also)

    return render


def _lifted(shown: _Shown, values: Mapping[str, float]) -> Render:
    held = dict(values)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        now = replace(shown, ridge=live.first_sound(RIDGE, [moved, {RIDGE.name: shown.ridge}]))
        also = (PLANE, _plane(now, held, number, pictured=False))
        return _rates(now, held, number, also)

    return render


def _plane(
    shown: _Shown, values: Mapping[str, float], number: int, *, address: str = "",
    pictured: bool = True, also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    place, momentum = values[PULL.name], values[MOMENTUM.name]
    curvatures = shown.curvatures
    pulls = 10**place * curvatures / curvatures[-1]
    left = rate(pulls, momentum)
    return phase_message(
        PLANE, LOGARITHMIC, (place, momentum), told=_told(shown, pulls, left, momentum),
        colours=shown.colours, number=number, address=address, pictured=pictured, also=also,
        dots=np.log10(pulls).round(4).tolist(), slowest=int(left.argmax()),
        alt=_("Rates of heavy ball, with a dot for each curvature of the digits."),
    )  # fmt: skip


def _told(shown: _Shown, pulls: Floats, left: Floats, momentum: float) -> list[str]:
    best, slowest = shown.best, float(left.max())
    curvatures = shown.curvatures
    numbers = {
        "count": len(pulls), "condition": power_of_ten(best.condition, 3),
        "rate": f"{pulls[-1] / curvatures[-1]:.4g}", "momentum": f"{momentum:.4g}",
        "slowest": f"{slowest:.4f}", "curvature": power_of_ten(curvatures[left.argmax()], 3),
        "descent": f"{best.rates[0]:.4f}", "ball": f"{best.rates[1]:.4f}",
    }  # fmt: skip
    told = [
        _("α = {rate}, β = {momentum}: the slowest of {count} directions, orange, has "
          "λ = {curvature} and |σ| = {slowest}.", **numbers),
        _("κ = {condition}: the best of gradient descent is {descent}, of heavy ball {ball}.",
          **numbers),
    ]  # fmt: skip
    if slowest < 1:
        steps = math.log(FEW) / math.log(slowest) if slowest else 1
        told[0] += " " + _("A hundredth is left after about {steps} steps.",
                           steps=f"{math.ceil(steps):,}")  # fmt: skip
    else:
        told[0] += " " + _("It does not come down.")
    return told


def _rates(
    shown: _Shown, values: Mapping[str, float], number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    curvatures, best = shown.curvatures, shown.best
    sharpest = float(curvatures[-1])
    low, high = float(np.log10(curvatures[0])), float(np.log10(sharpest))
    places = np.linspace(low, high, PLACES)
    settings = (
        (_("now"), NOW, 10 ** values[PULL.name], values[MOMENTUM.name]),
        (_("best gradient descent"), DESCENT + DASHED, best.pulls[0], 0.0),
        (_("best heavy ball"), BALL + DASHED, best.pulls[1], best.momentum),
    )
    lines = []
    for place, (title, colour, pull, momentum) in enumerate(settings):
        alpha = pull / sharpest
        found = rate(alpha * 10**places, momentum).clip(0, 99)
        here = rate(alpha * curvatures, momentum).clip(0, 99)
        spots = list(zip(np.log10(curvatures).tolist(), here.tolist(), strict=True))
        points = [] if place else [spots]
        lines.append(Line(title, stroke(colour, shown.colours), found[None], points=points))
    panel = Panel(N_("What a step leaves, |σ|; discs: the directions"), "|σ|", HEIGHT, (0, 1.2),
                  4, ("", _("diverges")))  # fmt: skip
    return curves_message(
        RATES, [panel], lines, low=low, reach=high, at=shown.at, number=number,
        symbol=_("log₁₀ λ"), also=also,
        alt=_("What a step leaves of the distance over the curvature, now and at the best."),
    )  # fmt: skip
