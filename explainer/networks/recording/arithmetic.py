"""The arithmetic behind one value of a recorded network, from the layer's true weights.

What there is to say depends on the kind of the layer; the registry `layer_kinds` has the functions.
All is computed in float64 from the recorded float32 inputs, so `total` differs from the network's
own `place.value` by rounding alone.
"""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from explainer.networks.drill.points import BatchNormDrill
from explainer.networks.drill.site import Place, Site
from explainer.networks.drill.sums import Drill, convolution, folded
from explainer.networks.recording.graph import INPUT, Layer, as_maps, layer_named, maps
from explainer.networks.recording.layer_kinds import kind
from explainer.networks.recording.recording import Recording
from explainer.networks.recording.replay import completed


def drill(
    network: nn.Module,
    recording: Recording,
    found: tuple[Layer, ...],
    name: str,
    channel: int,
    y: int = 0,
    x: int = 0,
    *,
    picture: int = 0,
) -> Drill:
    """What makes the value at (`channel`, `y`, `x`) of the layer called `name`.

    `found` are the network's layers; what `recording` lacks is worked out from what it has. Raises
    `ValueError` for a layer or place that is not there.
    """
    layer = layer_named(found, name)
    recording = completed(network, recording, found, (name, *_sources(layer)))
    site = _site(network, recording, found, layer, (channel, y, x), picture)
    entry = kind(site.module)
    assert entry is not None, "transparent modules are no layers"
    result = entry.drill(site)
    if isinstance(result, BatchNormDrill):
        return _with_folded(result, network, recording, found, layer, picture)
    return result


def _with_folded(
    result: BatchNormDrill,
    network: nn.Module,
    recording: Recording,
    found: tuple[Layer, ...],
    layer: Layer,
    picture: int,
) -> BatchNormDrill:
    """The batch norm with the convolution before it folded in, where there is one."""
    source = layer.inputs[0]
    if source == INPUT or layer_named(found, source).kind != "convolution":
        return result
    before, place = layer_named(found, source), result.place
    recording = completed(network, recording, found, (source, *_sources(before)))
    site = _site(network, recording, found, before, (place.channel, place.y, place.x), picture)
    return replace(result, folded=folded(convolution(site), result.scale, result.shift, place))


def _site(
    network: nn.Module,
    recording: Recording,
    found: tuple[Layer, ...],
    layer: Layer,
    at: tuple[int, int, int],
    picture: int,
) -> Site:
    if not all(0 <= index < size for index, size in zip(at, layer.shape, strict=True)):
        raise ValueError(f"layer {layer.name!r} has the shape {layer.shape}: no value at {at}")
    inputs = tuple(_given(recording, found, source)[picture] for source in layer.inputs)
    value = float(maps(recording, layer, picture)[at])
    module = network.get_submodule(layer.module)
    return Site(Place(layer.name, *at, value), module, layer.inputs, inputs, layer.shape)


def _sources(layer: Layer) -> tuple[str, ...]:
    return tuple(name for name in layer.inputs if name != INPUT)


def _given(recording: Recording, found: tuple[Layer, ...], source: str) -> Tensor:
    """What a layer gave, or the pictures, as maps `(N, C, H, W)`."""
    if source != INPUT:
        return as_maps(recording.call(source).output, layer_named(found, source).layout)
    return as_maps(recording.inputs, "flat" if recording.inputs.dim() == 2 else "maps")
