"""What a layer does to the gradient, as numbers: the slope, the weights, and their product."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.mean_field import Theory
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.powers import power_of_ten, short
from explainer.training.instruments.units import greatest_slope
from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.recipe import Network
from explainer.ui.common.bounded import chosen_place
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.depth.one_pass import Passed
from explainer.ui.depth.settings import KEY
from explainer.ui.training_lab.recipe_editor import dot
from explainer.words import N_, _

HEADINGS = (
    N_("a layer in the middle"),
    N_("steepest slope"),
    N_("typical slope"),
    N_("× weights"),
    N_("= product"),
    N_("theory, a layer"),
    N_("measured, a layer"),
    N_("first ÷ last, measured"),
)


def arithmetic(passed: Passed) -> None:
    """For each setting the two factors of one layer and their product, beside what was measured."""
    say(KEY, "product")
    rows = [
        _row(index, name, passage, theory)
        for index, (name, passage, theory) in enumerate(
            zip(passed.titles, passed.passages, passed.theories, strict=True)
        )
    ]
    caption = _("What one layer does to the length of the gradient")
    table([_(heading) for heading in HEADINGS], rows, caption=caption)
    if notes := _notes(passed):
        st.caption(notes)
    with st.expander(_("One layer, written out"), key=f"{KEY}.written"):
        _written_out(passed)


def _row(index: int, name: str, passage: UntrainedPass, theory: Theory | None) -> list[str]:
    middle = _middle(passage)
    steepest = greatest_slope(ACTIVATIONS[passage.network.activation].module())
    whole = passage.gradient[0] / passage.gradient[-1] if passage.gradient[-1] else np.nan
    head = f"{dot(index)} {escape(name)}"
    parts = ["–"] * 4
    if theory is not None:
        slope, weights = theory.slope[middle], theory.weights[middle] / theory.scale[middle + 1]
        parts = [number(one) for one in (slope, weights, slope * weights, theory.factors[middle])]
    typical = number(passage.typical_factor)
    return [head, number(steepest), *parts, typical, f"<b>{number(whole)}</b>"]


def _notes(passed: Passed) -> str:
    networks = [one.network for one in passed.passages]
    notes = _starts(networks)
    if any(one.residual for one in networks):
        notes.append(
            _(
                "A skip adds 1 to the square of the product; where the slopes of two layers "
                "differ, their ratio comes on top."
            )
        )
    if any(one.layer_norm for one in networks):
        notes.append(_("Layer norm divides the weights' part by the spread that it takes away."))
    if any(one.batch_norm for one in networks):
        notes.append(_("This theory does not cover batch norm."))
    return " ".join(notes)


def _starts(networks: Sequence[Network]) -> list[str]:
    """How the part of the weights comes about with the starts that are here."""
    notes = [_("× weights is √(n var W) of a layer n wide.")]
    if any(one.initialisation == "xavier" for one in networks):
        notes.append(_("Xavier's σ = √(2 / (n + n)) makes it 1, whatever the activation."))
    of_he = {one.activation: None for one in networks if one.initialisation == "he"}
    if of_he:
        gains = ", ".join(
            _("{gain} for {activation}", gain=short(one.gain, 3), activation=_(one.title))
            for one in map(ACTIVATIONS.__getitem__, of_he)
        )
        notes.append(_("He's σ = g / √n makes it the activation's gain g: {gains}.", gains=gains))
    return notes


def _written_out(passed: Passed) -> None:
    place = chosen_place(_("Setting"), passed.titles, key=f"{KEY}.written_setting")
    passage, theory = passed.passages[place], passed.theories[place]
    if theory is None:
        st.markdown(_("Batch norm has no such formula here: every example bends all the others."))
        return
    say(KEY, "line")
    _formulas(passage, theory, _middle(passage))


def _formulas(passage: UntrainedPass, theory: Theory, place: int) -> None:
    network, layer, slope = passage.network, place + 1, theory.slope[place] ** 2
    weights, variance = theory.weights[place] ** 2, passage.variance[place + 1]
    st.latex(
        rf"q_{{{layer}}} = {short(theory.variance[place], 4)} \qquad "
        rf"\mathbb{{E}}\left[f'(\sqrt{{q_{{{layer}}}}}\,x)^2\right] = {short(slope, 4)}"
    )
    st.latex(SCHEMES[network.initialisation].formula)
    st.latex(
        rf"n\,\mathrm{{var}}(W_{{{layer + 1}}}) = {network.width} \times {short(variance, 4)} "
        rf"= {short(weights, 4)}"
    )
    through = short(weights, 4)
    if network.layer_norm:
        weights /= theory.scale[place + 1] ** 2
        through = rf"\frac{{{through}}}{{{short(theory.scale[place + 1] ** 2, 4)}}}"
    inside, product = rf"{short(slope, 4)} \times {through}", slope * weights
    if network.residual:
        above = theory.slope[place + 1] ** 2
        inside = (
            rf"\frac{{{short(slope, 4)}}}{{{short(above, 4)}}} "
            rf"\left(1 + {short(above, 4)} \times {through}\right)"
        )
        product = slope / above * (1 + above * weights)
    st.latex(rf"\sqrt{{{inside}}} = {short(product**0.5, 4)}")
    st.markdown(
        _(
            "Measured, from layer {above} to layer {layer}: {factor}",
            above=layer + 1, layer=layer, factor=short(passage.factors[place], 4),
        )
    )  # fmt: skip


def number(value: float) -> str:
    """A positive number with three digits; small and large ones as powers of ten."""
    if not np.isfinite(value):
        return "∞" if value == np.inf else "–"
    return power_of_ten(value, 3)


def _middle(passage: UntrainedPass) -> int:
    return (passage.layers - 1) // 2
