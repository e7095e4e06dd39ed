"""The derivatives of any formula that can be typed, against SymPy's of the same in pieces.

SymPy differentiates what is written as cases, mpmath computes it with fifty digits. At a kink the
two sides differ and PyTorch takes one value between: there the app says that it is a kink.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.activations.chosen import Own, facts_of, told_by_autograd
from explainer.activations.curves import corner_at, derivatives
from explainer.activations.facts import facts
from explainer.activations.formula import MOST_LETTERS, parse
from explainer.activations.script import script
from explainer.ui.activations.facts import told
from tests.drawing import examples

X = sp.Symbol("x", real=True)
PLACES = (-2.5, -1.0, -0.5, -0.3, 0.0, 0.25, 0.5, 1.0, 2.0, 2.7)
LARGE = (-1e6, -800.0, -30.0, 30.0, 800.0, 1e6)
CASES = sp.Piecewise
SYMPY: dict[str, Any] = {
    "exp": sp.exp, "log": sp.log, "sqrt": sp.sqrt, "sin": sp.sin, "cos": sp.cos, "atan": sp.atan,
    "tanh": sp.tanh, "erf": sp.erf,
    "abs": lambda u: CASES((u, u >= 0), (-u, True)),
    "sign": lambda u: CASES((1, u > 0), (-1, u < 0), (0, True)),
    "sigmoid": lambda u: 1 / (1 + sp.exp(-u)),
    "softplus": lambda u: sp.log(1 + sp.exp(u)),
    "relu": lambda u: CASES((u, u > 0), (0, True)),
    "phi": lambda u: (1 + sp.erf(u / sp.sqrt(2))) / 2,
    "max": lambda u, v: CASES((u, u > v), (v, True)),
    "min": lambda u, v: CASES((u, u < v), (v, True)),
}  # fmt: skip
INFIX = {
    "+": lambda u, v: u + v, "-": lambda u, v: u - v, "*": lambda u, v: u * v,
    "/": lambda u, v: u / v,
}  # fmt: skip
COMPARED = {
    ">": lambda u, v: u > v, "<": lambda u, v: u < v, ">=": lambda u, v: u >= v,
    "<=": lambda u, v: u <= v,
}  # fmt: skip


def built(function: Any, *parts: Any) -> Any:
    """SymPy's expression; NaN where it compares what is no real number."""
    try:
        return function(*parts)
    except TypeError:
        return sp.nan


def where(holds: Any, left: Any, right: Any, then: Any, otherwise: Any) -> Any:
    return CASES((then, holds(left, right)), (otherwise, True))


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> tuple[str, Any]:
    """The text of a formula and SymPy's expression for it, over the whole grammar."""
    kinds = ["x", "number", "call", "pair", "infix", "minus", "power", "growth", "tower", "where"]
    kind = draw(st.sampled_from(kinds if depth else kinds[:2]))
    if kind == "x":
        return "x", X
    if kind == "number":
        number = draw(st.sampled_from(["0", "1", "2", "0.5", "pi"]))
        return number, sp.pi if number == "pi" else sp.Rational(number)
    text, inner = draw(formulas(depth=depth - 1))
    if kind == "minus":
        return f"-({text})", -inner
    if kind == "power":
        power = draw(st.sampled_from(["2", "3", "0.5", "-1"]))
        return f"({text})^({power})", inner ** sp.Rational(power)
    if kind == "growth":
        return f"2^sin({text})", 2 ** sp.sin(inner)
    if kind == "tower":
        return f"(abs({text}) + 0.5)^x", (built(SYMPY["abs"], inner) + sp.Rational(1, 2)) ** X
    if kind == "call":
        name = draw(st.sampled_from([one for one in SYMPY if one not in ("max", "min", "exp")]))
        return f"{name}({text})", built(SYMPY[name], inner)
    other, second = draw(formulas(depth=depth - 1))
    if kind == "pair":
        name = draw(st.sampled_from(["max", "min"]))
        return f"{name}({text}, {other})", built(SYMPY[name], inner, second)
    if kind == "infix":
        sign = draw(st.sampled_from(sorted(INFIX)))
        return f"({text} {sign} {other})", INFIX[sign](inner, second)
    sign = draw(st.sampled_from(sorted(COMPARED)))
    taken = draw(formulas(depth=depth - 1))
    return (
        f"where({text} {sign} {other}, {taken[0]}, {text})",
        built(where, COMPARED[sign], inner, second, taken[1], inner),
    )


