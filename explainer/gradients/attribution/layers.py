"""Which layers of a network give maps that a class activation map can be drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from explainer.gradients.attribution.passes import private_copy


@dataclass(frozen=True)
class MapLayer:
    """A layer by its name in the network, and the shape of its maps on the picture given."""

    name: str
    channels: int
    height: int
    width: int


def map_layers(network: nn.Module, inputs: Tensor) -> tuple[MapLayer, ...]:
    """The layers that give maps `(N, channels, h, w)` for `inputs`, in the order they finish.

    Blocks are among them as their parts are; each layer once, at its last call.
    """
    found: dict[str, MapLayer] = {}

    def note(name: str, module: nn.Module, inputs: tuple[Any, ...], output: object) -> None:
        found.pop(name, None)
        if isinstance(output, Tensor) and output.ndim == 4:
            found[name] = MapLayer(name, *output.shape[1:])

    copy = private_copy(network)
    for name, module in copy.named_modules():
        if name:
            module.register_forward_hook(partial(note, name))
    with torch.no_grad():
        copy(inputs)
    return tuple(found.values())


def suggested_layer(network: nn.Module, inputs: Tensor) -> str:
    """The last layer whose maps still have a place in them: what Grad-CAM's authors advise.

    Raises `ValueError` where every layer's maps are one pixel.
    """
    placed = [layer.name for layer in map_layers(network, inputs) if layer.height * layer.width > 1]
    if not placed:
        raise ValueError("the network has no layer with maps of more than one pixel")
    return placed[-1]
