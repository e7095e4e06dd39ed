"""Layers of several networks of one shape, computed as one: the registry behind `stacked.py`.

Maps of K networks lie side by side as channels, `(N, K·C, H, W)`, so that their convolutions are
one grouped convolution; dense values are `(K, N, F)`, so that their products are one batched
product. The first layer takes a list: one batch for all networks, or K batches. Each entry of
`STACKED` says how a type of module is stacked; a type without one cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.activations.registry import TRAINED, Activation
from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.engine.stacked_dense import Inputs, Layer, linear, masks
from explainer.training.recipe.features import Features
from explainer.training.recipe.layers import (
    DropConnect,
    Dropout,
    MapDropout,
    Skip,
    StochasticPool2d,
    channels_last,
    pooled_at_random,
)

Maker = Callable[[FlatParameters, str, Sequence[Any]], Layer]
"""`maker(flat, name, modules)`: a stacked layer of K modules of that name, None where one lacks."""


def conv(
    flat: FlatParameters, name: str, modules: Sequence[nn.Conv2d], *, bias: bool = True
) -> Layer:
    """One grouped convolution; over one shared batch, an ordinary one with K·O maps."""
    weight, shift = flat.blocks[f"{name}.weight"], flat.blocks.get(f"{name}.bias")
    padding, count = modules[0].padding, flat.count
    assert isinstance(padding, tuple)

    def apply(inputs: Inputs, training: bool) -> Tensor:
        groups = count
        if isinstance(inputs, list):
            groups = 1 if len(inputs) == 1 else count
            inputs = inputs[0] if len(inputs) == 1 else channels_last(torch.cat(inputs, 1))
        added = shift.flatten() if bias and shift is not None else None
        return F.conv2d(inputs, weight.flatten(0, 1), added, padding=padding, groups=groups)

    return apply


def pooled_conv(
    flat: FlatParameters, name: str, modules: Sequence[nn.Conv2d], pool: nn.MaxPool2d
) -> Layer:
    """Convolution and maximum, the bias added to what is left: the same numbers, fewer of them."""
    bias, convolve = flat.blocks.get(f"{name}.bias"), conv(flat, name, modules, bias=False)

    def apply(inputs: Inputs, training: bool) -> Tensor:
        pooled: Tensor = pool(convolve(inputs, training))
        return pooled if bias is None else pooled + bias.reshape(-1, 1, 1)

    return apply


def norm(
    flat: FlatParameters, name: str, modules: Sequence[nn.BatchNorm2d | nn.BatchNorm1d]
) -> Layer:
    """Batch norm of all channels of all networks; running means become windows onto one vector."""
    weight, bias = flat.blocks[f"{name}.weight"], flat.blocks[f"{name}.bias"]
    mean, variance = (
        torch.cat([getattr(module, buffer) for module in modules])
        for buffer in ("running_mean", "running_var")
    )
    for module, own_mean, own_variance in zip(
        modules, mean.chunk(flat.count), variance.chunk(flat.count), strict=True
    ):
        module.running_mean, module.running_var = own_mean, own_variance
    momentum, epsilon = modules[0].momentum or 0.0, modules[0].eps

    def apply(inputs: Tensor, training: bool) -> Tensor:
        dense = inputs.dim() == 3
        wide = inputs.transpose(0, 1).flatten(1) if dense else inputs
        outputs = F.batch_norm(
            wide, mean, variance, weight.flatten(), bias.flatten(), training, momentum, epsilon
        )
        return outputs.view(len(wide), flat.count, -1).transpose(0, 1) if dense else outputs

    return apply


def layer_norm(
    flat: FlatParameters, name: str, modules: Sequence[nn.LayerNorm | nn.GroupNorm]
) -> Layer:
    """Each example by itself: of dense values all units, of maps all maps of one network."""
    weight, bias = flat.blocks[f"{name}.weight"], flat.blocks[f"{name}.bias"]
    epsilon = modules[0].eps

    def apply(inputs: Tensor, training: bool) -> Tensor:
        if inputs.dim() == 3:
            normed = F.layer_norm(inputs, inputs.shape[2:], eps=epsilon)
            return torch.addcmul(bias[:, None], normed, weight[:, None])
        return F.group_norm(inputs, flat.count, weight.flatten(), bias.flatten(), epsilon)

    return apply


def skip(flat: FlatParameters, name: str, modules: Sequence[Skip]) -> Layer:
    """The mark at which whoever runs the layers adds what is carried past them."""
    return SKIP


def _not_called(inputs: Tensor, training: bool) -> Tensor:
    raise TypeError("a skip is no layer: whoever runs the layers adds what is carried past them")


SKIP: Layer = _not_called


def prelu(flat: FlatParameters, name: str, modules: Sequence[nn.PReLU]) -> Layer:
    """Each network's own learned slope."""
    slope = flat.blocks[f"{name}.weight"]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        if inputs.dim() == 3:
            return torch.where(inputs > 0, inputs, slope[:, :, None] * inputs)
        channels = inputs.shape[1] // flat.count
        return F.prelu(inputs, slope.expand(flat.count, channels).flatten())

    return apply


