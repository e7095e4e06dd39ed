"""The reader of formulas: what it computes, what it refuses, and that it executes nothing."""

from __future__ import annotations

import ast
import contextlib
import string
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from explainer.activations import formula
from explainer.activations.formula import MOST_LETTERS, MOST_NESTED, FormulaError, parse
from explainer.activations.formula.functions import FUNCTIONS
from tests.drawing import examples

PLACES = np.array([-2.5, -1.0, -0.3, 0.0, 0.4, 1.0, 3.2])
NUMPY: dict[str, Any] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign, "sin": np.sin,
    "cos": np.cos, "atan": np.arctan, "tanh": np.tanh, "sigmoid": special.expit,
    "softplus": lambda x: np.logaddexp(x, 0), "relu": lambda x: np.maximum(x, 0),
    "erf": special.erf, "phi": special.ndtr, "max": np.maximum, "min": np.minimum,
}  # fmt: skip
TAME = ("abs", "sin", "cos", "atan", "tanh", "sigmoid", "softplus", "relu", "erf", "phi")


def computed(text: str) -> np.ndarray:
    """The values of a formula at PLACES."""
    return parse(text)(torch.tensor(PLACES)).numpy()


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> tuple[str, Any]:
    """The text of a formula, and NumPy's function for the same."""
    kind = draw(st.sampled_from(["number", "x", "sum", "power", "minus", "call", "pair", "where"]))
    if depth == 0 or kind == "x":
        return "x", lambda x: x
    if kind == "number":
        number = draw(st.decimals(0, 9, places=1))
        return str(number), lambda x: np.full_like(x, float(number))
    inner, of_inner = draw(formulas(depth=depth - 1))
    if kind == "minus":
        return f"(-{inner})", lambda x: -of_inner(x)
    if kind == "power":
        return f"({inner})^2", lambda x: of_inner(x) ** 2
    if kind == "call":
        name = draw(st.sampled_from(TAME))
        return f"{name}({inner})", lambda x: NUMPY[name](of_inner(x))
    other, of_other = draw(formulas(depth=depth - 1))
    if kind == "where":
        text = f"where({inner} > {other}, {inner}, 1)"
        return text, lambda x: np.where(of_inner(x) > of_other(x), of_inner(x), 1.0)
    if kind == "pair":
        name = draw(st.sampled_from(["max", "min"]))
        return f"{name}({inner}, {other})", lambda x: NUMPY[name](of_inner(x), of_other(x))
    sign = draw(st.sampled_from("+-*"))
    operation = {"+": np.add, "-": np.subtract, "*": np.multiply}[sign]
    return f"({inner} {sign} {other})", lambda x: operation(of_inner(x), of_other(x))


@given(formulas())
@examples(150)
def test_values_are_numpys(pair: tuple[str, Any]) -> None:
    text, reference = pair
    if len(text) <= MOST_LETTERS:
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(computed(text), reference(PLACES), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda entry: entry.name)
def test_every_function_is_numpys(function: Any) -> None:
    arguments = ["x", "x/2 + 0.1"][: function.values]
    given_ = [PLACES, PLACES / 2 + 0.1][: function.values]
    with np.errstate(all="ignore"):
        wanted = NUMPY[function.name](*given_)
    np.testing.assert_allclose(computed(f"{function.name}({', '.join(arguments)})"), wanted)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("-x^2", -(PLACES**2)),
        ("2^-x", 2.0**-PLACES),
        ("2^3^0.5", np.full(7, 2 ** (3**0.5))),
        ("1 - 2 - x", -1 - PLACES),
        ("8/4/2*x", PLACES),
        ("2 − 3·x", 2 - 3 * PLACES),
        ("x ** 2", PLACES**2),
        ("--x", PLACES),
        ("1.5e-1*X", 0.15 * PLACES),
        ("e^x", np.exp(PLACES)),
        ("3", np.full(7, 3.0)),
        ("where(x <= 0, -1, pi)", np.where(PLACES <= 0, -1.0, np.pi)),
    ],
)
def test_signs_bind_as_in_mathematics(text: str, reference: np.ndarray) -> None:
    np.testing.assert_allclose(computed(text), reference)


