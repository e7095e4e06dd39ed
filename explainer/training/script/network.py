"""The network of a recipe as source: its layers with their real sizes, and its initial weights.

The layers are read off the very network that the engine builds, so nothing here knows in which
order they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from explainer.activations.registry import ACTIVATIONS
from explainer.training.recipe.build_network import build
from explainer.training.recipe.features import Features
from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.layers import (
    DropConnect,
    Dropout,
    MapDropout,
    Noisy,
    Skip,
    SkipSequential,
    StochasticPool2d,
)
from explainer.training.script.layer_classes import (
    DROP_CONNECT,
    DROPOUT,
    MAP_DROPOUT,
    SKIP,
    STOCHASTIC_POOL,
    features_source,
)
from explainer.training.script.task import Task
from explainer.training.task import evaluating


@dataclass(frozen=True)
class Layer:
    """A kind of layer: the call that makes it, and its class where PyTorch has none."""

    kind: type[nn.Module]
    call: Callable[[Any], str]
    source: str | Callable[[Any], str] = ""


LAYERS: tuple[Layer, ...] = (
    Layer(Features, lambda one: "Features()", features_source),
    Layer(nn.Conv2d, lambda one: f"nn.Conv2d({_convolution(one)})"),
    Layer(
        nn.Linear,
        lambda one: f"nn.Linear({one.in_features}, {one.out_features}{_bias(one)})",
    ),
    Layer(nn.BatchNorm1d, lambda one: f"nn.BatchNorm1d({one.num_features})"),
    Layer(nn.BatchNorm2d, lambda one: f"nn.BatchNorm2d({one.num_features})"),
    Layer(nn.LayerNorm, lambda one: f"nn.LayerNorm({one.normalized_shape[0]})"),
    Layer(nn.GroupNorm, lambda one: f"nn.GroupNorm({one.num_groups}, {one.num_channels})"),
    Layer(Skip, lambda one: "Skip()", SKIP),
    Layer(nn.MaxPool2d, lambda one: f"nn.MaxPool2d({one.kernel_size})"),
    Layer(nn.AvgPool2d, lambda one: f"nn.AvgPool2d({one.kernel_size})"),
    Layer(nn.AdaptiveAvgPool2d, lambda one: f"nn.AdaptiveAvgPool2d({one.output_size})"),
    Layer(StochasticPool2d, lambda one: "StochasticPool2d()", STOCHASTIC_POOL),
    Layer(Dropout, lambda one: f"Dropout({one.p!r})", DROPOUT),
    Layer(MapDropout, lambda one: f"MapDropout({one.p!r})", MAP_DROPOUT),
    Layer(
        DropConnect,
        lambda one: f"DropConnect({one.in_features}, {one.out_features}, {one.p!r}{_bias(one)})",
        DROP_CONNECT,
    ),
)
_BY_KIND = {entry.kind: entry for entry in LAYERS}


FANS = (
    ("fan_in", "layer.weight[0].numel()"),
    ("fan_out", "layer.weight.numel() // layer.weight.shape[1]"),
)


def network_source(task: Task) -> Iterator[str]:
    """The blocks of source: classes of its own, the network, its initial weights."""
    model = build(
        task.recipe.network, task.examples.shape, task.outputs, task.recipe.regularisation
    )
    kinds = {type(layer): layer for layer in model}
    sources = [
        entry.source if isinstance(entry.source, str) else entry.source(kinds[entry.kind])
        for entry in LAYERS
        if entry.source and entry.kind in kinds
    ]
    if any(issubclass(one, Noisy) for one in kinds):
        yield "# What is left out is drawn from a generator of its own.\n" + (
            'masks = generator("masks")'
        )
    yield from sources
    yield _sequential(model, task)
    if source := SCHEMES[task.recipe.network.initialisation].source:
        yield source
    yield _initial_weights(task, model)


def _sequential(model: nn.Sequential, task: Task) -> str:
    shape = task.examples.shape
    container = "SkipSequential" if isinstance(model, SkipSequential) else "nn.Sequential"
    gives = "a logit for each class" if task.classes else "a number for each target"
    lines = [f"model = {container}(", "    OrderedDict("]
    for (name, layer), change in zip(model.named_children(), _changes(model, shape), strict=True):
        lines.append(f"        {name}={_call(layer)},{change}")
    head = f"# The network: {' × '.join(map(str, shape))} numbers in, {gives} out."
    return "\n".join([head, *lines, "    )", ")"])


@torch.no_grad()
def _changes(model: nn.Sequential, shape: tuple[int, ...]) -> Iterator[str]:
    """For each layer a comment with the shape that it makes, where that is a new one."""
    values = torch.zeros(1, *shape)
    with evaluating(model):
        for layer in model:
            before, values = values.shape, layer(values)
            made = " × ".join(str(side) for side in values.shape[1:])
            yield f"  # {made}" if values.shape != before else ""


def _call(layer: nn.Module) -> str:
    entry = _BY_KIND.get(type(layer))
    return entry.call(layer) if entry else _activation_call(layer)


def _activation_call(layer: nn.Module) -> str:
    """PyTorch prints its activations as the call that makes them."""
    name = type(layer).__name__
    default = repr(layer) == repr(type(layer)())
    return f"nn.{name}()" if default else f"nn.{layer!r}".replace("'", '"')


def _convolution(layer: nn.Conv2d) -> str:
    size, padding = layer.kernel_size[0], layer.padding[0]
    sizes = f"{layer.in_channels}, {layer.out_channels}, {size}"
    return (f"{sizes}, padding={padding}" if padding else sizes) + _bias(layer)


def _bias(layer: nn.Conv2d | nn.Linear) -> str:
    return ", bias=False" if layer.bias is None else ""


def _initial_weights(task: Task, model: nn.Sequential) -> str:
    network = task.recipe.network
    start = SCHEMES[network.initialisation]
    entry = ACTIVATIONS[network.activation]
    convolutions = any(isinstance(layer, nn.Conv2d) for layer in model)
    kinds = "(nn.Conv2d, nn.Linear)" if convolutions else "nn.Linear"
    known = (
        f"GAIN = {entry.gain!r}  # of {entry.title}: layers keep the variance of their inputs",
        f"SIGMA = {network.init_sigma!r}  # the standard deviation of every weight",
    )
    shape = f"            layer.weight.copy_({start.shaped.__name__}(layer.weight))"
    zeros = _zero_biases(model)
    return "\n".join(
        [
            f"# {start.title} initialisation: normal numbers times a"
            " standard deviation; biases are 0.",
            *(line for line in known if line.partition(" ")[0] in start.expression),
            "for name, layer in model.named_children():",
            f"    if isinstance(layer, {kinds}):",
            "        shape = tuple(layer.weight.shape)",
            *(f"        {name} = {source}" for name, source in FANS if name in start.expression),
            '        numbers = generator("weights", f"{name}.weight", shape)',
            "        with torch.no_grad():",
            "            layer.weight.normal_(generator=numbers)",
            *([shape] if start.source else []),
            f"            layer.weight.mul_({start.expression})",
            *zeros,
        ]
    )


def _zero_biases(model: nn.Sequential) -> list[str]:
    """The lines that set biases to 0, as far as layers have one."""
    biased = [one.bias is not None for one in model if isinstance(one, nn.Conv2d | nn.Linear)]
    if all(biased):
        return ["            layer.bias.zero_()"]
    if not any(biased):
        return []
    return ["            if layer.bias is not None:", "                layer.bias.zero_()"]
