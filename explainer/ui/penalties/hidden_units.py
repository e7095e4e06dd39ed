"""The same in a network: its function and a hidden unit for three strengths of the penalty."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.powers import ten_to
from explainer.regularisation.bends import PLACES, drawn, sample_of, truth
from explainer.regularisation.hidden_units import Fitted, fitted
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _

KEY = "penalties"
UNITS = f"{KEY}.units"
L2_COLOUR, GREY, DASHED = 1, 7, 8
SAMPLES, ROOM = 20, 0.8
PANELS = (
    Panel(N_("The network’s function"), N_("network"), 250),
    Panel(N_("A unit of mean weight: tanh(w̄x), scaled"), N_("unit"), 220, (-1.2, 1.2)),
)


def hidden_units_fold(sample: int) -> None:
    """A fold; where it is open, networks fitted to the points of that sample."""
    fold = st.expander(
        _("The same in a network: small weights keep a tanh unit straight"),
        key=f"{KEY}.unit_fold",
        icon=":material/hub:",
        bind="query-params",
    )
    if fold.open:
        with fold:
            say(KEY, "bends_unit")
            with st.spinner(_("Fitting three networks …")):
                found = _networks(sample)
            _chart(sample, found)
            _figures(found)


@st.cache_resource(show_spinner=False, max_entries=SAMPLES)
def _networks(sample: int) -> tuple[Fitted, ...]:
    return fitted(sample)


def _chart(sample: int, found: tuple[Fitted, ...]) -> None:
    colours, points = theme(), sample_of(sample)
    nothing = np.full(len(PLACES), np.nan)
    dots = list(zip(points.x.tolist(), points.y.tolist(), strict=True))
    grey = stroke(GREY + DASHED, colours)
    curve = drawn(truth(PLACES))
    lines = [
        Line(_("truth; discs: with noise"), grey, np.stack([curve, nothing]), points=[dots, []]),
        Line(_("straight"), grey, np.stack([nothing, drawn(PLACES)])),
    ]
    for place, one in enumerate(found):
        title = _("λ = {strength}", strength=_power(one))
        line = stroke(L2_COLOUR + DASHED * place, colours)
        lines.append(Line(title, line, np.stack([one.curve, one.unit])))
    span = (float(points.y.min()) - ROOM, float(points.y.max()) + ROOM)
    network, unit = (replace(panel, short=_(panel.short)) for panel in PANELS)
    message = curves_message(
        UNITS, [replace(network, span=span), unit], lines, reach=float(PLACES[-1]),
        at=place_in_view(UNITS, "x", -1, 1, 0.5), number=pinned_number(UNITS),
        alt=_("A network’s function and one of its units, for three strengths of L2."),
    )  # fmt: skip
    curves(UNITS, message)


def _figures(found: tuple[Fitted, ...]) -> None:
    rows = [
        [
            _power(one),
            f"{one.mean_weight:.2f}",
            f"{one.training:.3f}",
            f"{one.validation:.3f}",
        ]
        for one in found
    ]
    headings = ["λ", _("mean |w|, hidden layer"), _("training error"), _("validation error")]
    table(headings, rows, caption=_("Weights and errors of each network"))


def _power(one: Fitted) -> str:
    return ten_to(round(math.log10(one.strength)))
