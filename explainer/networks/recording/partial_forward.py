"""Running a network as far as one layer, by its graph: no hooks, no lock, no layer too many.

The modules are called as they are, so what comes out is what a recording of the whole would hold.
Gradients are the caller's to turn on or off, and flow to the inputs where these require them.
"""

from __future__ import annotations

from torch import Tensor, nn

from explainer.networks.recording.graph import INPUT, Layer, as_maps, layer_named


def run_to(network: nn.Module, found: tuple[Layer, ...], inputs: Tensor, name: str) -> Tensor:
    """The maps `(N, C, h, w)` that the layer called `name` gives for `inputs` `(N, C, H, W)`.

    `found` are the layers for that size. A flat layer gives `(N, F, 1, 1)`. Raises `ValueError` for
    a name that no layer has, and for modules that a run would change or be changed by: those in
    training mode or working in place.
    """
    needed = way_to(found, name)
    given, uses = {INPUT: inputs}, {layer.name: 0 for layer in needed}
    for layer in needed:
        for source in layer.inputs:
            uses[source] = uses.get(source, 0) + 1
    for layer in needed:
        module = _at_rest(network, layer)
        given[layer.name] = module(*(given[source] for source in layer.inputs))
        for source in layer.inputs:
            uses[source] -= 1
            if not uses[source]:
                given.pop(source, None)  # a layer may take the same maps twice
    return as_maps(given[name], layer_named(found, name).layout)


def way_to(found: tuple[Layer, ...], name: str) -> tuple[Layer, ...]:
    """The layers that the one called `name` needs, itself the last, in the order they run."""
    waiting, needed = [layer_named(found, name).name], set[str]()
    sources = {layer.name: layer.inputs for layer in found}
    while waiting:
        taken = waiting.pop()
        if taken not in needed | {INPUT}:
            needed.add(taken)
            waiting.extend(sources[taken])
    return tuple(layer for layer in found if layer.name in needed)


def _at_rest(network: nn.Module, layer: Layer) -> nn.Module:
    module = network.get_submodule(layer.module)
    if module.training:
        raise ValueError(f"layer {layer.name!r} is in training mode; call eval() first")
    if getattr(module, "inplace", False):
        raise ValueError(f"layer {layer.name!r} works in place; unfold the network first")
    return module
