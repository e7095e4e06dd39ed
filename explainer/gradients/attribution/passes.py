"""Passes forward and backward that leave no trace in a network shared by many threads.

All work is done on a private copy: new modules without hooks, on the old tensors. So hooks reach
nobody else, nothing is in training mode or in place, no gradient can be left in a parameter, and
memory holds the weights once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from explainer.accelerator import accelerator, at_the_door, replica
from explainer.gradients.attribution.target import Score


def private_copy(network: nn.Module) -> nn.Module:
    """The same network in new modules: tensors shared, in evaluation mode, without hooks.

    Parameters need no gradient there, and layers that worked in place do not. Submodules are found
    where PyTorch keeps them; a module held in a plain list of its parent would still be shared.
    Where a GPU computes, it lies there, and is given and gives tensors of the CPU all the same.
    """
    copy, where = _copy(replica(network), {}).eval(), accelerator()
    return copy if where.slug == "cpu" else at_the_door(copy, where.torch)


def _copy(module: nn.Module, copies: dict[int, nn.Module]) -> nn.Module:
    if id(module) in copies:
        return copies[id(module)]
    copy: nn.Module = object.__new__(type(module))
    copies[id(module)] = copy
    # Not `copy.deepcopy`: it would walk hooks that another thread may be adding or removing.
    held = dict(vars(module))
    for name, value in vars(module).items():
        if "_hooks" in name and isinstance(value, OrderedDict):
            held[name] = OrderedDict()
    held["_parameters"] = {name: _fixed(value) for name, value in module._parameters.items()}
    held["_buffers"] = dict(module._buffers)
    held["_modules"] = {
        name: None if child is None else _copy(child, copies)
        for name, child in module._modules.items()
    }
    if isinstance(held.get("inplace"), bool):
        held["inplace"] = False
    vars(copy).update(held)
    return copy


def _fixed(parameter: nn.Parameter | None) -> nn.Parameter | None:
    return None if parameter is None else nn.Parameter(parameter.detach(), requires_grad=False)


def logits(network: nn.Module, pictures: Tensor) -> Tensor:
    """What the network gives for pictures `(N, C, H, W)`: `(N, classes)`, without a graph."""
    with torch.no_grad():
        found: Tensor = network(pictures)
    if found.ndim != 2:
        raise ValueError(f"the network gives {tuple(found.shape)}, not logits (N, classes)")
    return found


def scores(network: nn.Module, pictures: Tensor, score: Score) -> Tensor:
    """The score `(N,)` of each of pictures `(N, C, H, W)`."""
    return score.of(logits(network, pictures))


def gradients(network: nn.Module, pictures: Tensor, score: Score) -> Tensor:
    """The gradient `(N, C, H, W)` of each picture's own score with respect to that picture."""
    with torch.enable_grad():
        leaves = pictures.detach().clone().requires_grad_()
        return torch.autograd.grad(score.of(network(leaves)).sum(), leaves)[0]


@contextmanager
def recorded(network: nn.Module, layer: str, *, leaf: bool = False) -> Iterator[list[Tensor]]:
    """Within it, each call of `layer` adds its output to the list; `leaf` makes them leaves.

    As leaves they cut the graph: a gradient with respect to them costs only what lies above. Give
    it a private copy. Raises `ValueError` for a layer the network does not have.
    """
    kept: list[Tensor] = []

    def keep(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
        kept.append(output.detach().clone().requires_grad_(leaf))
        # What is passed on is a clone, so that an addition in place behind it spoils nothing.
        return kept[-1].clone()

    handle = _submodule(network, layer).register_forward_hook(keep)
    try:
        yield kept
    finally:
        handle.remove()


def _submodule(network: nn.Module, layer: str) -> nn.Module:
    found: dict[str, nn.Module] = dict(network.named_modules())
    if not layer or layer not in found:
        raise ValueError(f"the network has no layer {layer!r}")
    return found[layer]


def maps(network: nn.Module, picture: Tensor, layer: str) -> Tensor:
    """What `layer` gives for a picture `(1, C, H, W)`: maps `(channels, h, w)`.

    Of a layer that is called several times, the last call counts.
    """
    with torch.no_grad(), recorded(network, layer) as kept:
        network(picture)
    return _only_maps(kept, layer)[0].cpu()


def maps_and_gradients(
    network: nn.Module, picture: Tensor, score: Score, layer: str
) -> tuple[Tensor, Tensor]:
    """The maps `(channels, h, w)` of `layer` and the gradient of the score with respect to them.

    Raises `ValueError` where the layer is not called or gives no maps `(N, channels, h, w)`.
    """
    with torch.enable_grad(), recorded(network, layer, leaf=True) as kept:
        value = score.of(network(picture))
        found = _only_maps(kept, layer)
        (gradient,) = torch.autograd.grad(value.sum(), found)
    return found.detach()[0].cpu(), gradient[0].cpu()


def _only_maps(kept: list[Tensor], layer: str) -> Tensor:
    if not kept:
        raise ValueError(f"layer {layer!r} is not called when the network runs")
    if kept[-1].ndim != 4:
        shape = tuple(kept[-1].shape)
        raise ValueError(f"layer {layer!r} gives {shape}, but maps (N, channels, h, w) are needed")
    return kept[-1]
