"""Graphs to begin with: one entry each, a formula, its inputs, and what to watch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from explainer.gradients.backprop.expression import read
from explainer.gradients.backprop.graph import Graph
from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.words import N_

LARGEST, STEP = 6.0, 0.1


@dataclass(frozen=True)
class GraphPreset:
    """A graph by name: the text it is read from, where its inputs start, and what to watch."""

    slug: str
    title: str
    text: str
    start: dict[str, float]
    watch: str

    def parameters(self, graph: Graph) -> tuple[Parameter, ...]:
        """A slider for each input of `graph`; those without a start begin at 1."""
        return tuple(
            Parameter(
                name=name,
                label=name,
                default=self.start.get(name, 1.0),
                minimum=-LARGEST,
                maximum=LARGEST,
                step=STEP,
            )
            for name in graph.variables
        )


PRESETS = Registry[GraphPreset](
    N_("graph"),
    GraphPreset(
        "sum-and-product",
        N_("A sum and a product"),
        "q = x + y; L = q * z",
        {"x": 3.0, "y": -5.0, "z": 4.0},
        N_(
            "The sum hands the same gradient to x and to y. The product hands each factor the "
            "other one: **q** gets z, **z** gets q."
        ),
    ),
    GraphPreset(
        "neuron",
        N_("One neuron"),
        "z = w * x + b; p = sigmoid(z); L = (p - t)^2",
        {"w": 0.5, "x": 2.0, "b": -0.4, "t": 1.0},
        N_(
            "Set **b** to −6 and step again: p is as wrong as it can be, and yet nearly nothing "
            "reaches w, because the sigmoid is flat there."
        ),
    ),
    GraphPreset(
        "two-layers",
        N_("Two layers"),
        "h = tanh(w * x + b); g = relu(v * x + c); y = m * h + n * g; L = (y - t)^2",
        {"w": 0.8, "x": 1.5, "b": -0.3, "v": -0.6, "c": 1.4, "m": 1.2, "n": 0.7, "t": 2.0},
        N_(
            "**x** goes into both units, so its gradient is a sum of two shares. Set **c** to 0: "
            "the ReLU closes, and v, c and n learn nothing from this example."
        ),
    ),
    GraphPreset(
        "softmax",
        N_("Softmax of two logits"),
        "u = exp(z1); v = exp(z2); s = u + v; p = u / s; L = -log(p)",
        {"z1": 1.0, "z2": -0.5},
        N_(
            "Six operations, and what comes out at the end is short: ∂L/∂z1 = p − 1 and "
            "∂L/∂z2 = 1 − p, the probability less the truth."
        ),
    ),
    GraphPreset(
        "two-ways",
        N_("One input, two ways"),
        "g = sigmoid(x); L = x * g",
        {"x": 1.5},
        N_(
            "This is SiLU. **x** is a factor, and it also sets the gate; its gradient is the sum "
            "of both ways."
        ),
    ),
)
OWN = GraphPreset(
    "own",
    N_("Your own formula"),
    "r = a * a + b * b; L = exp(-r)",
    {"a": 0.6, "b": -0.4},
    N_("Names get a value with =, statements end with ; and every other name is an input."),
)


@lru_cache(maxsize=64)
def graph_of(text: str) -> Graph:
    """The graph of a text, read once. Raises `ValueError` in one sentence."""
    return read(text)
