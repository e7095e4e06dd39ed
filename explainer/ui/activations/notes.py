"""What is often said, with what is measured; the arithmetic of one x; and the code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

from explainer.activations.chosen import Chosen, told_by_autograd
from explainer.activations.curves import corner_at, derivatives, sides
from explainer.activations.formula.tree import written
from explainer.activations.often_said import (
    elu_corner,
    relu_trains,
    relu_unit,
    sigmoid_through,
    softplus_and_sigmoid,
    tanh_and_sigmoid,
)
from explainer.activations.script import script
from explainer.ui.activations.facts import number
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.common.prose import say


def often_said_section() -> None:
    """Each saying, what is true of it, and what was measured for it just now."""
    say(KEY, "often_said")
    for part, measured in MEASURED.items():
        with st.container(border=True):
            say(KEY, part)
            st.markdown(f"*Measured here:* {measured()}")


@cache
def _tanh() -> str:
    found = tanh_and_sigmoid()
    return (
        f"tanh is the steeper for |x| < {found.meet:.3f} and the flatter beyond. tanh(x) and "
        f"2σ(2x) − 1 differ by {found.difference:.0e} at most, which is rounding."
    ).replace("e-", "e−")


@cache
def _corner() -> str:
    found = relu_trains()
    return (
        f"of {found.drawn:,} normal inputs, {found.zeros} were exactly 0. Thirty-two ReLU units "
        f"learned a sine: mean squared error from {found.before:.3f} to {found.after:.4f}."
    )


@cache
def _dead() -> str:
    alive, dead = relu_unit(0.0), relu_unit(-10.0)
    return (
        f"over 10,000 normal inputs, ReLU(x) is 0 for {alive.zeros:.1%} of them and its weight "
        f"still gets a gradient of {alive.gradient:.3f}. ReLU(x − 10) is 0 for {dead.zeros:.0%} of "
        f"them and gets {number(dead.gradient)}."
    )


@cache
def _softplus() -> str:
    return (
        f"from −12 to 12, PyTorch’s slope of softplus and its sigmoid differ by "
        f"{softplus_and_sigmoid():.0e} at most."
    ).replace("e-", "e−")


@cache
def _elu() -> str:
    half, one = elu_corner(0.5), elu_corner(1.0)
    assert half is not None
    at_one = "there is no such jump" if one is None else "it jumps too"
    return (
        f"for α = 0.5 the slope at 0 jumps from {number(round(half.left, 6))} to "
        f"{number(half.right)}, and PyTorch takes {number(half.taken)}; for α = 1 {at_one}."
    )


@cache
def _quarter() -> str:
    five, ten = sigmoid_through(5), sigmoid_through(10)
    return f"at most {five:.1e} is left after five sigmoids and {ten:.1e} after ten.".replace(
        "e-0", "e−"
    )


MEASURED: dict[str, Callable[[], str]] = {
    "said_tanh": _tanh,
    "said_corner": _corner,
    "said_dead": _dead,
    "said_quarter": _quarter,
    "said_softplus": _softplus,
    "said_elu": _elu,
}
SIGNS = ("f", "f'", "f''")
ORDERS = ("the value", "the slope", "the curvature")
LOST = ("there is no slope", "there is no slope", "there is no curvature")


def arithmetic_section(shown: Shown) -> None:
    """Value, slope and curvature at the x in view, with the numbers put in."""
    say(KEY, "arithmetic")
    for chosen, _ in shown.functions:
        with st.container(border=True):
            _written_out(chosen, shown.x)


def _written_out(chosen: Chosen, x: float) -> None:
    values = derivatives(chosen.function(), [x])[:, 0]
    st.markdown(f"**{chosen.title}**")
    formulas, numbers = chosen.formulas(), chosen.numbers()
    for sign, formula, value in zip(SIGNS, formulas, values, strict=False):
        st.latex(f"{sign}(x) = {formula.latex()}")
        put_in = formula.latex(x=x, **numbers)
        result = written(float(value))
        middle = "" if put_in == result else f" = {put_in}"
        st.latex(rf"{sign}({written(x)}){middle} = \mathbf{{{result}}}")
    if len(formulas) < len(SIGNS):
        rest = zip(SIGNS[len(formulas) :], values[len(formulas) :], strict=True)
        texts = [rf"{sign}({written(x)}) = \mathbf{{{written(float(one))}}}" for sign, one in rest]
        st.latex(r",\qquad ".join(texts))
        st.caption("The derivatives of your own formula are computed by the chain rule.")
    _bend(chosen, x)


def _bend(chosen: Chosen, x: float) -> None:
    """What is to be said of a derivative that does not exist at x."""
    found = corner_at(chosen.function(), x)
    if found is None:
        return
    what, taken = ORDERS[found.order], f"PyTorch takes {number(found.taken)}"
    if found.missed:
        st.caption(f"At x = {number(x)} {what} is {number(found.left)} from both sides; {taken}.")
        return
    left, right = (number(one) for one in sides(chosen.function(), found))
    st.caption(
        f"At x = {number(x)} {what} jumps from {left} to {right}, so {LOST[found.order]}; {taken}."
    )


def code_section(shown: Shown) -> None:
    """The script that gives the numbers of the table above."""
    say(KEY, "code")
    text = script([chosen for chosen, _ in shown.functions], shown.x)
    for chosen, _ in shown.functions:
        if not told_by_autograd(chosen, shown.x):
            st.caption(
                f"**{chosen.title}** at x = {number(shown.x)}: on its way autograd multiplies 0 "
                "by infinity, which is no number (nan); what the page shows is right."
            )
    st.code(text, language="python")
    st.download_button(
        "Download the script", text, file_name="deepglass_activations.py", mime="text/x-python",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
