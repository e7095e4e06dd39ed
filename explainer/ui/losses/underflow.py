"""In float32: probabilities that are taken before logarithms, and what is left of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.likelihood.logits import Head, Way, three_ways
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, signed
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import say
from explainer.ui.losses.head import CLASSES, HEAD, LOGITS
from explainer.ui.losses.head import PARAMETERS as HEAD_PARAMETERS
from explainer.ui.splits.gaps import Row, gaps, gaps_message
from explainer.words import N_, _

KEY = "losses"
FLOAT = f"{KEY}.float32"
(SCALE,) = PARAMETERS = (Parameter("scale", N_("all four logits times"), 50, 1, 100, 1),)
WAYS = (  # its title, what it does, and whether a probability comes before the logarithm
    (N_("exp, divide, log"), N_("as the formula stands"), True),
    (N_("softmax, then log"), N_("the largest logit subtracted before exp"), True),
    (N_("log_softmax"), N_("no probability in between"), False),
)


def underflow_part() -> None:
    """A slider, and the loss of the least likely class as each way has it."""
    say(KEY, "softmax_float")
    found = live.values(HEAD, HEAD_PARAMETERS).values
    given = [found[one.name] for one in LOGITS]
    moved = live.values(FLOAT, PARAMETERS)
    address = live.live_picture(FLOAT, _renderer(given, moved.values))
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        live.sliders(FLOAT, PARAMETERS, moved, address=address)
    with right:
        gaps(FLOAT, _message(given, moved.values, theme(), moved.number))
    live.write_to_url(FLOAT, PARAMETERS, moved.values)
    say(KEY, "softmax_float_notice")


def _renderer(given: Sequence[float], resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _message(given, values, colours, number)

    return render


def _message(
    given: Sequence[float], values: Mapping[str, float], colours: Theme, number: int
) -> bytes:
    scaled = np.array(given) * values[SCALE.name]
    true = int(scaled.argmin())
    exact = Head(tuple(scaled), true).loss
    most = (max(given) - min(given)) * SCALE.maximum + math.log(len(given))
    rows = [
        Row(
            _(title), 0, most if one.loss > most else 0.0 if math.isnan(one.loss) else one.loss,
            colours.categorical[1 if _lost(one, exact) else 0], _number(one.loss),
            _told(one, likeliest) if through else "",
            _(note),
            strong=_lost(one, exact),
        )
        for (title, note, through), one, likeliest in zip(
            WAYS, three_ways(scaled, true), three_ways(scaled, int(scaled.argmax())), strict=True
        )
    ]  # fmt: skip
    rows.append(
        Row(_("exact"), 0, exact, colours.categorical[7], _number(exact), "", _("in float64"))
    )
    logits = ", ".join(signed(one, 0) for one in scaled)
    return gaps_message(
        FLOAT, rows, most=most, number=number,
        told=_(
            "Logits {logits}; true is **{name}**, the least likely. float32 ends at 3.4 · 10³⁸ "
            "= exp(88.7) above and, with fewer and fewer digits, at 1.4 · 10⁻⁴⁵ below.",
            logits=logits, name=_(CLASSES[true].title),
        ),
        alt=_("The loss in nats as three ways to compute it have it in float32, and exactly."),
    )  # fmt: skip


def _told(one: Way, likeliest: Way) -> str:
    return _(
        "p = {probability}; the likeliest class: {other}", probability=_number(one.probability),
        other=_number(likeliest.probability),
    )  # fmt: skip


def _lost(one: Way, exact: float) -> bool:
    """Whether more than a thousandth of the loss is wrong."""
    return not abs(one.loss - exact) <= 1e-3 * exact + 1e-6


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "∞" if math.isinf(value) else power_of_ten(value, 3)
