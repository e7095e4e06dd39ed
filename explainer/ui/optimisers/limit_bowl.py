"""Three rules on least squares of digits: their losses at a rate, and how far each may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.descent.digit_bowl import COUNT, bowl
from explainer.descent.stability import RULES, factors
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _

KEY = "optimisers"
LOSSES, LIMITS = f"{KEY}.bowl", f"{KEY}.limits"
LAST, LOWEST, HIGHEST = 200, -3.0, 4.0
OWN, DESCENT = "own", "descent"
SCALES = (Named(OWN, N_("its own limit")), Named(DESCENT, N_("gradient descent’s limit")))
MULTIPLE, MOMENTUM = PARAMETERS = (
    Parameter("multiple", N_("rate, over the limit"), 0.98, 0.5, 1.1, 0.01),
    Parameter("momentum", N_("momentum β"), 0.9, 0, 0.99, 0.01),
)
JUST_BELOW, JUST_ABOVE = 0.98, 1.02
MOMENTA = np.linspace(MOMENTUM.minimum, MOMENTUM.maximum, 100)


@dataclass(frozen=True)
class _Shown:
    """What stays while a slider is moved."""

    scale: str
    step: float
    at: float
    colours: Theme


def limit_bowl() -> None:
    """Sliders for the rate and the momentum; losses over the steps, limits over the momentum."""
    say(KEY, "limit_bowl")
    scale = choice(_("The rate over"), SCALES, key=f"{KEY}.scale", widget=st.segmented_control)
    moved = live.values(LOSSES, PARAMETERS)
    shown = _Shown(
        scale, place_in_view(LOSSES, "step", 0, LAST, LAST),
        place_in_view(LIMITS, "β", 0, MOMENTUM.maximum, MOMENTUM.default), theme(),
    )  # fmt: skip
    address = live.live_picture(LOSSES, _renderer(shown, moved.values))
    controls, left, right = st.columns([1, 1.6, 1.4], gap="medium")
    with controls:
        live.sliders(LOSSES, PARAMETERS, moved, address=address)
        with st.container(horizontal=True, gap="small"):
            for value in (JUST_BELOW, JUST_ABOVE):
                st.button(
                    f"{value:g} ×", key=f"{LOSSES}.{value:g}", on_click=live.put,
                    args=(LOSSES, MULTIPLE, value),
                )  # fmt: skip
    with left:
        number = max(moved.number, pinned_number(LOSSES))
        curves(LOSSES, _losses(shown, moved.values, number))
    with right:
        number = max(moved.number, pinned_number(LIMITS))
        curves(LIMITS, _limits(shown, moved.values, number))
    live.write_to_url(LOSSES, PARAMETERS, moved.values)
    st.caption(_caption())
    say(KEY, "limit_bowl_notice")


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _losses(shown, values, number, (LIMITS, _limits(shown, values, number)))

    return render


def _pulls(shown: _Shown, values: Mapping[str, float]) -> list[float]:
    """ηλ of each rule."""
    momentum = values[MOMENTUM.name]
    descent = RULES["sgd"].limit(momentum)
    limits = [rule.limit(momentum) if shown.scale == OWN else descent for rule in RULES]
    return [values[MULTIPLE.name] * one for one in limits]


def _losses(
    shown: _Shown, values: Mapping[str, float], number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    given, pulls = bowl(), _pulls(shown, values)
    rates = np.array(pulls) / given.sharpness
    gaps = given.gap(factors(given.curvatures, rates, values[MOMENTUM.name], LAST))
    with np.errstate(divide="ignore"):
        shares = np.log10(gaps / given.shares.sum()).clip(-99, 99)
    lines = [
        Line(_("{rule}, η = {rate}", rule=_(rule.title), rate=f"{rate:.4f}"),
             stroke(place, shown.colours), share[None])
        for place, (rule, rate, share) in enumerate(zip(RULES, rates, shares, strict=True))
    ]  # fmt: skip
    panel = Panel(
        N_("log₁₀ of the loss above the least, over the first"), _("log₁₀"), 330,
        (LOWEST, HIGHEST), 2, (_("below {least}", least=f"{LOWEST:g}".replace("-", "−")),
                               _("gone")),
    )  # fmt: skip
    return curves_message(
        LOSSES, [panel], lines, low=0, reach=LAST, at=shown.step, number=number, symbol=_("step"),
        alt=_("The loss over the steps for gradient descent, heavy ball and Nesterov."), also=also,
    )  # fmt: skip


def _limits(shown: _Shown, values: Mapping[str, float], number: int) -> bytes:
    momentum = values[MOMENTUM.name]
    lines = [
        Line(f"{_(rule.title)}: {rule.formula}", stroke(place, shown.colours),
             np.array([[rule.limit(one) for one in MOMENTA]]), points=[[(momentum, pull)]])
        for place, (rule, pull) in enumerate(zip(RULES, _pulls(shown, values), strict=True))
    ]  # fmt: skip
    panel = Panel(N_("Largest stable ηλ; discs: yours"), "ηλ", 330, (0, 4.4), 2)
    return curves_message(
        LIMITS, [panel], lines, low=0, reach=MOMENTUM.maximum, at=shown.at, number=number,
        marks=[Mark(momentum, "")], symbol="β",
        alt=_("The largest stable rate times the curvature over the momentum, for three rules."),
    )  # fmt: skip


def _caption() -> str:
    """What the bowl is."""
    given = bowl()
    return _(
        "Least squares on {count} digits of 8 × 8 pixels: λmax = {sharpness}, so gradient descent "
        "bears η below {limit}.",
        count=f"{COUNT:,}", sharpness=f"{given.sharpness:.3f}", limit=f"{2 / given.sharpness:.4f}",
    )  # fmt: skip
