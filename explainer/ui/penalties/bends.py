"""Weight decay bends a function back: a polynomial through noisy points, the penalty turned up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, short
from explainer.regularisation.bends import (
    HIGHEST,
    LOWEST,
    NOISE,
    PER_DECADE,
    PLACES,
    POWERS,
    Bends,
    bends,
    drawn,
    truth,
)
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
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
from explainer.ui.common.tables import table
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.penalties.hidden_units import hidden_units_fold
from explainer.words import N_, _

KEY = "penalties"
BENDS = f"{KEY}.bends"
ERRORS = f"{KEY}.bend_errors"
SAMPLES = 20
PENALTIES = (Named("l2", N_("L2")), Named("l1", N_("L1")))
L1_COLOUR, L2_COLOUR, GREY, DASHED = 0, 1, 7, 8
FIT_PANEL = (Panel(N_("The function that is learnt"), "y", 330),)
ROOM = 0.8
"""How far the chart goes above and below the points."""
ERROR_PANEL = (Panel(N_("Root mean squared error"), N_("error"), 330),)
STRENGTH, SAMPLE = PARAMETERS = (
    Parameter("power", N_("log₁₀ λ"), LOWEST, LOWEST, HIGHEST, 1 / PER_DECADE),
    Parameter("sample", N_("Sample of points"), 9, 1, SAMPLES, 1),
)


@dataclass(frozen=True)
class _Shown:
    """What stays while a slider is moved."""

    l1: bool
    x: float
    colours: Theme


def bends_section() -> None:
    """A slider for λ, the fit, both errors over λ, and what they are here and where it is best."""
    say(KEY, "bends")
    penalty = choice(
        _("Penalty"), PENALTIES, key=f"{KEY}.bends_by", widget=st.segmented_control
    )  # fmt: skip
    if (pinned := pinned_x(ERRORS)) is not None:
        live.put(BENDS, STRENGTH, pinned)
    moved = live.values(BENDS, PARAMETERS)
    shown = _Shown(penalty == "l1", place_in_view(BENDS, "x", -1, 1, 0), theme())
    address = live.live_picture(BENDS, _renderer(moved.values, shown))
    controls, left, right = st.columns([1, 1.7, 1.3], gap="medium")
    with controls:
        live.sliders(BENDS, PARAMETERS, moved, address=address)
    with left:
        number = max(moved.number, pinned_number(BENDS))
        curves(BENDS, _fit_message(moved.values, shown, number))
    with right:
        number = max(moved.number, pinned_number(ERRORS))
        curves(ERRORS, _errors_message(moved.values, shown, number))
    live.write_to_url(BENDS, PARAMETERS, moved.values)
    _in_words(_found(moved.values, shown), _row(moved.values))
    say(KEY, "bends_notice")
    hidden_units_fold(round(moved.values[SAMPLE.name]))


def _renderer(resting: Mapping[str, float], shown: _Shown) -> Render:
    """What answers a drag: the fit, and with it the errors."""
    resting = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, resting]) for one in PARAMETERS}
        also = (ERRORS, _errors_message(values, shown, number))
        return _fit_message(values, shown, number, also)

    return render


def _found(values: Mapping[str, float], shown: _Shown) -> Bends:
    return bends(round(values[SAMPLE.name]), l1=shown.l1)


def _row(values: Mapping[str, float]) -> int:
    """Which of the fits has the strength that is chosen."""
    return round((values[STRENGTH.name] - LOWEST) * PER_DECADE)


def _fit_message(
    values: Mapping[str, float], shown: _Shown, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    found, row = _found(values, shown), _row(values)
    fit = _("fit, λ = {strength}", strength=short(float(10 ** POWERS[row]), 2))
    place = L1_COLOUR if shown.l1 else L2_COLOUR
    points = list(zip(found.x.tolist(), found.y.tolist(), strict=True))
    lines = [
        Line(
            _("truth; discs: with noise"),
            stroke(GREY + DASHED, shown.colours),
            drawn(truth(PLACES))[None],
            points=[points],
        ),
        Line(fit, stroke(place, shown.colours), found.curves[row][None]),
    ]
    span = (float(found.y.min()) - ROOM, float(found.y.max()) + ROOM)
    panels = [replace(panel, span=span) for panel in FIT_PANEL]
    return curves_message(
        BENDS, panels, lines, reach=PLACES[-1], at=shown.x, number=number, also=also,
        alt=_("Noisy points of a smooth function, and the polynomial fitted to them."),
    )  # fmt: skip


def _errors_message(values: Mapping[str, float], shown: _Shown, number: int) -> bytes:
    found = _found(values, shown)
    place = L1_COLOUR if shown.l1 else L2_COLOUR
    lines = [
        Line(_("training"), stroke(place + DASHED, shown.colours), found.training[None]),
        Line(_("validation"), stroke(place, shown.colours), found.validation[None]),
    ]
    panels = [replace(panel, short=_(panel.short)) for panel in ERROR_PANEL]
    return curves_message(
        ERRORS, panels, lines, reach=HIGHEST, low=LOWEST, at=values[STRENGTH.name], number=number,
        symbol=_("log₁₀ λ"), marks=[Mark(float(POWERS[found.best]), _("least"))],
        alt=_("Training and validation error over the strength of the penalty."),
    )  # fmt: skip


def _in_words(found: Bends, row: int) -> None:
    rows = [
        [
            title,
            short(float(10 ** POWERS[at]), 2),
            f"{found.training[at]:.3f}",
            f"{found.validation[at]:.3f}",
            power_of_ten(float(np.abs(found.weights[at]).mean())),
            str(int((found.weights[at] == 0).sum())),
        ]
        for title, at in (
            (_("at the slider"), row),
            (_("where validation is least"), found.best),
        )
    ]
    headings = [
        "", "λ", _("training RMSE"), _("validation RMSE"), _("mean |w|"), _("weights exactly 0"),
    ]  # fmt: skip
    table(headings, rows, caption=_("Errors and weights at this strength and at the best one"))
    st.caption(
        _(
            "The noise alone has an RMSE of {noise}: no function can be expected to predict "
            "better. 200 fresh points are the validation set.",
            noise=f"{NOISE:g}",
        )
    )
