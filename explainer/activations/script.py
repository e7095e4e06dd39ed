"""A short PyTorch script that gives value, slope and curvature of activations at one x."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explainer.activations.chosen import Chosen
from explainer.activations.formula.tree import WHERE_CODE
from explainer.words import ENGLISH, spoken

HEAD = '''"""Activations at one x: value, first and second derivative, by autograd."""

import torch
from torch import nn

X = {x!r}
'''
TAIL = '''

def derivative(y, x):
    """Of y with respect to x; 0 where y does not depend on it."""
    if not y.requires_grad:
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(
        y.sum(), x, create_graph=True, allow_unused=True, materialize_grads=True
    )
    return found


results = {}
for name, function in FUNCTIONS.items():
    if isinstance(function, nn.Module):
        function = function.double()
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    value = function(x)
    slope = derivative(value, x)
    curvature = derivative(slope, x)
    results[name] = [one.item() for one in (value, slope, curvature)]
    print(name, *(f"{number:.6f}" for number in results[name]))
'''


def script(functions: Sequence[Chosen], x: float) -> str:
    """The script for `functions` at `x`; it leaves its numbers in `results`, by name."""
    with spoken(ENGLISH):
        rows = "\n".join(f"    {one.title!r}: {one.code()}," for one in functions)
    helper = f"\n\n{WHERE_CODE}\n\n" if re.search(r"(?<![\w.])where\(x, ", rows) else ""
    return HEAD.format(x=x) + helper + f"FUNCTIONS = {{\n{rows}\n}}\n" + TAIL
