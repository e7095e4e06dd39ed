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

from explainer.gradients.activations import activation
from explainer.training.evaluation import evaluating
from explainer.training.initialisation import scheme
from explainer.training.layers import DropConnect, Dropout, MapDropout, StochasticPool2d
from explainer.training.networks import build
from explainer.training.script.task import Task

DROPOUT = '''class Dropout(nn.Module):
    """Leaves each unit out with probability p, and enlarges the others to make up for it."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand(x.shape, generator=masks) >= self.p
        return x * (kept * (1 / (1 - self.p)))'''

MAP_DROPOUT = '''class MapDropout(nn.Module):
    """Leaves whole feature maps out with probability p, and enlarges the others."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand(*x.shape[:2], 1, 1, generator=masks) >= self.p
        return x * (kept * (1 / (1 - self.p)))'''

DROP_CONNECT = '''class DropConnect(nn.Linear):
    """A dense layer that leaves weights out, not units: the same ones for the whole batch."""

    def __init__(self, inputs, outputs, p):
        super().__init__(inputs, outputs)
        self.p = p

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        kept = torch.rand(self.weight.shape, generator=masks) >= self.p
        return F.linear(x, self.weight * (kept * (1 / (1 - self.p))), self.bias)'''

STOCHASTIC_POOL = '''class StochasticPool2d(nn.Module):
    """Picks one of four neighbours, the larger the likelier; in evaluation their weighted mean."""

    def forward(self, x):
        height, width = (side // 2 * 2 for side in x.shape[2:])
        corners = [x[:, :, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)]
        four = torch.stack(corners, -1)
        positive = four.clamp(min=0)
        total = positive.sum(-1, keepdim=True)
        quarter = torch.full_like(four, 0.25)  # where no value is positive
        chances = torch.where(total > 0, positive / total.clamp(min=1e-38), quarter)
        if not self.training:
            return (four * chances).sum(-1)
        drawn = torch.rand(four.shape[:4], generator=masks)[..., None]
        chosen = (chances.detach().cumsum(-1)[..., :3] <= drawn).sum(-1, keepdim=True)
        return four.gather(-1, chosen)[..., 0]'''


@dataclass(frozen=True)
class Layer:
    """A kind of layer: the call that makes it, and its class where PyTorch has none."""

    kind: type[nn.Module]
    call: Callable[[Any], str]
    source: str = ""


LAYERS: tuple[Layer, ...] = (
    Layer(nn.Conv2d, lambda one: f"nn.Conv2d({_convolution(one)})"),
    Layer(nn.Linear, lambda one: f"nn.Linear({one.in_features}, {one.out_features})"),
    Layer(nn.BatchNorm1d, lambda one: f"nn.BatchNorm1d({one.num_features})"),
    Layer(nn.BatchNorm2d, lambda one: f"nn.BatchNorm2d({one.num_features})"),
    Layer(nn.MaxPool2d, lambda one: f"nn.MaxPool2d({one.kernel_size})"),
    Layer(nn.AvgPool2d, lambda one: f"nn.AvgPool2d({one.kernel_size})"),
    Layer(StochasticPool2d, lambda one: "StochasticPool2d()", STOCHASTIC_POOL),
    Layer(Dropout, lambda one: f"Dropout({one.p!r})", DROPOUT),
    Layer(MapDropout, lambda one: f"MapDropout({one.p!r})", MAP_DROPOUT),
    Layer(
        DropConnect,
        lambda one: f"DropConnect({one.in_features}, {one.out_features}, {one.p!r})",
        DROP_CONNECT,
    ),
)
_BY_KIND = {entry.kind: entry for entry in LAYERS}


@dataclass(frozen=True)
class Start:
    """A scheme of initial weights by its slug: the standard deviation as an expression."""

    slug: str
    expression: str


STARTS: tuple[Start, ...] = (
    Start("he", "GAIN / math.sqrt(fan_in)"),
    Start("xavier", "math.sqrt(2 / (fan_in + fan_out))"),
    Start("lecun", "1 / math.sqrt(fan_in)"),
    Start("small", "0.01"),
    Start("zero", "0.0"),
)
_BY_SLUG = {entry.slug: entry for entry in STARTS}

FANS = (
    ("fan_in", "layer.weight[0].numel()"),
    ("fan_out", "layer.weight.numel() // layer.weight.shape[1]"),
)


def network_source(task: Task) -> Iterator[str]:
    """The blocks of source: classes of its own, the network, its initial weights."""
    model = build(
        task.recipe.network, task.examples.shape, task.classes, task.recipe.regularisation
    )
    kinds = {type(layer) for layer in model}
    sources = [entry.source for entry in LAYERS if entry.source and entry.kind in kinds]
    if sources:
        yield "# What is left out is drawn from a generator of its own.\n" + (
            'masks = generator("masks")'
        )
    yield from sources
    yield _sequential(model, task.examples.shape)
    yield _initial_weights(task, model)


def _sequential(model: nn.Sequential, shape: tuple[int, ...]) -> str:
    lines = ["model = nn.Sequential(", "    OrderedDict("]
    for (name, layer), change in zip(model.named_children(), _changes(model, shape), strict=True):
        lines.append(f"        {name}={_call(layer)},{change}")
    head = f"# The network: {' × '.join(map(str, shape))} numbers in, a logit for each class out."
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
    return f"{sizes}, padding={padding}" if padding else sizes


def _initial_weights(task: Task, model: nn.Sequential) -> str:
    network = task.recipe.network
    start = _BY_SLUG[scheme(network.initialisation).slug].expression
    entry = activation(network.activation)
    convolutions = any(isinstance(layer, nn.Conv2d) for layer in model)
    kinds = "(nn.Conv2d, nn.Linear)" if convolutions else "nn.Linear"
    gain = [f"GAIN = {entry.gain!r}  # of {entry.title}: layers keep the variance of their inputs"]
    return "\n".join(
        [
            f"# {scheme(network.initialisation).title} initialisation: normal numbers times a"
            " standard deviation; biases are 0.",
            *(gain if "GAIN" in start else []),
            "for name, layer in model.named_children():",
            f"    if isinstance(layer, {kinds}):",
            "        shape = tuple(layer.weight.shape)",
            *(f"        {name} = {source}" for name, source in FANS if name in start),
            '        numbers = generator("weights", f"{name}.weight", shape)',
            "        with torch.no_grad():",
            "            layer.weight.normal_(generator=numbers)",
            f"            layer.weight.mul_({start})",
            "            layer.bias.zero_()",
        ]
    )
