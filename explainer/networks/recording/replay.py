"""Recording little and working out the rest: what cheap layers gave follows from the costly ones.

Of a network's maps most are of layers that do next to nothing (norms, activations, sums), and to
keep them all takes longer than to compute them. So a recording may hold the convolutions and dense
layers alone; any other layer's maps are made from those when somebody wants to see them, by the
same modules from the same numbers, hence to the last bit the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import torch
from torch import Tensor, nn

from explainer.networks.recording.graph import INPUT, Layer, layer_named
from explainer.networks.recording.recording import Call, Recording, record_fast

# A norm makes three multiplications a value; what makes more is not made twice.
CHEAP = 3


def record_costly(network: nn.Module, inputs: Tensor, found: tuple[Layer, ...]) -> Recording:
    """A recording from which :func:`completed` quickly makes that of any layer."""
    return record_fast(network, inputs, costly(found), keep_inputs=False)


def costly(found: tuple[Layer, ...]) -> frozenset[str]:
    """The names of the layers from whose maps those of all others quickly follow."""
    return frozenset(
        layer.name for layer in found if layer.multiplications > CHEAP * math.prod(layer.shape)
    )


def completed(
    network: nn.Module, recording: Recording, found: tuple[Layer, ...], names: Collection[str]
) -> Recording:
    """The recording with the layers called `names`, and what they follow from, added.

    Where it holds them already, it is returned itself. Raises `ValueError` for a name that no layer
    has.
    """
    calls = {call.name: call for call in recording.calls}
    if calls.keys() >= set(names):
        return recording
    by_name = {layer.name: layer for layer in found}
    with torch.no_grad():
        for name in _needed(found, by_name, set(calls), names):
            calls[name] = _call(network, by_name[name], calls, recording.inputs)
    order = {layer.name: place for place, layer in enumerate(found)}
    known = sorted(calls.values(), key=lambda call: order.get(call.name, -1))
    return Recording(recording.inputs, tuple(known), recording.output)


def _needed(
    found: tuple[Layer, ...],
    by_name: dict[str, Layer],
    there: set[str],
    names: Collection[str],
) -> list[str]:
    """The layers to be computed for `names`, each behind those it takes from."""
    waiting, needed = [layer_named(found, name).name for name in names], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in there | needed | {INPUT}:
            needed.add(name)
            waiting.extend(by_name[name].inputs)
    return [layer.name for layer in found if layer.name in needed]


def _call(network: nn.Module, layer: Layer, calls: dict[str, Call], picture: Tensor) -> Call:
    inputs = tuple(picture if name == INPUT else calls[name].output for name in layer.inputs)
    module = network.get_submodule(layer.module)
    return Call(layer.name, layer.module, inputs, module(*inputs))
