"""What a layer does to the gradient, as numbers: the slope, the weights, and their product."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from explainer.gradients.activations import activation
from explainer.gradients.depth.mean_field import Theory
from explainer.gradients.depth.passage import Passage
from explainer.training.instruments.units import greatest_slope
from explainer.ui.depth_pass import Passed
from explainer.ui.depth_settings import KEY
from explainer.ui.prose import say
from explainer.ui.recipe_editor import dot
from explainer.ui.tables import table

HEADINGS = (
    "a layer in the middle",
    "steepest slope",
    "typical slope",
    "× weights",
    "= theory, a layer",
    "measured, a layer",
    "first ÷ last, measured",
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
    table(HEADINGS, rows, caption="What one layer does to the length of the gradient")
    with st.expander("One layer, written out", key=f"{KEY}.written"):
        _written_out(passed)


def _row(index: int, name: str, passage: Passage, theory: Theory | None) -> list[str]:
    middle = _middle(passage)
    steepest = greatest_slope(activation(passage.network.activation).module())
    whole = passage.gradient[0] / passage.gradient[-1] if passage.gradient[-1] else np.nan
    typical = _typical(passage)
    head = f"{dot(index)} {escape(name)}"
    if theory is None:
        parts = ["–"] * 3
    else:
        parts = [number(theory.slope[middle]), number(theory.weights[middle])]
        parts.append(number(theory.factors[middle]))
    return [head, number(steepest), *parts, number(typical), f"<b>{number(whole)}</b>"]


def _written_out(passed: Passed) -> None:
    names = passed.titles
    places = list(range(len(names)))
    index = st.selectbox(
        "Setting", places, format_func=lambda place: names[place], key=f"{KEY}.written_setting"
    )
    passage, theory = passed.passages[index or 0], passed.theories[index or 0]
    if theory is None:
        st.markdown("Batch norm has no such formula here: every example bends all the others.")
        return
    middle = _middle(passage)
    _formulas(passage, theory, middle)


def _formulas(passage: Passage, theory: Theory, place: int) -> None:
    width, layer, slope = passage.network.width, place + 1, theory.slope[place] ** 2
    variance = passage.variance[place + 1]
    st.latex(
        rf"q_{{{layer}}} = {theory.variance[place]:.4g} \qquad "
        rf"\mathbb{{E}}\left[f'(\sqrt{{q_{{{layer}}}}}\,x)^2\right] = {slope:.4g}"
    )
    st.latex(
        rf"n\,\mathrm{{var}}(W_{{{layer + 1}}}) = {width} \times {variance:.4g} "
        rf"= {width * variance:.4g}"
    )
    product = theory.slope[place] * theory.weights[place]
    st.latex(
        rf"\sqrt{{{slope:.4g} \times {width * variance:.4g}}} = {product:.4g}"
        rf"\qquad\text{{measured from layer {layer + 1} to {layer}: }}{passage.factors[place]:.4g}"
    )


def number(value: float) -> str:
    """A positive number with three digits; small and large ones as powers of ten, HTML."""
    if not np.isfinite(value):
        return "∞" if value == np.inf else "–"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} · 10<sup>{int(exponent)}</sup>".replace("-", "−")


def _typical(passage: Passage) -> float:
    """The factor of one layer that, repeated, gives what the whole way does."""
    first, last = passage.gradient[0], passage.gradient[-1]
    if not first or not last:
        return float("nan")
    return float(np.exp((np.log(first) - np.log(last)) / (passage.layers - 1)))


def _middle(passage: Passage) -> int:
    return (passage.layers - 1) // 2