def oracle(expression: Any) -> Any:
    """Value, first and second derivative at an x, by mpmath; NaN for what is no real number."""
    orders = [sp.sympify(expression)]
    for _ in range(2):
        orders.append(sp.diff(orders[-1], X))
    if any(one.has(sp.zoo, sp.nan, sp.oo, -sp.oo) for one in orders):
        return lambda _: [math.nan] * 3
    known = {"DiracDelta": lambda u, *_: math.nan if u == 0 else 0}
    computed = [sp.lambdify(X, one, [known, "mpmath"]) for one in orders]

    def at(place: float) -> list[float]:
        found = []
        with mpmath.workdps(50):
            for one in computed:
                try:
                    number = one(mpmath.mpf(place))
                    found.append(float(number) if mpmath.im(number) == 0 else math.nan)
                except (ValueError, ZeroDivisionError, OverflowError, TypeError):
                    found.append(math.nan)
        return found

    return at


def said(function: Any, place: float) -> bool:
    """Whether the page says of this x that a derivative jumps, is missed, or has no bound."""
    near = derivatives(function, [place - 1e-9, place, place + 1e-9])
    return bool(
        not np.isfinite(near[0]).all()
        or np.abs(near[1:, ::2]).max() > 1e3
        or corner_at(function, place)
    )


@given(formulas())
@examples(20)
def test_derivatives_are_sympys_wherever_there_are_any(pair: tuple[str, Any]) -> None:
    text, expression = pair
    if len(text) > MOST_LETTERS:
        return
    function, exact = parse(text), oracle(expression)
    found = derivatives(function, PLACES)
    for place, column in zip(PLACES, found.T, strict=True):
        wanted = exact(place)
        if not (math.isfinite(column[0]) and all(map(math.isfinite, wanted))):
            continue
        given_ = ~np.isnan(column)  # the page calls the others undefined
        if not np.allclose(column[given_], np.array(wanted)[given_], rtol=1e-6, atol=1e-7):
            assert said(function, place), (text, place, column, wanted)


@given(formulas())
@examples(40)
def test_a_slope_that_is_no_number_is_that_of_a_single_x_or_of_no_value(
    pair: tuple[str, Any],
) -> None:
    if len(pair[0]) <= MOST_LETTERS:
        function = parse(pair[0])
        for place in (*PLACES, *LARGE):
            around = derivatives(function, place + np.array([-1e-3, -1e-7, 0, 1e-7, 1e-3]))
            # All 0: too small to hold. Above 1e100 what is squared on the way may overflow.
            if around[0].any() and np.abs(around[0]).max() < 1e100:
                assert np.isfinite(around[1]).any(), (pair[0], place)


@pytest.mark.parametrize(
    ("text", "place"),
    [("sigmoid(sqrt(relu(x)))", -2.5), ("sqrt(relu(x))", -2.5), ("sigmoid(sqrt(sigmoid(x)))", -1e6),
     ("relu(x)^0.5", -1.0), ("sqrt(where(x > 0, x, 0))", -0.5)],
)  # fmt: skip
def test_what_stands_still_passes_no_slope_on(text: str, place: float) -> None:
    np.testing.assert_array_equal(derivatives(parse(text), [place])[1:, 0], 0)


def test_what_only_touches_is_told_as_a_jump() -> None:
    square, corner = parse("sqrt(x^4)"), corner_at(parse("sqrt(x^4)"), 0.0)
    assert derivatives(square, [0.0])[1, 0] == 0
    assert corner is not None
    assert (corner.order, corner.missed) == (2, True)
    assert (corner.left, corner.right) == pytest.approx((2, 2))


@pytest.mark.parametrize(
    "text", ["-(where(x < x, x, x))", "x + where(x > 1, x, 1)", "-where(x > 1, x, 1)"]
)
def test_a_script_brings_its_cases_along_wherever_they_stand(text: str) -> None:
    left = dict[str, Any]()
    exec(compile(script([Own(text)], 0.5), "script.py", "exec"), left)
    assert left["results"]


