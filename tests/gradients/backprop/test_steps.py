"""The walk through a graph: totals equal autograd's, and where there is no number it says so."""

from __future__ import annotations

import contextlib
import io
import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from explainer.activations.formula.functions import FUNCTIONS as BY_PYTORCH
from explainer.gradients.backprop.autograd import autograd, script
from explainer.gradients.backprop.expression import read
from explainer.gradients.backprop.graph import Graph
from explainer.gradients.backprop.operations import FUNCTIONS
from explainer.gradients.backprop.presets import OWN, PRESETS, GraphPreset
from explainer.gradients.backprop.steps import Walk, walk
from tests.drawing import examples

EVERY = (*PRESETS, OWN)
SMOOTH = ("exp", "sin", "cos", "atan", "tanh", "sigmoid", "softplus", "relu", "erf", "phi", "abs")
VARIABLES = ("x", "y", "w1")


def gradients_of(graph: Graph, found: Walk) -> dict[str, float]:
    """The gradient of each input by name."""
    return {
        node.name: found.gradients[index] for index, node in enumerate(graph.nodes) if node.is_input
    }


def expressions() -> st.SearchStrategy[str]:
    """Texts of formulas in three variables."""
    leaves = st.one_of(st.sampled_from(VARIABLES), st.sampled_from(("2", "0.5", "3")))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
            st.tuples(st.sampled_from(SMOOTH), inner).map(lambda p: f"{p[0]}({p[1]})"),
            st.tuples(st.sampled_from(("max", "min")), inner, inner).map(
                lambda p: f"{p[0]}({p[1]}, {p[2]})"
            ),
            inner.map(lambda one: f"(-{one})"),
            inner.map(lambda one: f"({one})^2"),
        ),
        max_leaves=8,
    )