def flatten(flat: FlatParameters, name: str, modules: Sequence[nn.Module]) -> Layer:
    """Maps to dense values; one shared batch stays `(N, F)`."""

    def apply(inputs: Inputs, training: bool) -> Tensor:
        if isinstance(inputs, list):
            own = [one.flatten(1) for one in inputs]
            return own[0] if len(own) == 1 else torch.stack(own)
        return inputs.reshape(len(inputs), flat.count, -1).transpose(0, 1)

    return apply


def relu(flat: FlatParameters, name: str, modules: Sequence[nn.Module]) -> Layer:
    """In place: the layer before has no use for what it gave."""
    return lambda inputs, training: F.relu_(inputs)


def elementwise(flat: FlatParameters, name: str, modules: Sequence[nn.Module]) -> Layer:
    """What treats all values, all channels, or all examples alike."""
    module = modules[0]
    return lambda inputs, training: module(inputs)


def dropout(flat: FlatParameters, name: str, modules: Sequence[Dropout | None]) -> Layer:
    """Each network's own mask on `(K, N, F)`, drawn as it would draw it alone."""
    rates = [None if module is None else module.p for module in modules]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        return inputs * masks(rates, modules, inputs) if training else inputs

    return apply


def map_dropout(flat: FlatParameters, name: str, modules: Sequence[MapDropout | None]) -> Layer:
    """Each network's own mask on the maps of `(N, K·C, H, W)`."""
    rates = [None if module is None else module.p for module in modules]

    def apply(inputs: Tensor, training: bool) -> Tensor:
        if not training:
            return inputs
        count, channels = len(inputs), inputs.shape[1] // flat.count
        own = masks(rates, modules, inputs.new_empty(flat.count, count, channels))
        return inputs * own.transpose(0, 1).reshape(count, -1, 1, 1)

    return apply


def stochastic_pool(flat: FlatParameters, name: str, modules: Sequence[StochasticPool2d]) -> Layer:
    """Each network's own draws."""

    def apply(inputs: Tensor, training: bool) -> Tensor:
        if not training:
            with_means: Tensor = modules[0].eval()(inputs)
            return with_means
        parts = inputs.chunk(flat.count, 1)
        draws = [module.draw(part) for module, part in zip(modules, parts, strict=True)]
        return pooled_at_random(inputs, torch.cat(draws, 1))

    return apply


def never_falls(entry: Activation) -> bool:
    """Whether f(a) ≤ f(b) for a ≤ b; one that learns its shape is not counted on."""
    if entry.learns:
        return False
    values: Tensor = entry.module()(torch.linspace(-20, 20, 4001))
    return bool((values.diff() >= -1e-6).all())


STACKED: dict[type[nn.Module], Maker] = {
    nn.Conv2d: conv,
    nn.Linear: linear,
    DropConnect: linear,
    nn.BatchNorm1d: norm,
    nn.BatchNorm2d: norm,
    nn.LayerNorm: layer_norm,
    nn.GroupNorm: layer_norm,
    Skip: skip,
    nn.Flatten: flatten,
    Features: elementwise,
    nn.MaxPool2d: elementwise,
    nn.AvgPool2d: elementwise,
    nn.AdaptiveAvgPool2d: elementwise,
    **{type(entry.module()): elementwise for entry in TRAINED},
    nn.PReLU: prelu,
    nn.ReLU: relu,
    Dropout: dropout,
    MapDropout: map_dropout,
    StochasticPool2d: stochastic_pool,
}
RISING = tuple(type(entry.module()) for entry in TRAINED if never_falls(entry))
"""Activations that never fall: the maximum may be taken before them."""

OPTIONAL = (Dropout, MapDropout)
"""What some networks of a stack may have and others not."""
