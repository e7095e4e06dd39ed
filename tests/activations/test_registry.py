"""Every activation against SymPy: its value, its first and its second derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from torch import nn

from explainer.activations.registry import ACTIVATIONS, TRAINED, Activation
from explainer.training.engine.stacked_layers import RISING, STACKED

x, alpha, beta, slope, lower, upper, limit = sp.symbols("x alpha beta slope lower upper limit")
SIGMOID = 1 / (1 + sp.exp(-x))


def leaking(below: Any) -> Any:
    """x above zero, `below` otherwise."""
    return sp.Piecewise((x, x > 0), (below, True))


EXPRESSIONS: dict[str, Any] = {
    "step": sp.Piecewise((1, x > 0), (0, True)) + 0 * x,
    "linear": x,
    "sigmoid": SIGMOID,
    "tanh": sp.tanh(x),
    "hard-tanh": sp.Piecewise((-limit, x < -limit), (x, x < limit), (limit, True)),
    "softsign": sp.Piecewise((x / (1 - x), x < 0), (x / (1 + x), True)),
    "relu": leaking(0),
    "leaky-relu": leaking(slope * x),
    "prelu": leaking(slope * x),
    "rrelu": leaking((lower + upper) / 2 * x),
    "elu": leaking(alpha * (sp.exp(x) - 1)),
    "selu": sp.Float("1.0507009873554804934193349852946", 32)
    * leaking(sp.Float("1.6732632423543772848170429916717", 32) * (sp.exp(x) - 1)),
    "celu": leaking(alpha * (sp.exp(x / alpha) - 1)),
    "softplus": sp.log(1 + sp.exp(beta * x)) / beta,
    "gelu": x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
    "silu": x / (1 + sp.exp(-beta * x)),
    "mish": x * sp.tanh(sp.log(1 + sp.exp(x))),
    "hardswish": sp.Piecewise((0, x < -3), (x * (x + 3) / 6, x < 3), (x, True)),
}


def drawn(entry: Activation, generator: np.random.Generator) -> dict[str, float]:
    """A value in range for each parameter."""
    return {p.name: float(generator.uniform(p.minimum, p.maximum)) for p in entry.parameters}


def derivatives(module: nn.Module, points: np.ndarray) -> list[np.ndarray]:
    """Value, first and second derivative at each of the points, by autograd."""
    inputs = torch.tensor(points, requires_grad=True)
    found = [module.double().eval()(inputs)]
    for _ in range(2):
        inner = found[-1]
        if inner.requires_grad:
            (inner,) = torch.autograd.grad(inner.sum(), inputs, create_graph=True)
        else:
            inner = torch.zeros_like(inputs)
        found.append(inner)
    return [one.detach().numpy() for one in found]


def test_every_activation_is_held_against_an_expression() -> None:
    assert EXPRESSIONS.keys() == {entry.slug for entry in ACTIVATIONS}


@pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.slug)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_value_and_derivatives_are_sympys(entry: Activation, seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = entry.defaults() if seed == 0 else drawn(entry, generator)
    points = np.concatenate([generator.normal(scale=2, size=40), generator.uniform(-6, 6, 20)])
    known = {sp.Symbol(name): value for name, value in values.items()}
    if entry.slug == "rrelu":
        known = dict(zip((lower, upper), sorted(values.values()), strict=True))
    wanted = EXPRESSIONS[entry.slug].subs(known)
    for found in derivatives(entry.module(**values), points):
        expected = [float(wanted.subs(x, sp.Float(float(point), 30))) for point in points]
        # PyTorch's softplus is the line itself where βx > 20: f″ is off by βe⁻²⁰ there.
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=3e-8)
        wanted = sp.diff(wanted, x)


@pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.slug)
def test_the_written_formulas_are_what_autograd_gives(entry: Activation) -> None:
    generator = np.random.default_rng(7)
    for values in (entry.defaults(), drawn(entry, generator)):
        points = np.array([*generator.uniform(-8, 8, 200), -3.0, -1.0, 0.0, 1.0, 3.0])
        inputs = torch.tensor(points)
        found = derivatives(entry.module(**values), points)
        for formula, wanted in zip(entry.read, found, strict=True):
            given = formula(inputs, **values).numpy()
            np.testing.assert_allclose(given, wanted, rtol=1e-9, atol=3e-8)


@pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.slug)
def test_the_module_without_values_has_the_defaults(entry: Activation) -> None:
    points = torch.linspace(-5, 5, 101)
    given = entry.module(**entry.defaults()).eval()
    torch.testing.assert_close(entry.module().eval()(points), given(points))


@pytest.mark.parametrize("entry", TRAINED, ids=lambda entry: entry.slug)
def test_what_is_offered_for_training_can_be_stacked(entry: Activation) -> None:
    module = entry.module()
    assert type(module) in STACKED
    falls = {"gelu", "silu", "mish", "hardswish", "prelu"}
    assert (entry.slug in falls) == (not isinstance(module, RISING))


def test_a_wrong_parameter_is_named_with_its_bound() -> None:
    with pytest.raises(ValueError, match=r"limit is 9, but it goes from 0\.1 to 3"):
        ACTIVATIONS["hard-tanh"].check(limit=9)
    with pytest.raises(ValueError, match="Tanh has no parameter 'beta'; it has none"):
        ACTIVATIONS["tanh"].check(beta=1)
    assert ACTIVATIONS["elu"].check() == {"alpha": 1.0}


def test_slugs_and_titles_are_unique() -> None:
    for name in ("slug", "title"):
        assert len({getattr(entry, name) for entry in ACTIVATIONS}) == len(ACTIVATIONS)