@examples(150)
@given(expressions(), st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_the_gradients_of_any_expression_are_autograds(text: str, numbers: list[float]) -> None:
    graph = read(f"x * {text}")
    inputs = dict(zip(VARIABLES, numbers, strict=True))
    found = walk(graph, inputs)
    assume(found.complete and all(abs(one) < 1e12 for one in found.gradients.values()))
    for name, wanted in autograd(graph, inputs).items():
        assert gradients_of(graph, found)[name] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("preset", EVERY, ids=lambda one: one.slug)
def test_a_preset_ends_with_autograds_totals(preset: GraphPreset) -> None:
    graph = read(preset.text)
    inputs = {one.name: one.default for one in preset.parameters(graph)}
    assert inputs == preset.start
    found = walk(graph, inputs)
    assert found.complete
    assert gradients_of(graph, found) == pytest.approx(autograd(graph, inputs), rel=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("at", [0.7, 1.9, 0.0, -0.4])
def test_a_function_and_its_slope_are_pytorchs_kinks_included(name: str, at: float) -> None:
    two = FUNCTIONS[name].sign in ("max", "min")
    graph = read(f"{name}(x, 0)" if two else f"{name}(x)")
    found = walk(graph, {"x": at})
    if name in ("log", "sqrt") and at <= 0:
        assert not found.complete
        assert found.steps[-1].kind == "stuck"
        return
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    compute = next(one.compute for one in BY_PYTORCH if one.name == name)
    value = compute(x, torch.zeros((), dtype=torch.float64)) if two else compute(x)
    (slope,) = torch.autograd.grad(value, x)
    assert found.values[graph.output] == pytest.approx(value.item(), abs=1e-14)
    assert gradients_of(graph, found)["x"] == pytest.approx(slope.item(), abs=1e-14)


def test_every_function_that_a_formula_may_have_a_graph_may_have() -> None:
    assert set(FUNCTIONS) == {one.name for one in BY_PYTORCH}


def test_a_product_of_a_sum_goes_as_one_would_write_it_on_a_board() -> None:
    graph = read("q = x + y; L = q * z")
    lines = [step.lines for step in walk(graph, {"x": 3, "y": -5, "z": 4}).steps]
    assert lines == [
        ("x = 3, y = −5, z = 4",),
        ("q = x + y = 3 + (−5) = −2",),
        ("L = q · z = −2 · 4 = −8",),
        ("∂L/∂L = 1",),
        ("∂L/∂q = z = 4",),
        ("∂L/∂z = q = −2",),
        ("∂q/∂x = 1", "∂L/∂x = ∂L/∂q · ∂q/∂x = 4 · 1 = 4"),
        ("∂q/∂y = 1", "∂L/∂y = ∂L/∂q · ∂q/∂y = 4 · 1 = 4"),
    ]


def test_a_node_used_twice_says_that_its_shares_add_up() -> None:
    graph = read("g = sigmoid(x); L = x * g")
    found = walk(graph, {"x": 0.0})
    said = [line for step in found.steps for line in step.lines if "is used" in line]
    assert said == [
        "x is used 2 times, so its gradient is a sum. So far: 0.5",
        "x is used 2 times: the shares add up. ∂L/∂x: 0.5 + 0 = 0.5",
    ]


def test_x_times_x_follows_both_places() -> None:
    graph = read("x * x")
    found = walk(graph, {"x": 3})
    assert gradients_of(graph, found) == {"x": 6}
    assert found.steps[-2].lines[0] == "∂L/∂x (place 1) = x = 3"
    assert found.steps[-1].lines[0] == "∂L/∂x (place 2) = x = 3"


def test_shares_of_the_steps_add_up_to_the_gradients() -> None:
    graph = read(PRESETS["two-layers"].text)
    found = walk(graph, PRESETS["two-layers"].start)
    gained: dict[int, float] = {graph.output: 1.0}
    for step in found.steps:
        if step.edge is not None and step.slope is not None:
            share = found.gradients[step.edge.target] * step.slope
            gained[step.edge.source] = gained.get(step.edge.source, 0.0) + share
    assert gained == pytest.approx(found.gradients)


@pytest.mark.parametrize(
    ("text", "x", "said"),
    [
        ("2 * log(x)", -1.0, "This has no value for −1."),
        ("1 / x", 0.0, "This has no value for 1, 0."),
        ("exp(exp(x * x))", 6.0, "This has no value for"),
        ("3 * sqrt(x)", 0.0, "a has no slope here."),
        ("x ^ 0.5", -2.0, "This has no value for −2, 0.5."),
    ],
)
def test_a_walk_ends_where_there_is_no_number_and_says_so(text: str, x: float, said: str) -> None:
    found = walk(read(text), {"x": x})
    assert not found.complete
    assert said in found.steps[-1].lines[-1]
    assert all(math.isfinite(value) for value in found.values.values())


def test_the_watchwords_of_the_presets_are_what_happens() -> None:
    _, neuron, two, softmax, silu = PRESETS
    flat = dict(neuron.start, b=-6.0)
    before, after = (autograd(read(neuron.text), at)["w"] for at in (neuron.start, flat))
    assert abs(after) < 0.1 * abs(before)
    closed = autograd(read(two.text), dict(two.start, c=0.0))
    assert (closed["v"], closed["c"], closed["n"]) == (0, 0, 0)
    graph = read(two.text)
    assert graph.uses([node.name for node in graph.nodes].index("x")) == 2
    graph = read(softmax.text)
    found = walk(graph, softmax.start)
    p = found.values[[node.name for node in graph.nodes].index("p")]
    assert autograd(graph, softmax.start) == pytest.approx({"z1": p - 1, "z2": 1 - p})
    x = torch.tensor(silu.start["x"], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.functional.silu(x), x)
    assert autograd(read(silu.text), silu.start)["x"] == pytest.approx(slope.item())


@pytest.mark.parametrize("preset", EVERY, ids=lambda one: one.slug)
def test_the_script_runs_and_prints_every_gradient(preset: GraphPreset) -> None:
    graph, printed = read(preset.text), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script(graph, preset.start), "script.py", "exec"), {})
    found = walk(graph, preset.start)
    wanted = [
        f"{node.name} = {found.values[i]:.6g}, gradient {found.gradients[i]:.6g}"
        for i, node in enumerate(graph.nodes)
        if node.constant is None
    ]
    assert printed.getvalue().splitlines() == wanted
