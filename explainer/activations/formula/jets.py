r"""The value of a formula with its first and second derivative along x, carried through its tree.

Autograd multiplies by every slope on its way, and 0 times infinity is no number: the side of a
`where` that was not taken, or an $e^{900}$ inside a tanh, would make the slope NaN where it is 0.
Here a side that is not taken is never multiplied, and what no change can pass through passes none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from explainer.activations.formula.tree import (
    COMPARISONS,
    Binary,
    Call,
    Minus,
    Name,
    Node,
    Values,
    Where,
)


@dataclass(frozen=True, eq=False)
class Jet:
    """f, f' and f'' elementwise; NaN where there is none."""

    value: Tensor
    slope: Tensor
    curvature: Tensor


def jet(node: Node, values: Values) -> Jet:
    """The jet of a part of a formula for `values`, whose x moves and whose parameters do not."""
    if node.constant():
        return _constant(node.value(values))
    match node:
        case Name():
            x = values["x"]
            return Jet(x, torch.ones_like(x), torch.zeros_like(x))
        case Minus(inner=inner):
            found = jet(inner, values)
            return Jet(-found.value, -found.slope, -found.curvature)
        case Binary(operator=operator, left=left, right=right):
            pair = jet(left, values), jet(right, values)
            return _OPERATIONS[operator.sign](*pair, left.constant(), right.constant())
        case Call(function=function, arguments=(one,)):
            return _through(function.compute, jet(one, values))
        case Call(function=function, arguments=(one, other)):
            assert function.picks is not None
            return _picked(function.picks, jet(one, values), jet(other, values))
        case Where(sign=sign, left=left, right=right, then=then, otherwise=otherwise):
            holds = COMPARISONS[sign][0](left.value(values), right.value(values))
            return _either(holds, jet(then, values), jet(otherwise, values))
    raise TypeError(f"a formula has no {type(node).__name__}")


def _constant(value: Tensor) -> Jet:
    return Jet(value, torch.zeros_like(value), torch.zeros_like(value))


def _either(holds: Tensor, then: Jet, otherwise: Jet) -> Jet:
    return Jet(
        torch.where(holds, then.value, otherwise.value),
        torch.where(holds, then.slope, otherwise.slope),
        torch.where(holds, then.curvature, otherwise.curvature),
    )


def _picked(picks: Callable[[Tensor, Tensor], Tensor], one: Jet, other: Jet) -> Jet:
    """The one of two for which `picks` holds; between equals the mean, as PyTorch has it."""
    mean = Jet(*((a + b) / 2 for a, b in zip(_parts(one), _parts(other), strict=True)))
    tied = _either(picks(other.value, one.value), other, mean)
    return _either(picks(one.value, other.value), one, tied)


def _parts(found: Jet) -> tuple[Tensor, Tensor, Tensor]:
    return found.value, found.slope, found.curvature


def _through(function: Callable[[Tensor], Tensor], inner: Jet) -> Jet:
    """$f(u)$ with the slope $f'(u)\\,u'$ and the curvature $f''(u)\\,u'^2 + f'(u)\\,u''$.

    $f'(u)$ and $f''(u)$ are autograd's. Where u is infinite and f(u) is not, f is level; where u
    stands still, as the ReLU in sqrt(relu(x)) does, so does f, however steep it is at that u. (A u
    that only touches, as $x^4$ does at 0, is told as a jump by whoever compares the sides.)
    """
    with torch.enable_grad():
        given = inner.value.detach().requires_grad_()
        value = function(given)
        slope = derivative(value, given)
        curvature = derivative(slope, given)
    level = given.isinf() & value.isfinite()
    still = (inner.slope == 0) & (inner.curvature == 0) & value.isfinite()
    slope, curvature = (
        one.detach().masked_fill(level | (still & ~one.isfinite()), 0) for one in (slope, curvature)
    )
    hidden = inner.value.isinf()
    turn = _times(curvature, inner.slope.square(), hidden)
    return Jet(
        value.detach(),
        _times(slope, inner.slope, hidden),
        turn + _times(slope, inner.curvature, hidden),
    )


def derivative(outputs: Tensor, inputs: Tensor) -> Tensor:
    """Of an elementwise function, by autograd; 0 where it sees no dependence."""
    if not outputs.requires_grad:
        return torch.zeros_like(inputs)
    (found,) = torch.autograd.grad(outputs.sum(), inputs, create_graph=True, allow_unused=True)
    # PyTorch's own zeros, as of the slope of a sign, are no ordinary tensors.
    return torch.zeros_like(inputs) if found is None else torch.zeros_like(inputs) + found


def _times(slope: Tensor, given: Tensor, hidden: Tensor | None = None) -> Tensor:
    """Their product; 0 where the slope is and what is given is too large to be a number."""
    endless = given.isinf() if hidden is None else given.isinf() | hidden
    return torch.where((slope == 0) & endless, 0.0, slope * given)


def _sum(left: Jet, right: Jet, *_: bool) -> Jet:
    return Jet(*(a + b for a, b in zip(_parts(left), _parts(right), strict=True)))


def _difference(left: Jet, right: Jet, *_: bool) -> Jet:
    return Jet(*(a - b for a, b in zip(_parts(left), _parts(right), strict=True)))


def _product(left: Jet, right: Jet, *_: bool) -> Jet:
    both = _times(left.slope, right.slope)
    both = torch.where((right.slope == 0) & left.slope.isinf(), 0.0, both)
    return Jet(
        left.value * right.value,
        _times(left.slope, right.value) + _times(right.slope, left.value),
        _times(left.curvature, right.value) + 2 * both + _times(right.curvature, left.value),
    )


def _quotient(left: Jet, right: Jet, *_: bool) -> Jet:
    found = _product(left, _through(torch.reciprocal, right))
    return Jet(left.value / right.value, found.slope, found.curvature)


def _power(base: Jet, exponent: Jet, base_is_constant: bool, exponent_is_constant: bool) -> Jet:
    """As $a^n$ or $n^b$ where one is a number, else as $e^{b \\ln a}$, which is for a > 0."""
    if exponent_is_constant and not exponent.value.any():
        return _constant(torch.pow(base.value, exponent.value))
    if exponent_is_constant:
        return _through(lambda given: torch.pow(given, exponent.value), base)
    if base_is_constant:
        return _through(lambda given: torch.pow(base.value, given), exponent)
    found = _through(torch.exp, _product(exponent, _through(torch.log, base)))
    return Jet(torch.pow(base.value, exponent.value), found.slope, found.curvature)


_OPERATIONS: dict[str, Callable[[Jet, Jet, bool, bool], Jet]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "^": _power,
}
