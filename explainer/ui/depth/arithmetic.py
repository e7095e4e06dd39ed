"""What a layer does to the gradient, as numbers: the slope, the weights, and their product."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.mean_field import Theory
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.training.instruments.units import greatest_slope
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
    typical = number(_typical(passage))
    return [head, number(steepest), *parts, typical, f"<b>{number(whole)}</b>"]


def _notes(passed: Passed) -> str:
    networks = [one.network for one in passed.passages]
    notes = []
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
        notes.append(_("Of batch norm this theory does not speak."))
    return " ".join(notes)


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
        rf"q_{{{layer}}} = {theory.variance[place]:.4g} \qquad "
        rf"\mathbb{{E}}\left[f'(\sqrt{{q_{{{layer}}}}}\,x)^2\right] = {slope:.4g}"
    )
    st.latex(
        rf"n\,\mathrm{{var}}(W_{{{layer + 1}}}) = {network.width} \times {variance:.4g} "
        rf"= {weights:.4g}"
    )
    through = f"{weights:.4g}"
    if network.layer_norm:
        weights /= theory.scale[place + 1] ** 2
        through = rf"\frac{{{through}}}{{{theory.scale[place + 1] ** 2:.4g}}}"
    inside, product = rf"{slope:.4g} \times {through}", slope * weights
    if network.residual:
        above = theory.slope[place + 1] ** 2
        inside = (
            rf"\frac{{{slope:.4g}}}{{{above:.4g}}} \left(1 + {above:.4g} \times {through}\right)"
        )
        product = slope / above * (1 + above * weights)
    st.latex(rf"\sqrt{{{inside}}} = {product**0.5:.4g}")
    st.markdown(
        _(
            "Measured, from layer {above} to layer {layer}: {factor}",
            above=layer + 1, layer=layer, factor=f"{passage.factors[place]:.4g}",
        )
    )  # fmt: skip


def number(value: float) -> str:
    """A positive number with three digits; small and large ones as powers of ten, HTML."""
    if not np.isfinite(value):
        return "∞" if value == np.inf else "–"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} · 10<sup>{int(exponent)}</sup>".replace("-", "−")


def _typical(passage: UntrainedPass) -> float:
    """The factor of one layer that, repeated, gives what the whole way does."""
    first, last = passage.gradient[0], passage.gradient[-1]
    if not first or not last:
        return float("nan")
    return float(np.exp((np.log(first) - np.log(last)) / (passage.layers - 1)))


def _middle(passage: UntrainedPass) -> int:
    return (passage.layers - 1) // 2
