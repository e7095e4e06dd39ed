"""The Bayesian reading: what the data say of one weight, two priors, and what comes of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.regularisation.bias import FARTHEST, errors
from explainer.regularisation.prior import (
    NEAR,
    SAMPLES,
    Belief,
    GaussianPrior,
    LaplacePrior,
    Values,
    likelihood,
    share_near_zero,
)
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _

KEY = "penalties"
PRIOR = f"{KEY}.prior"
BIAS = f"{KEY}.bias"
REACH, PLACES = 3.0, 1201
L1_COLOUR, L2_COLOUR, GREY, DASHED = 0, 1, 7, 8
PANELS = (
    Panel(N_("Before: the priors, and what the data alone say"), N_("before"), 210),
    Panel(N_("After: the posteriors, with their highest points"), N_("after"), 240),
)
INSIDE = N_(
    "|ŵ| is at most σ²/(nb) = {edge}: under the Laplace prior the posterior is highest at "
    "**exactly 0**. Of {count} samples of that posterior {percent} are nearer to 0 than {near} "
    "and {zeros} are 0, and its mean is {mean}."
)
OUTSIDE = N_(
    "|ŵ| is more than σ²/(nb) = {edge}: the data say more than the Laplace prior holds against, "
    "and the posterior is highest at {mode}, nearer to 0 than ŵ by {edge}."
)
BIAS_PANEL = (Panel(N_("Prediction error on fresh points"), N_("error"), 240),)
PARAMETERS = (
    Parameter("alone", N_("What the data alone say, ŵ"), 0.4, -2.0, 2.0, 0.01),
    Parameter("count", N_("Points n"), 10, 1, 200, 1),
    Parameter("noise", N_("Noise of each point, σ"), 1.0, 0.2, 3.0, 0.1),
    Parameter("width", N_("Width of the prior, s"), 0.3, 0.1, 3.0, 0.1),
)


def prior_section() -> None:
    """Sliders for the data and the priors; densities before and after; what follows, in words."""
    say(KEY, "prior")
    moved, colours = live.values(PRIOR, PARAMETERS), theme()
    weight = place_in_view(PRIOR, "w", -REACH, REACH, 0.5)
    belief = Belief(**moved.values)
    address = live.live_picture(PRIOR, _renderer(moved.values, weight, colours))
    controls, stage = st.columns([1, 2.8], gap="medium")
    with controls:
        live.sliders(PRIOR, PARAMETERS, moved, address=address)
    with stage:
        number = max(moved.number, pinned_number(PRIOR))
        curves(PRIOR, _message(belief, weight, number, colours))
    live.write_to_url(PRIOR, PARAMETERS, moved.values)
    _in_words(belief)
    say(KEY, "prior_notice")
    _biases(belief.l2_strength)


def _renderer(resting: Mapping[str, float], weight: float, colours: Theme) -> Render:
    resting = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, resting]) for one in PARAMETERS}
        return _message(Belief(**values), weight, number, colours)

    return render


def _message(belief: Belief, weight: float, number: int, colours: Theme) -> bytes:
    places = np.linspace(-REACH, REACH, PLACES)
    said = likelihood(belief, places)
    lines = [Line(_("the data alone"), stroke(GREY + DASHED, colours), np.stack([said, said]))]
    for title, place, of in (
        (_("Gaussian prior, as with L2"), L2_COLOUR, GaussianPrior(belief)),
        (_("Laplace prior, as with L1"), L1_COLOUR, LaplacePrior(belief)),
    ):
        values = np.stack([of.prior(places), of.posterior(places)])
        top = (of.mode, float(of.posterior(np.array([of.mode]))[0]))
        lines.append(Line(title, stroke(place, colours), values, points=([], [top])))
    panels = [replace(panel, short=_(panel.short)) for panel in PANELS]
    return curves_message(
        PRIOR, panels, lines, reach=REACH, at=weight, number=number, symbol="w",
        alt=_("Likelihood, priors and posteriors of one weight as densities."),
    )  # fmt: skip


def _in_words(belief: Belief) -> None:
    gaussian, laplace = GaussianPrior(belief), LaplacePrior(belief)
    (near_l2, zeros_l2), (near, zeros) = remembered(
        f"{PRIOR}.samples", belief, lambda: [_near(one.samples()) for one in (gaussian, laplace)]
    )
    l2, l1 = belief.l2_strength, belief.l1_strength
    rows = [
        [_("highest point (MAP)"), _number(gaussian.mode), _number(laplace.mode)],
        [_("mean of the posterior"), _number(gaussian.mean), _number(laplace.mean)],
        [_("the same as a penalty, λ"), _number(l2), _number(l1)],
        [_("… with ten times the points"), _number(l2 / 10), _number(l1 / 10)],
        [_("samples nearer to 0 than {near}", near=NEAR), near_l2, near],
        [_("samples that are 0"), zeros_l2, zeros],
    ]
    left, right = st.columns([1.25, 2], gap="large", vertical_alignment="center")
    with left:
        headings = ["", _("Gaussian (L2)"), _("Laplace (L1)")]
        table(headings, rows, caption=_("What follows from each prior"))
    right.markdown(
        _(
            INSIDE if laplace.mode == 0 else OUTSIDE,
            edge=_number(l1),
            count=f"{SAMPLES:,}",
            percent=near,
            near=NEAR,
            zeros=zeros,
            mean=_number(laplace.mean),
            mode=_number(laplace.mode),
        )
    )


def _near(samples: Values) -> tuple[str, str]:
    """In words, which share of the samples is near 0, and how many are 0."""
    percent = f"{100 * share_near_zero(samples):.1f}"
    return _("{percent} %", percent=percent), str(int((samples == 0).sum()))


def _number(value: float) -> str:
    return power_of_ten(value, 3)


def _biases(strength: float) -> None:
    """The error of a penalised and of a free bias, as the targets are moved up."""
    with st.expander(_("Why are biases left out of the penalty?"), icon=":material/expand_more:"):
        say(KEY, "prior_bias")
        colours = theme()
        free, penalised = remembered(f"{BIAS}.errors", strength, lambda: errors(strength))
        at = place_in_view(BIAS, "shift", 0, FARTHEST, FARTHEST)
        lines = [
            Line(_("bias left out"), stroke(L2_COLOUR, colours), free[None]),
            Line(_("bias penalised too"), stroke(L2_COLOUR + DASHED, colours), penalised[None]),
        ]
        panels = [replace(panel, short=_(panel.short)) for panel in BIAS_PANEL]
        curves(
            BIAS,
            curves_message(
                BIAS, panels, lines, reach=FARTHEST, low=0, at=at, number=pinned_number(BIAS),
                symbol=_("shift"), alt=_("Prediction errors over how far the targets are moved."),
            ),
        )  # fmt: skip
        st.markdown(
            _(
                "With L2 at λ = {strength}: targets moved up by {shift} leave the error of the "
                "first fit at **{free}**; that of the second goes from {before} to **{after}**.",
                strength=_number(strength),
                shift=f"{FARTHEST:g}",
                free=_number(float(free[-1])),
                before=_number(float(penalised[0])),
                after=_number(float(penalised[-1])),
            )
        )
