"""Dense layers of several networks as one batched product; dense values are `(K, N, F)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.recipe.layers import DropConnect, kept

Inputs = Tensor | list[Tensor]
Layer = Callable[[Any, bool], Tensor]
"""`layer(inputs, training)`."""

Rates = Sequence[float | None]
"""The dropout rate of each network, None where it has none."""


def linear(flat: FlatParameters, name: str, modules: Sequence[nn.Linear]) -> Layer:
    """One batched product; one shared batch `(N, I)` stands for all K."""
    drops = [module.p if isinstance(module, DropConnect) else None for module in modules]
    dropping = any(drop is not None for drop in drops)
    weight, bias = flat.blocks[f"{name}.weight"], bias_of(flat, name)[0]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        used = weight * masks(drops, modules, weight) if training and dropping else weight
        return torch.baddbmm(bias[:, None], for_each(inputs, flat.count), used.transpose(1, 2))

    return apply


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
