"""Momentum: the plane of αλ and β for one curvature, and for all that a bowl of digits has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.descent.heavy_ball import (
    Region,
    closed_form,
    measured_rate,
    rate,
    real_steps,
    region,
)
from explainer.descent.limit_script import ball_script
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.optimisers.momentum_many import momentum_many
from explainer.ui.optimisers.phase import LINEAR, TOP, phase, phase_message
from explainer.words import N_, _

KEY = "optimisers"
PLANE, PATH = f"{KEY}.plane_one", f"{KEY}.path"
STEPS, SHOWN = 500, 60
FORMULA, REAL, DOTTED = 0, 1, 16
PULL, MOMENTUM = PARAMETERS = (
    Parameter("pull", "αλ", 0.1, *LINEAR.span, 0.001),
    Parameter("momentum", "β", 0.9, 0, TOP, 0.001),
)
HEIGHT, SPAN = 380, (-1.6, 1.6)


def momentum_section(*_given: object) -> None:
    """The plane and the path of one direction; below them all directions at once."""
    say(KEY, "momentum")
    moved = live.values(PLANE, PARAMETERS)
    shown = _Shown(place_in_view(PATH, "k", 0, SHOWN, SHOWN), theme())
    address = live.live_picture(PLANE, _renderer(shown, moved.values))
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        phase(PLANE, _plane(shown, moved.values, moved.number, address=address))
    with right:
        curves(PATH, _path(shown, moved.values, max(moved.number, pinned_number(PATH))))
    live.write_to_url(PLANE, PARAMETERS, moved.values)
    say(KEY, "momentum_notice")
    fold = code_fold(_("The same in Python"), f"{KEY}.momentum_code")
    if fold.open:
        with fold:
            pull, momentum = _pair(moved.values)
            show_script(KEY, ball_script(pull, momentum, STEPS), "deepglass_momentum")
    st.divider()
    momentum_many()


@dataclass(frozen=True)
class _Shown:
    """What stays while the point is dragged."""

    step: float
    colours: Theme


def _pair(values: Mapping[str, float]) -> tuple[float, float]:
    return values[PULL.name], values[MOMENTUM.name]


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        also = (PATH, _path(shown, values, number))
        return _plane(shown, values, number, pictured=False, also=also)

    return render


def _plane(
    shown: _Shown, values: Mapping[str, float], number: int, *, address: str = "",
    pictured: bool = True, also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    pair = _pair(values)
    return phase_message(
        PLANE, LINEAR, pair, told=_told(*pair), colours=shown.colours, number=number,
        address=address, pictured=pictured, also=also,
        alt=_("Rates of heavy ball over the rate times the curvature, and the momentum."),
    )  # fmt: skip


def _told(pull: float, momentum: float) -> list[str]:
    here, without = region(pull, momentum), region(pull, 0)
    found = float(rate(pull, momentum))
    numbers = {
        "pull": f"{pull:g}", "momentum": f"{momentum:g}", "rate": f"{found:.4f}",
        "region": _(here.value), "plain": _(without.value), "alone": f"{abs(1 - pull):.4f}",
        "measured": f"{measured_rate(real_steps(pull, momentum, STEPS)):.4f}", "steps": STEPS,
    }  # fmt: skip
    told = [_(
        "αλ = {pull}, β = {momentum}: x {region}. |σ| = {rate} by the formula; {measured} measured "
        "over {steps} real steps.", **numbers,
    )]  # fmt: skip
    if without != here and here is not Region.MONOTONE:
        told.append(_("Without momentum x {plain}, |σ| = {alone}.", **numbers))
    elif without != here:
        told.append(_("Without momentum it {plain}.", **numbers))
    return told


def _path(shown: _Shown, values: Mapping[str, float], number: int) -> bytes:
    pull, momentum = _pair(values)
    steps = real_steps(pull, momentum, SHOWN).clip(-99, 99)
    points = list(enumerate(steps.tolist()))
    lines = [
        Line(_("closed form"), stroke(FORMULA, shown.colours),
             closed_form(pull, momentum, SHOWN).clip(-99, 99)[None]),
        Line(_("real steps"), stroke(REAL + DOTTED, shown.colours), steps[None], points=[points]),
    ]  # fmt: skip
    panel = Panel(N_("x after k steps, from x = 1"), "x", HEIGHT, SPAN, 4,
                  (_("below the chart"), _("above the chart")))  # fmt: skip
    return curves_message(
        PATH, [panel], lines, low=0, reach=SHOWN, at=shown.step, number=number, symbol="k",
        alt=_("The distance from the floor over the steps, in closed form and by real steps."),
    )  # fmt: skip
