"""A formula that was read: called with x it gives its value, whose derivatives autograd can ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from explainer.activations.formula.jets import jet
from explainer.activations.formula.tree import Node, Values, written


@dataclass(frozen=True)
class Formula:
    """A formula that was read: the text and its tree. Call it with x, and parameters by name."""

    text: str
    tree: Node

    def __call__(self, x: Tensor, **parameters: float) -> Tensor:
        """The value at each of `x`, of its shape and type; to be differentiated twice at most."""
        if not (x.requires_grad and torch.is_grad_enabled()):
            return self.by_torch(x, **parameters)
        with torch.no_grad():
            found = jet(self.tree, _values(x.detach(), parameters))
        orders = (found.value, found.slope, found.curvature)
        outputs: Tensor = _Known.apply(x, *(one.expand_as(x) for one in orders))
        return outputs

    def by_torch(self, x: Tensor, **parameters: float) -> Tensor:
        """The same value operation by operation, as a script has it: derivatives are autograd's."""
        return torch.broadcast_to(self.tree.value(_values(x, parameters)), x.shape)

    def latex(self, **numbers: float) -> str:
        """The LaTeX; with `numbers`, those stand in place of their names."""
        return self.tree.latex({name: written(one) for name, one in numbers.items()})


def _values(x: Tensor, parameters: dict[str, float]) -> Values:
    return {"x": x, **{name: x.new_tensor(one) for name, one in parameters.items()}}


class _Known(torch.autograd.Function):
    """A value whose derivatives along x are known, each the slope of the one before it."""

    @staticmethod
    def forward(context: Any, x: Tensor, value: Tensor, *derivatives: Tensor) -> Tensor:
        context.save_for_backward(x, *derivatives)
        return value.clone()

    @staticmethod
    def backward(context: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, *derivatives = context.saved_tensors
        if not derivatives:
            raise RuntimeError("a formula is differentiated twice at most")
        slope: Tensor = _Known.apply(x, *derivatives)
        return (upstream * slope, *[None] * (1 + len(derivatives)))
