"""Building a network from its section of a recipe: plain PyTorch modules with telling names.

A name says what the module is for (`conv1`, `conv1_norm`, `dense2`, `out`) and does not depend on
which other options are on, because initial weights are paired by name (see `initialisation.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import nn

from explainer.activations.registry import ACTIVATIONS
from explainer.training.recipe.features import COORDINATES, Features
from explainer.training.recipe.initialisation import SCHEMES, initialise
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.layers import (
    DropConnect,
    Dropout,
    MapDropout,
    Skip,
    SkipSequential,
    set_generator,
)
from explainer.training.recipe.network import Network
from explainer.training.recipe.poolings import POOLINGS, WINDOW
from explainer.training.recipe.sections import Regularisation
from explainer.words import later

Named = Iterator[tuple[str, nn.Module]]


def build(
    network: Network,
    shape: tuple[int, ...],
    classes: int,
    regularisation: Regularisation | None = None,
) -> nn.Sequential:
    """A network for inputs of `shape`, `(C, H, W)` or `(F,)`, that gives logits `(N, classes)`.

    `regularisation` says which layers drop what. Raises `ValueError` where a CNN is asked for
    points, or for more blocks than the picture can be halved.
    """
    drops = regularisation or Regularisation()
    features, layers = flat_size(shape), OrderedDict[str, nn.Module]()
    if KINDS[network.kind].convolutions:
        maps = maps_after_blocks(network, shape)
        layers.update(_blocks(network, drops, shape[0]))
        features = flat_size(maps)
        if network.mean_of_maps:
            layers["mean"], features = nn.AdaptiveAvgPool2d(1), maps[0]
    layers["flatten"] = nn.Flatten()
    if is_given_features(network, shape):
        layers["features"], features = Features(network.features), len(network.features)
    if KINDS[network.kind].convolutions and drops.dropout:
        layers["flatten_dropout"] = Dropout(drops.dropout)
    layers.update(_dense(network, drops, features, classes))
    return SkipSequential(layers) if network.residual else nn.Sequential(layers)


def build_initialised(
    network: Network,
    shape: tuple[int, ...],
    classes: int,
    regularisation: Regularisation,
    seed: int,
    generator: torch.Generator | None = None,
) -> nn.Sequential:
    """:func:`build` with the initial weights of `seed`; noisy layers draw from `generator`."""
    model = build(network, shape, classes, regularisation)
    gain = ACTIVATIONS[network.activation].gain
    start = SCHEMES[network.initialisation]
    initialise(model, start, gain, seed, sigma=network.init_sigma)
    if generator is not None:
        set_generator(model, generator)
    return model


def is_given_features(network: Network, shape: tuple[int, ...]) -> bool:
    """Whether the network is given other columns of inputs of `shape` than they have."""
    plane = shape == (2,) and not KINDS[network.kind].convolutions
    return plane and network.features != COORDINATES


def maps_after_blocks(network: Network, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Maps, height and width of what the blocks of a CNN hand to the dense layers."""
    if len(shape) != 3:
        raise ValueError(
            later(
                "a CNN needs pictures (C, H, W), but one input has the shape {shape}", shape=shape
            )
        )
    height, width = (side // WINDOW**network.blocks for side in shape[1:])
    if not height or not width:
        raise ValueError(
            later(
                "blocks is {blocks}, but {height} × {width} pixels can be halved only {most} times",
                blocks=network.blocks,
                height=shape[1],
                width=shape[2],
                most=min(shape[1:]).bit_length() - 1,
            )
        )
    return network.channels * 2 ** (network.blocks - 1), height, width


def first_maps(network: Network, shape: tuple[int, ...]) -> int:
    """The number of values that the first layer makes of one input of `shape`."""
    if KINDS[network.kind].convolutions:
        return network.channels * flat_size(shape[1:])
    return network.width_of(1) if network.depth else 0


def flat_size(shape: tuple[int, ...]) -> int:
    """The number of values in one input of `shape`."""
    return int(torch.Size(shape).numel())


def _blocks(network: Network, drops: Regularisation, channels: int) -> Named:
    """Convolution, norm, activation, pooling, dropout."""
    entry, pool = ACTIVATIONS[network.activation], POOLINGS[network.pooling]
    for number in range(1, network.blocks + 1):
        name, outputs = f"conv{number}", network.channels * 2 ** (number - 1)
        size = network.kernel_size
        yield name, nn.Conv2d(channels, outputs, size, padding=size // 2, bias=_biased(network))
        yield from _norm(network, name, nn.BatchNorm2d, partial(nn.GroupNorm, 1), outputs)
        yield f"{name}_activation", entry.module()
        yield f"{name}_pool", pool.module()
        if drops.map_dropout:
            yield f"{name}_dropout", MapDropout(drops.map_dropout)
        channels = outputs


def _dense(network: Network, drops: Regularisation, features: int, classes: int) -> Named:
    entry = ACTIVATIONS[network.activation]
    for number in range(1, network.hidden_dense_layers + 1):
        name, width = f"dense{number}", network.width_of(number)
        yield name, _linear(features, width, drops, bias=_biased(network))
        yield from _norm(network, name, nn.BatchNorm1d, nn.LayerNorm, width)
        yield f"{name}_activation", entry.module()
        if drops.dropout:
            yield f"{name}_dropout", Dropout(drops.dropout)
        if network.residual and not KINDS[network.kind].convolutions:
            yield f"{name}_skip", Skip()
        features = width
    yield "out", _linear(features, classes, drops, bias=network.bias)


def _norm(
    network: Network,
    name: str,
    batch_norm: Callable[[int], nn.Module],
    layer_norm: Callable[[int], nn.Module],
    size: int,
) -> Named:
    """The norm after a layer, if there is one; layer norm takes all maps together."""
    if network.batch_norm or network.layer_norm:
        yield f"{name}_norm", (batch_norm if network.batch_norm else layer_norm)(size)


def _biased(network: Network) -> bool:
    """Whether hidden layers have a bias: batch norm would take it away again, whatever it is."""
    return network.bias and not network.batch_norm


def _linear(inputs: int, outputs: int, drops: Regularisation, *, bias: bool) -> nn.Linear:
    if drops.dropconnect:
        return DropConnect(inputs, outputs, drops.dropconnect, bias=bias)
    return nn.Linear(inputs, outputs, bias=bias)
