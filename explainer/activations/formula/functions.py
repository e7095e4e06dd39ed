"""The names that a formula may use: functions of PyTorch, and constants.

`where(condition, a, b)` and comparisons are the parser's; everything else is an entry here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Function:
    """A function by name: how many values it takes, how PyTorch computes it, its LaTeX, its code.

    `latex` and `code` have a place `{0}`, `{1}` for each value. A function of two values is one of
    them: the first where `picks(first, second)` holds.
    """

    name: str
    values: int
    compute: Callable[..., Tensor]
    latex: str
    code: str
    picks: Callable[[Tensor, Tensor], Tensor] | None = None


def _softplus(inputs: Tensor) -> Tensor:
    return torch.logaddexp(inputs, torch.zeros_like(inputs))


def _one(name: str, compute: Callable[[Tensor], Tensor], latex: str, code: str = "") -> Function:
    return Function(name, 1, compute, latex, f"torch.{code or name}({{0}})")


def _of_two(
    name: str,
    compute: Callable[[Tensor, Tensor], Tensor],
    picks: Callable[[Tensor, Tensor], Tensor],
) -> Function:
    latex, code = rf"\{name}\left({{0}},\, {{1}}\right)", f"torch.{name}imum({{0}}, {{1}})"
    return Function(name, 2, compute, latex, code, picks)


FUNCTIONS: tuple[Function, ...] = (
    _one("exp", torch.exp, r"e^{{{0}}}"),
    _one("log", torch.log, r"\ln\left({0}\right)"),
    _one("sqrt", torch.sqrt, r"\sqrt{{{0}}}"),
    _one("abs", torch.abs, r"\left|{0}\right|"),
    _one("sign", torch.sign, r"\operatorname{{sign}}\left({0}\right)"),
    _one("sin", torch.sin, r"\sin\left({0}\right)"),
    _one("cos", torch.cos, r"\cos\left({0}\right)"),
    _one("atan", torch.atan, r"\arctan\left({0}\right)"),
    _one("tanh", torch.tanh, r"\tanh\left({0}\right)"),
    _one("sigmoid", torch.sigmoid, r"\sigma\left({0}\right)"),
    Function(
        "softplus",
        1,
        _softplus,
        r"\operatorname{{softplus}}\left({0}\right)",
        "torch.logaddexp({0}, torch.zeros_like({0}))",
    ),
    _one("relu", torch.relu, r"\operatorname{{ReLU}}\left({0}\right)"),
    _one("erf", torch.erf, r"\operatorname{{erf}}\left({0}\right)"),
    _one("phi", torch.special.ndtr, r"\Phi\left({0}\right)", "special.ndtr"),
    _of_two("max", torch.maximum, torch.gt),
    _of_two("min", torch.minimum, torch.lt),
)
BY_NAME = {entry.name: entry for entry in FUNCTIONS}
CONSTANTS = {"e": math.e, "pi": math.pi}
