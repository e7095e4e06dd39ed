"""What is often said, with what is measured; the arithmetic of one x; and the code."""

from __future__ import annotations

from collections.abc import Callable

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
from explainer.powers import power_of_ten
from explainer.ui.activations.facts import number
from explainer.ui.activations.page import KEY, Shown
from explainer.ui.common.code import show_script
from explainer.ui.common.prose import say
from explainer.words import N_, _, cached


def often_said_section(*_given: object) -> None:
    """Each saying, what is true of it, and what was measured for it just now."""
    say(KEY, "often_said")
    for part, measured in MEASURED.items():
        with st.container(border=True):
            say(KEY, part)
            st.markdown(_("*Measured here:* {measurement}", measurement=measured()))


@cached
def _tanh() -> str:
    found = tanh_and_sigmoid()
    return _(
        "tanh is the steeper for |x| < {place} and the flatter beyond. tanh(x) and 2σ(2x) − 1 "
        "differ by {difference} at most, which is rounding.",
        place=f"{found.meet:.3f}",
        difference=power_of_ten(found.difference, 1),
    )


@cached
def _corner() -> str:
    found = relu_trains()
    return _(
        "of {drawn} normal inputs, {zeros} were exactly 0. Thirty-two ReLU units learned a sine: "
        "mean squared error from {before} to {after}.",
        drawn=f"{found.drawn:,}",
        zeros=found.zeros,
        before=f"{found.before:.3f}",
        after=f"{found.after:.4f}",
    )


@cached
def _dead() -> str:
    alive, dead = relu_unit(0.0), relu_unit(-10.0)
    return _(
        "over 10,000 normal inputs, ReLU(x) is 0 for {alive} of them and its weight still gets a "
        "gradient of {gradient}. ReLU(x − 10) is 0 for {dead} of them and gets {none}.",
        alive=f"{alive.zeros:.1%}",
        gradient=f"{alive.gradient:.3f}",
        dead=f"{dead.zeros:.0%}",
        none=number(dead.gradient),
    )


@cached
def _softplus() -> str:
    return _(
        "from −12 to 12, PyTorch’s slope of softplus and its sigmoid differ by {difference} at "
        "most.",
        difference=power_of_ten(softplus_and_sigmoid(), 1),
    )


@cached
def _elu() -> str:
    half = elu_corner(0.5)
    assert half is not None
    assert elu_corner(1.0) is None
    return _(
        "for α = 0.5 the slope at 0 jumps from {left} to {right}, and PyTorch takes {taken}; for "
        "α = 1 there is no such jump.",
        left=number(round(half.left, 6)),
        right=number(half.right),
        taken=number(half.taken),
    )


@cached
def _quarter() -> str:
    return _(
        "at most {five} is left after five sigmoids and {ten} after ten.",
        five=power_of_ten(sigmoid_through(5)),
        ten=power_of_ten(sigmoid_through(10)),
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
# Of value, slope and curvature: what is to be said where it jumps, and where PyTorch misses it.
JUMPS = (
    N_(
        "At x = {x} the value jumps from {left} to {right}, so there is no slope; PyTorch takes "
        "{taken}."
    ),
    N_(
        "At x = {x} the slope jumps from {left} to {right}, so there is no slope; PyTorch takes "
        "{taken}."
    ),
    N_(
        "At x = {x} the curvature jumps from {left} to {right}, so there is no curvature; PyTorch "
        "takes {taken}."
    ),
)
MISSED = (
    N_("At x = {x} the value is {left} from both sides; PyTorch takes {taken}."),
    N_("At x = {x} the slope is {left} from both sides; PyTorch takes {taken}."),
    N_("At x = {x} the curvature is {left} from both sides; PyTorch takes {taken}."),
)


def arithmetic_section(_picture: object, shown: Shown) -> None:
    """Value, slope and curvature at the x in view, with the numbers put in."""
    say(KEY, "arithmetic")
    for chosen, _stroke in shown.functions:
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
        st.caption(_("The derivatives of your own formula are computed by the chain rule."))
    _bend(chosen, x)


def _bend(chosen: Chosen, x: float) -> None:
    """What is to be said of a derivative that does not exist at x."""
    found = corner_at(chosen.function(), x)
    if found is None:
        return
    values = {"x": number(x), "taken": number(found.taken)}
    if found.missed:
        st.caption(_(MISSED[found.order], left=number(found.left), **values))
        return
    left, right = (number(one) for one in sides(chosen.function(), found))
    st.caption(_(JUMPS[found.order], left=left, right=right, **values))


def code_section(_picture: object, shown: Shown) -> None:
    """The script that gives the numbers of the table above."""
    say(KEY, "code")
    text = script([chosen for chosen, _stroke in shown.functions], shown.x)
    for chosen, _stroke in shown.functions:
        if not told_by_autograd(chosen, shown.x):
            st.caption(
                _(
                    "**{function}** at x = {x}: on its way autograd multiplies 0 by infinity, "
                    "which is no number (nan); what the page shows is right.",
                    function=chosen.title,
                    x=number(shown.x),
                )
            )
    show_script(KEY, text, "deepglass_activations")
