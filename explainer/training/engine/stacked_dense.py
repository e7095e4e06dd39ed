"""Dense layers of several networks as one batched product, with a backward pass written by hand.

Dense values are `(K, N, F)`. The usual hidden layer, a product, ReLU and perhaps dropout, is one
function: it works in place on its own result, keeps that alone for the way back, and writes the
gradients of its parameters straight into their windows (see `flat_parameters.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.recipe.layers import DropConnect, Dropout, kept

Inputs = Tensor | list[Tensor]
Layer = Callable[[Any, bool], Tensor]
"""`layer(inputs, training)`."""

Rates = Sequence[float | None]
"""The dropout rate of each network, None where it has none."""


def linear(flat: FlatParameters, name: str, modules: Sequence[nn.Linear]) -> Layer:
    """One batched product; one shared batch `(N, I)` stands for all K."""
    drops = [module.p if isinstance(module, DropConnect) else None for module in modules]
    if not any(drop is not None for drop in drops):
        return _dense(flat, name, activate=False)
    weight, bias = flat.blocks[f"{name}.weight"], bias_of(flat, name)[0]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        used = weight * masks(drops, modules, weight) if training else weight
        return torch.baddbmm(bias[:, None], for_each(inputs, flat.count), used.transpose(1, 2))

    return apply


def hidden(flat: FlatParameters, name: str, dropouts: Sequence[Any] | None) -> Layer:
    """:func:`linear`, ReLU and, where `dropouts` has them, dropout."""
    return _dense(flat, name, activate=True, dropouts=dropouts or [None] * flat.count)


def _dense(
    flat: FlatParameters, name: str, *, activate: bool, dropouts: Sequence[Dropout | None] = ()
) -> Layer:
    weight, (bias, bias_window) = flat.blocks[f"{name}.weight"], bias_of(flat, name)
    flat.overwrites(f"{name}.weight", f"{name}.bias")
    layer = DenseLayer(
        weight=weight.detach(),
        transposed=weight.detach().transpose(1, 2),
        bias=bias.detach()[:, None],
        weight_window=flat.gradient_blocks[f"{name}.weight"],
        bias_window=bias_window,
        activate=activate,
        dropouts=tuple((row, one) for row, one in enumerate(dropouts) if one is not None),
    )

    def apply(inputs: Tensor, training: bool) -> Tensor:
        outputs: Tensor = Dense.apply(for_each(inputs, flat.count), weight, layer, training)
        return outputs

    return apply


@dataclass(frozen=True, eq=False)
class DenseLayer:
    """What a dense layer of K networks computes with: views made once, and which rows drop units.

    `weight` is `(K, O, I)`, `transposed` `(K, I, O)`, `bias` `(K, 1, O)`.
    """

    weight: Tensor
    transposed: Tensor
    bias: Tensor
    weight_window: Tensor
    bias_window: Tensor
    activate: bool
    dropouts: tuple[tuple[int, Dropout], ...]


class Dense(torch.autograd.Function):
    r"""$\mathrm{mask} \cdot \max(0, x W^\top + b)$ of K networks; activation and mask on request.

    On the way back a unit counts where its output is above 0: elsewhere it was cut by ReLU or
    dropped, and both stop the gradient. `leaf` is there to say that a gradient is wanted.
    """

    @staticmethod
    def forward(
        context: Any, inputs: Tensor, leaf: Tensor, layer: DenseLayer, training: bool
    ) -> Tensor:
        outputs = torch.baddbmm(layer.bias, inputs, layer.transposed)
        if layer.activate:
            outputs.relu_()
        for row, dropout in layer.dropouts if training else ():
            outputs[row].mul_(dropout.draw(outputs[row]))
        context.layer = layer
        context.save_for_backward(inputs, outputs if layer.activate else None)
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        layer: DenseLayer = context.layer
        (gradient,), (inputs, outputs) = gradients, context.saved_tensors
        if outputs is not None:
            gradient = torch.ops.aten.threshold_backward(gradient, outputs, 0)
        for row, dropout in layer.dropouts:
            gradient[row].mul_(1 / (1 - dropout.p))
        torch.bmm(gradient.transpose(1, 2), inputs, out=layer.weight_window)
        torch.sum(gradient, 1, out=layer.bias_window)
        inward = torch.bmm(gradient, layer.weight) if context.needs_input_grad[0] else None
        return inward, None, None, None


def bias_of(flat: FlatParameters, name: str) -> tuple[Tensor, Tensor]:
    """The biases `(K, O)` of that layer and the window of their gradients.

    Where the layer has none: zeros, and a place for gradients that nobody reads.
    """
    full = f"{name}.bias"
    if full in flat.blocks:
        return flat.blocks[full], flat.gradient_blocks[full]
    weight = flat.blocks[f"{name}.weight"]
    none = weight.new_zeros(weight.shape[:2])
    return none, torch.empty_like(none)


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
