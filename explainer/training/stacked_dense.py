"""Dense layers of several networks as one batched product, with a backward pass written by hand.

Dense values are `(K, N, F)`. The usual hidden layer, a product, ReLU and perhaps dropout, is one
function: it works in place on its own result, keeps that alone for the way back, and writes the
gradients of its parameters straight into their windows (see `flat.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explainer.training.flat import Flat
from explainer.training.layers import DropConnect, Dropout, kept

Inputs = Tensor | list[Tensor]
Layer = Callable[[Any, bool], Tensor]
"""`layer(inputs, training)`."""

Rates = Sequence[float | None]
"""The dropout rate of each network, None where it has none."""


def linear(flat: Flat, name: str, modules: Sequence[nn.Linear]) -> Layer:
    """One batched product; one shared batch `(N, I)` stands for all K."""
    drops = [module.p if isinstance(module, DropConnect) else None for module in modules]
    if not any(drop is not None for drop in drops):
        return _dense(flat, name, activate=False)
    weight, bias = flat.blocks[f"{name}.weight"], flat.blocks[f"{name}.bias"]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        used = weight * masks(drops, modules, weight) if training else weight
        return torch.baddbmm(bias[:, None], for_each(inputs, flat.count), used.transpose(1, 2))

    return apply


def hidden(flat: Flat, name: str, dropouts: Sequence[Any] | None) -> Layer:
    """:func:`linear`, ReLU and, where `dropouts` has them, dropout."""
    return _dense(flat, name, activate=True, dropouts=dropouts or [None] * flat.count)


def _dense(
    flat: Flat, name: str, *, activate: bool, dropouts: Sequence[Dropout | None] = ()
) -> Layer:
    names = f"{name}.weight", f"{name}.bias"
    flat.overwrites(*names)
    blocks = [flat.blocks[one] for one in names]
    windows = [flat.gradient_blocks[one] for one in names]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        dropping = dropouts if training else ()
        values = for_each(inputs, flat.count)
        outputs: Tensor = Dense.apply(values, *blocks, *windows, activate, dropping)
        return outputs

    return apply


class Dense(torch.autograd.Function):
    r"""$\mathrm{mask} \cdot \max(0, x W^\top + b)$ of K networks; activation and mask on request.

    On the way back a unit counts where its output is above 0: elsewhere it was cut by ReLU or
    dropped, and both stop the gradient.
    """

    @staticmethod
    def forward(
        context: Any,
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor,
        weight_window: Tensor,
        bias_window: Tensor,
        activate: bool,
        dropouts: Sequence[Dropout | None],
    ) -> Tensor:
        outputs = torch.baddbmm(bias[:, None], inputs, weight.transpose(1, 2))
        if activate:
            outputs.relu_()
        for row, dropout in zip(outputs, dropouts, strict=False):
            if dropout is not None:
                row.mul_(dropout.draw(row))
        context.save_for_backward(inputs, weight, outputs if activate else None)
        context.windows, context.dropouts = (weight_window, bias_window), dropouts
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,), (inputs, weight, outputs) = gradients, context.saved_tensors
        if outputs is not None:
            gradient = torch.ops.aten.threshold_backward(gradient, outputs, 0)
        for row, dropout in zip(gradient, context.dropouts, strict=False):
            if dropout is not None:
                row.mul_(1 / (1 - dropout.p))
        weight_window, bias_window = context.windows
        torch.bmm(gradient.transpose(1, 2), inputs, out=weight_window)
        torch.sum(gradient, 1, out=bias_window)
        inward = torch.bmm(gradient, weight) if context.needs_input_grad[0] else None
        return inward, None, None, None, None, None, None


def for_each(inputs: Tensor, count: int) -> Tensor:
    """`(K, N, F)`, where one batch `(N, F)` stands for all."""
    return inputs.expand(count, *inputs.shape) if inputs.dim() == 2 else inputs


def masks(rates: Rates, modules: Sequence[Any], like: Tensor) -> Tensor:
    """Inverted masks `(K, ...)` shaped like `like`; all ones for those whose rate is None."""
    mask = torch.ones(like.shape, device=like.device)
    for row, rate, module in zip(mask, rates, modules, strict=True):
        if rate is not None:
            row.copy_(kept(tuple(row.shape), rate, module.generator, row.device))
    return mask
