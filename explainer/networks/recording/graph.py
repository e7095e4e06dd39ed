"""The layers of a network as data: who feeds whom, shapes, costs and receptive fields.

Nothing is listed by hand: one pass, without numbers (on torch's meta device), is recorded, and a
layer's inputs are the layers that gave the very tensors it takes. So every step must be a layer;
`steps.unfolded` makes it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torchvision.ops.misc import Permute

from explainer.networks.drill.windows import PIXEL, Field, beyond, union
from explainer.networks.recording.layer_kinds import NOT_NEGATIVE, Kind, Shape, Windows, kind
from explainer.networks.recording.recording import Call, Recording, exclusive, record
from explainer.networks.recording.unfolding import with_other_tensors
from explainer.words import later

INPUT = "input"
Layout = Literal["maps", "channels last", "flat"]
# The orders of axes that put the channels last, and back.
_LAYOUTS: dict[tuple[int, ...], Layout] = {(0, 2, 3, 1): "channels last", (0, 3, 1, 2): "maps"}


@dataclass(frozen=True)
class Layer:
    """One step of a network, for an input of a certain shape.

    `name` is that of the recording, `module` the path of the module. `shape` is `(C, H, W)` in any
    layout, a flat one `(F, 1, 1)`. `multiplications` are those of one picture. `inputs` names the
    layers that feed it, :data:`INPUT` is the picture; `windows` holds for each of them the window
    along rows and columns, `field` the receptive field on the picture along both. `signed` tells
    whether values below 0 are possible.
    """

    name: str
    module: str
    kind: str
    title: str
    shape: Shape
    layout: Layout
    parameters: int
    multiplications: int
    inputs: tuple[str, ...]
    windows: tuple[Windows, ...]
    field: tuple[Field, Field]
    signed: bool


@dataclass(frozen=True)
class _Origin:
    """What is known of a tensor that a layer may take."""

    name: str
    shape: Shape
    layout: Layout
    field: tuple[Field, Field]
    signed: bool


def layers(network: nn.Module, input_shape: Shape) -> tuple[Layer, ...]:
    """The layers of `network` for a picture `(C, H, W)`, in the order in which they run.

    Layers that do nothing in evaluation are left out. Raises `ValueError` where a layer takes what
    no layer gave, or is of no known kind; for a shape that does not fit, what the network raises.
    """
    with exclusive(network):
        hollow = with_other_tensors(network, _without_numbers)
    return layers_of(hollow, record(hollow, torch.empty((1, *input_shape), device="meta")))


def _without_numbers(tensor: Tensor) -> Tensor:
    hollow = tensor.detach().to("meta")
    return nn.Parameter(hollow, False) if isinstance(tensor, nn.Parameter) else hollow


def layers_of(network: nn.Module, recording: Recording) -> tuple[Layer, ...]:
    """The layers of a recording of all layers of `network`."""
    picture = _Origin(INPUT, _shape(recording.inputs, "maps"), "maps", (PIXEL, PIXEL), True)
    # The recording keeps the tensors alive, so an id stands for one of them.
    origins = {id(recording.inputs): picture}
    found: list[Layer] = []
    counted: set[str] = set()
    for call in recording.calls:
        module = network.get_submodule(call.module)
        sources = [_origin(call, taken, origins) for taken in call.inputs]
        entry = kind(module)
        if entry is None:
            origins.setdefault(id(call.output), sources[0])
            continue
        layer = _layer(call, module, entry, sources, known=call.module in counted)
        counted.add(call.module)
        origins[id(call.output)] = _Origin(
            layer.name, layer.shape, layer.layout, layer.field, layer.signed
        )
        found.append(layer)
    return tuple(found)


def _origin(call: Call, taken: Tensor, origins: dict[int, _Origin]) -> _Origin:
    try:
        return origins[id(taken)]
    except KeyError:
        raise ValueError(
            later(
                "layer {name} takes what no layer gave; unfold the network first",
                name=repr(call.name),
            )
        ) from None


def _layer(
    call: Call, module: nn.Module, entry: Kind, sources: list[_Origin], *, known: bool
) -> Layer:
    layout = _layout(call, module, sources[0])
    shape = _shape(call.output, layout)
    windows = tuple(entry.windows(module, source.shape, shape) for source in sources)
    return Layer(
        name=call.name,
        module=call.module,
        kind=entry.slug,
        title=entry.title(module, shape),
        shape=shape,
        layout=layout,
        parameters=0 if known else sum(p.numel() for p in module.parameters()),
        multiplications=entry.multiplications(module, shape),
        inputs=tuple(source.name for source in sources),
        windows=windows,
        field=(_field(sources, windows, shape, 0), _field(sources, windows, shape, 1)),
        signed=_signed(module, entry, sources),
    )


def _layout(call: Call, module: nn.Module, source: _Origin) -> Layout:
    if call.output.dim() == 2:
        return "flat"
    if isinstance(module, Permute):
        return _LAYOUTS[tuple(module.dims)]
    return source.layout


def _shape(tensor: Tensor, layout: Layout) -> Shape:
    channels, height, width = as_maps(tensor, layout).shape[1:]
    return channels, height, width


def _field(sources: list[_Origin], windows: tuple[Windows, ...], shape: Shape, axis: int) -> Field:
    fields = [
        beyond(source.field[axis], window[axis])
        for source, window in zip(sources, windows, strict=True)
    ]
    return union(fields, shape[1 + axis])


def _signed(module: nn.Module, entry: Kind, sources: list[_Origin]) -> bool:
    if entry.keeps_sign:
        return any(source.signed for source in sources)
    return not isinstance(module, NOT_NEGATIVE)


def as_maps(tensor: Tensor, layout: Layout) -> Tensor:
    """A layer's tensor as `(N, C, H, W)` in whatever layout it is, without copying."""
    if layout == "flat":
        return tensor[:, :, None, None]
    return tensor.movedim(-1, 1) if layout == "channels last" else tensor


def maps(recording: Recording, layer: Layer, picture: int = 0) -> Tensor:
    """What `layer` gave for one of the pictures: `(C, H, W)`, of a dense layer `(F, 1, 1)`."""
    return as_maps(recording.call(layer.name).output, layer.layout)[picture]


def layer_named(found: tuple[Layer, ...], name: str) -> Layer:
    """The layer of that name. Raises `ValueError` where there is none."""
    for layer in found:
        if layer.name == name:
            return layer
    raise ValueError(f"no layer {name!r}; there are {', '.join(layer.name for layer in found)}")
