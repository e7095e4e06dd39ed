"""The registry of activation functions: every one the app knows by name.

An entry holds a factory for the PyTorch module and the gain of its initialisation. One more
activation is one more entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True)
class Activation:
    r"""An activation function by name.

    `module()` makes a new PyTorch module, elementwise on any shape. `gain` multiplies the standard
    deviation of weights so that a layer keeps the variance of its inputs (the table of
    `torch.nn.init.calculate_gain`; ELU and GELU, which it lacks, count as ReLU). `formula` is
    LaTeX.
    """

    slug: str
    title: str
    formula: str
    module: Callable[[], nn.Module]
    gain: float


LEAK = 0.01
PRELU_START = 0.25


def _prelu() -> nn.Module:
    return nn.PReLU(init=PRELU_START)


ACTIVATIONS: tuple[Activation, ...] = (
    Activation("sigmoid", "Sigmoid", r"\frac{1}{1+e^{-z}}", nn.Sigmoid, 1.0),
    Activation("tanh", "Tanh", r"\tanh z", nn.Tanh, 5 / 3),
    Activation("relu", "ReLU", r"\max(0, z)", nn.ReLU, math.sqrt(2)),
    Activation(
        "leaky-relu",
        "Leaky ReLU",
        r"\max(z, 0.01\,z)",
        lambda: nn.LeakyReLU(LEAK),
        math.sqrt(2 / (1 + LEAK**2)),
    ),
    Activation(
        "prelu",
        "PReLU",
        r"\max(0, z) + a\min(0, z)",
        _prelu,
        math.sqrt(2 / (1 + PRELU_START**2)),
    ),
    Activation("elu", "ELU", r"z \text{ if } z > 0 \text{ else } e^z - 1", nn.ELU, math.sqrt(2)),
    Activation(
        "selu",
        "SELU",
        r"1.0507\,(z \text{ if } z > 0 \text{ else } 1.6733\,(e^z - 1))",
        nn.SELU,
        3 / 4,
    ),
    Activation("gelu", "GELU", r"z\,\Phi(z)", nn.GELU, math.sqrt(2)),
)
_BY_SLUG = {entry.slug: entry for entry in ACTIVATIONS}


def activation(slug: str) -> Activation:
    """The activation of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no activation {slug!r}; there are {', '.join(_BY_SLUG)}") from None
