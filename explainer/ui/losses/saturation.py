"""One sigmoid whose truth is 1: two losses over its logit, and how hard each pulls."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.likelihood.logits import losses, pulls, times_stronger
from explainer.likelihood.logits_script import unit_script
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, short
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import say
from explainer.ui.splits.gaps import Row, gaps, gaps_message
from explainer.words import N_, _

KEY = "losses"
UNIT, PULLS = f"{KEY}.unit", f"{KEY}.unit_pulls"
REACH, COUNT = 10.0, 401
(LOGIT,) = PARAMETERS = (Parameter("z", N_("logit z, truth 1"), -6, -REACH, REACH, 0.1),)
PLACES = np.linspace(-REACH, REACH, COUNT)
CROSS_ENTROPY, SQUARED = 0, 1
PANELS = (
    Panel(N_("Loss"), N_("loss"), 190, (0, 10)),
    Panel(N_("Slope by the logit"), N_("slope"), 190, (-1.05, 0.05)),
)


def saturation_part() -> None:
    """A slider, the two pulls as bars, and both losses with their slopes."""
    say(KEY, "squared_unit")
    if (pinned := pinned_x(UNIT)) is not None:
        live.put(UNIT, LOGIT, pinned)
    moved = live.values(UNIT, PARAMETERS)
    address = live.live_picture(UNIT, _renderer(moved.values))
    number = max(moved.number, pinned_number(UNIT))
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        live.sliders(UNIT, PARAMETERS, moved, address=address)
    with right:
        gaps(PULLS, _bars(moved.values, theme(), number))
    curves(UNIT, _curves(moved.values, theme(), number))
    live.write_to_url(UNIT, PARAMETERS, moved.values)
    say(KEY, "squared_notice")
    fold = code_fold(_("The same in Python"), f"{UNIT}.code")
    if fold.open:
        with fold:
            show_script(KEY, unit_script(moved.values[LOGIT.name]), "deepglass_saturation")


def _renderer(resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _curves(values, colours, number, (PULLS, _bars(values, colours, number)))

    return render


def _curves(
    values: Mapping[str, float], colours: Theme, number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    at = values[LOGIT.name]
    names = _("cross-entropy"), _("squared error of the sigmoid")
    lines = [
        Line(name, stroke(place, colours), np.stack([loss, slope]))
        for name, place, loss, slope in zip(
            names, (CROSS_ENTROPY, SQUARED), losses(PLACES), pulls(PLACES), strict=True
        )
    ]
    panels = [Panel(one.title, _(one.short), one.height, one.span) for one in PANELS]
    return curves_message(
        UNIT, panels, lines, reach=REACH, at=at, number=number, marks=[Mark(at, "")], symbol="z",
        alt=_("Both losses of one sigmoid over its logit, and their slopes."), also=also,
    )  # fmt: skip


def _bars(values: Mapping[str, float], colours: Theme, number: int) -> bytes:
    logit = values[LOGIT.name]
    found = [-float(one) for one in pulls(logit)]
    formulas = "1 − p", "(1 − p) p (1 − p)"
    names = _("Cross-entropy pulls"), _("Squared error pulls")
    rows = [
        Row(name, 0, pull, colours.categorical[place], short(pull, 3), note=formula)
        for name, pull, place, formula in zip(
            names, found, (CROSS_ENTROPY, SQUARED), formulas, strict=True
        )
    ]
    told = _(
        "p = {p}: the unit is {state}. Cross-entropy pulls **{times}** times as hard.",
        p=_probability(found[0]), state=_state(logit), times=_times(float(times_stronger(logit))),
    )  # fmt: skip
    return gaps_message(
        PULLS, rows, most=1, told=told, number=number,
        alt=_("How hard each loss pulls at the logit, on one scale."),
    )  # fmt: skip


def _probability(rest: float) -> str:
    """1 − `rest`, and written so where a rounded number would be 1."""
    return short(1 - rest, 3) if rest >= 5e-3 else f"1 − {short(rest, 3)}"


def _times(found: float) -> str:
    return f"{found:,.0f}" if found >= 100 else power_of_ten(found, 3)


def _state(logit: float) -> str:
    if abs(logit) < 2:
        return _("unsure")
    return _("right and sure") if logit > 0 else _("wrong and sure")