def test_derivatives_of_a_formula_are_sympys() -> None:
    x = sp.Symbol("x")
    text, expression = "x*sigmoid(1.7*x) + sin(x)^2", x / (1 + sp.exp(-1.7 * x)) + sp.sin(x) ** 2
    inputs = torch.tensor(PLACES, requires_grad=True)
    (slope,) = torch.autograd.grad(parse(text)(inputs).sum(), inputs, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), inputs)
    for found, order in ((slope, 1), (curvature, 2)):
        wanted = [float(sp.diff(expression, x, order).subs(x, place)) for place in PLACES]
        np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=1e-10)


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("", 1, "a number, x or a function is expected, not the end"),
        ("2x", 2, "a sign is missing before “x”"),
        ("tanh(2x)", 7, "a sign is missing before “x”, such as *"),
        ("tanh(", 6, "not the end"),
        ("sin x", 5, "“(” is expected, not “x”"),
        ("max(1)", 1, "max takes 2 values, not 1"),
        ("(x + 1", 7, "“)” is expected"),
        ("x > 0", 3, "“>” does not fit"),
        ("where(x, 1, 2)", 8, "is expected, not “,”"),
        ("foo(x)", 1, "“foo” is not known; there are x, e, pi, exp"),
        ("x $ 2", 3, "“$” is no part of a formula"),
        ("1e999", 1, "1e999 is too large"),
        ("(" * (MOST_NESTED + 5) + "x", MOST_NESTED + 1, "nested more than 30 deep"),
        ("-" * 100 + "x", MOST_NESTED + 1, "nested more than 30 deep"),
        ("2^" * 90 + "x", 61, "nested more than 30 deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    text: str, place: int, sentence: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.place == place
    assert str(caught.value).startswith(f"At place {place}, ")
    assert sentence in str(caught.value)


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(FormulaError, match="has 100000 letters; at most 200 are read"):
        parse("x+" * 50_000)


HOSTILE = (
    "__import__('os').system('true')", "exec('1')", "x.__class__", "().__class__.__bases__",
    "lambda: 0", "open('/etc/passwd')", "torch.load('a')", "x if x else x", "[x for x in x]",
    "{x}", "x;x", "x\n=1", "x=1", "'x'", "f(x)", "0x41", "x_1", "\\x41", "eval(x)", "x\x00",
    "１+x", "x²", "9**9**9**9**9", "1e308*1e308^99", "exp(exp(exp(exp(99))))",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_numbers_or_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    with monkeypatch.context() as patched:
        for name in ("builtins.eval", "builtins.exec", "builtins.open", "os.system"):
            patched.setattr(name, lambda *_, name=name, **__: called.append(name))
        with contextlib.suppress(FormulaError):
            sys.setprofile(count)
            assert parse(text)(torch.tensor(PLACES)).dtype == torch.float64
        sys.setprofile(None)
    assert not called
    assert 0 < calls < 1000


@pytest.mark.parametrize("module", ["functions", "parser", "tree"])
def test_nothing_in_the_reader_could_execute_text(module: str) -> None:
    source = (Path(formula.__file__).parent / f"{module}.py").read_text()
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    assert not names & {"eval", "exec", "compile", "getattr", "globals", "__import__", "sympy"}


def outcome(text: str) -> FormulaError | torch.Tensor:
    """The values at PLACES, or what was said against the text."""
    try:
        return parse(text)(torch.tensor(PLACES))
    except FormulaError as error:
        return error


@given(st.text(alphabet=string.printable + "−·×÷²αx(),", max_size=300))
@examples(300)
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    found = outcome(text)
    if isinstance(found, FormulaError):
        assert 1 <= found.place <= len(text) + 1
        assert str(found).endswith(".")
    else:
        assert found.shape == PLACES.shape


@pytest.mark.parametrize(
    ("text", "latex", "put_in"),
    [
        ("x*sin(2*x)", r"x \, \sin\left(2 \, x\right)", r"3 \cdot \sin\left(2 \cdot 3\right)"),
        ("-x^2", "-x^{2}", "-3^{2}"),
        ("(1 + x)/2", r"\frac{1 + x}{2}", r"\frac{1 + 3}{2}"),
        ("1 - (x - 2)", r"1 - \left(x - 2\right)", r"1 - \left(3 - 2\right)"),
        ("exp(x)^2", r"\left(e^{x}\right)^{2}", r"\left(e^{3}\right)^{2}"),
    ],
)  # fmt: skip
def test_latex_with_and_without_numbers(text: str, latex: str, put_in: str) -> None:
    assert parse(text).latex() == latex
    assert parse(text).latex(x=3) == put_in


def test_a_negative_number_is_put_in_with_parentheses() -> None:
    assert parse("x^2 - x").latex(x=-1.5) == r"\left(-1.5\right)^{2} - \left(-1.5\right)"