@given(formulas(), st.sampled_from(PLACES))
@examples(20)
def test_the_script_has_the_same_numbers_or_says_that_it_has_not(
    pair: tuple[str, Any], place: float
) -> None:
    if len(pair[0]) > MOST_LETTERS:
        return
    chosen, left = Own(pair[0]), dict[str, Any]()
    exec(compile(script([chosen], place), "script.py", "exec"), left)
    wanted = derivatives(chosen.function(), [place])[:, 0]
    if not told_by_autograd(chosen, place) or not np.isfinite(wanted).all():
        return
    np.testing.assert_allclose(left["results"][chosen.title], wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "place", "wanted"),
    [
        ("abs(x)", 0.0, [0, 0, 0]),
        ("abs(x)", -2.0, [2, -1, 0]),
        ("min(abs(x), 1)", 0.5, [0.5, 1, 0]),
        ("min(abs(x), 1)", 3.0, [1, 0, 0]),
        ("where(x > 0, sqrt(x), 0)", -1.0, [0, 0, 0]),
        ("where(x > 0, sqrt(x), 0)", 0.0, [0, 0, 0]),
        ("where(x > 0, sqrt(x), 0)", 4.0, [2, 0.25, -1 / 32]),
        ("where(x > 0, exp(-1/x), 0)", 0.0, [0, 0, 0]),
        ("exp(-1/x^2)", 0.0, [0, 0, 0]),
        ("min(1/x^2, 5)", 0.0, [5, 0, 0]),
        ("1/(1 + exp(-x^3))", -12.0, [0, 0, 0]),
        ("tanh(exp(x^3))", 12.0, [1, 0, 0]),
        ("min(exp(x^2), 10)", 40.0, [10, 0, 0]),
        ("max(x, x)", 1.0, [1, 1, 0]),
        ("where(x >= 0, where(x > 1, log(x), 0), sqrt(-x))", 0.5, [0, 0, 0]),
        ("x^2", 0.0, [0, 0, 2]),
        ("x^0", 0.0, [1, 0, 0]),
        ("(-2)^x", 2.0, [4, math.nan, math.nan]),
        ("3", 1.0, [3, 0, 0]),
        ("log(-1 - x^2)", 1.0, [math.nan] * 3),
        ("9^9^9", 0.0, [math.inf, 0, 0]),
    ],
)
def test_derivatives_that_autograd_alone_gets_wrong(
    text: str, place: float, wanted: list[float]
) -> None:
    np.testing.assert_allclose(derivatives(parse(text), [place])[:, 0], wanted, atol=1e-300)


def test_a_formula_is_differentiated_by_whoever_asks_autograd_for_it() -> None:
    x = torch.tensor([-1.0, 0.0, 4.0], dtype=torch.float64, requires_grad=True)
    formula = parse("where(x > 0, sqrt(x), 0)")
    (slope,) = torch.autograd.grad((3 * formula(x)).sum(), x, create_graph=True)
    assert slope.tolist() == [0, 0, 0.75]
    (curvature,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
    assert curvature.tolist() == [0, 0, -3 / 32]
    with pytest.raises(RuntimeError, match="twice at most"):
        torch.autograd.grad(curvature.sum(), x)
    assert not formula(x.detach()).requires_grad


def test_a_note_stands_where_autograd_comes_to_no_number() -> None:
    assert not told_by_autograd(Own("tanh(exp(x^3))"), 12.0)
    assert told_by_autograd(Own("tanh(exp(x^3))"), 1.0)
    assert told_by_autograd(Own("where(x > 0, sqrt(x), 0)"), -1.0)


def test_the_facts_of_a_half_root() -> None:
    found = told(facts_of(Own("where(x > 0, sqrt(x), 0)")))
    assert found[0] == "without bound"
    assert found[1] == "x < 0"
    assert found[5] == "at 0 (PyTorch: 0)"


def test_the_facts_say_where_there_is_no_value() -> None:
    assert told(facts_of(Own("log(x)")))[2] == "−∞ to ∞; undefined x < 0"
    assert set(told(facts_of(Own("log(-1 - x^2)")))) == {"not defined"}
    assert set(told(facts_of(Own("9^9^9")))) == {"not defined"}
    assert told(facts_of(Own("where(x > 0, log(x), -x)")))[2] == "−∞ to ∞"


@pytest.mark.parametrize("factor", ["1e15", "1e300", "1e308", "1e-200"])
def test_a_straight_line_jumps_nowhere_however_steep_it_is(factor: str) -> None:
    assert not facts(parse(f"{factor}*x")).corners


@pytest.mark.parametrize("text", ["1/x", "1/x^4", "exp(1/x)", "sign(x)", "where(x > 0, 1, x)"])
def test_what_jumps_at_zero_is_told(text: str) -> None:
    assert (0.0, 0) in [(one.place, one.order) for one in facts(parse(text)).corners]


@pytest.mark.parametrize(
    ("text", "place", "order"), [("abs(x)", 0.0, 1), ("sign(x - 1)", 1.0, 0), ("x^3", 0.0, None)]
)
def test_a_kink_is_known_at_its_place(text: str, place: float, order: int | None) -> None:
    found = corner_at(parse(text), place)
    assert (found.order if found else None) == order
    assert corner_at(parse(text), place + 0.1) is None


def test_a_slope_that_pytorch_misses_is_told() -> None:
    text = "relu(x) - relu(-x)"
    found = corner_at(parse(text), 0.0)
    assert found is not None
    assert found.missed
    assert (found.order, found.left, found.right, found.taken) == (1, 1, 1, 0)
    assert told(facts_of(Own(text)))[5] == "nowhere, but at 0 PyTorch takes 0 for 1"
