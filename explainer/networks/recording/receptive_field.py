"""What a pixel of a map sees of the picture: in theory by the windows, in fact by the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.accelerator import accelerator, replica
from explainer.networks.drill.windows import Interval
from explainer.networks.recording.graph import INPUT, Layer, as_maps, layer_named
from explainer.networks.recording.recording import record

_Seen = tuple[Interval, Interval]


@dataclass(frozen=True)
class Box:
    """A part of the picture: rows `top` to `bottom`, columns `left` to `right`, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """How many rows."""
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        """How many columns."""
        return max(0, self.right - self.left)


def box(found: tuple[Layer, ...], name: str, y: int, x: int, picture: tuple[int, int]) -> Box:
    """The smallest box of a `picture` (height, width) that holds all that pixel (y, x) sees.

    `found` are the layers for that size. Followed back layer by layer and cut to each map on the
    way, since padding sees nothing. A pixel that sees nothing but padding has an empty box. Raises
    `ValueError` for a layer or pixel that is not there.
    """
    _check(layer_named(found, name), y, x)
    shapes = {layer.name: layer.shape[1:] for layer in found} | {INPUT: picture}
    seen: dict[str, _Seen] = {name: ((y, y), (x, x))}
    for layer in reversed(found):
        if layer.name not in seen:
            continue
        for source, windows in zip(layer.inputs, layer.windows, strict=True):
            rows, columns = (
                _cut(window.seen(outputs), size)
                for window, outputs, size in zip(
                    windows, seen[layer.name], shapes[source], strict=True
                )
            )
            if rows[0] <= rows[1] and columns[0] <= columns[1]:
                before = [seen[source]] if source in seen else []
                seen[source] = reduce(_hull, before, (rows, columns))
    (top, bottom), (left, right) = seen.get(INPUT, ((0, -1), (0, -1)))
    return Box(top, left, bottom + 1, right + 1)


def unbounded_box(layer: Layer, y: int, x: int) -> Box:
    """What the pixel would see of a picture without end: the size and place of its `field`."""
    (top, bottom), (left, right) = (
        field.interval(at) for field, at in zip(layer.field, (y, x), strict=True)
    )
    return Box(top, left, bottom + 1, right + 1)


def _cut(interval: Interval, size: int) -> Interval:
    return max(interval[0], 0), min(interval[1], size - 1)


def _hull(one: _Seen, other: _Seen) -> _Seen:
    rows, columns = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other, strict=True))
    return rows, columns


def _check(layer: Layer, y: int, x: int) -> None:
    _, height, width = layer.shape
    if not (0 <= y < height and 0 <= x < width):
        raise ValueError(f"the maps of {layer.name!r} are {height} × {width}: no pixel ({y}, {x})")


def effective(
    network: nn.Module, inputs: Tensor, layer: Layer, y: int, x: int, channel: int | None = None
) -> NDArray[np.float32]:
    """How strongly each pixel of the picture moves pixel (y, x) of a map: `(H, W)`, at least 0.

    $\\sum_k |\\partial a_{c,y,x} / \\partial p_k|$ over the colours k of a pixel p, for the first
    picture of `inputs` `(N, C, H, W)`. Without `channel` for the sum of all maps there. (Luo et
    al. 2016, "Understanding the effective receptive field in deep convolutional networks".)
    """
    _check(layer, y, x)
    picture = inputs[:1].detach().clone().requires_grad_(True)
    given = picture.to(accelerator().torch)
    recording = record(replica(network), given, (layer.name,), gradients=True, whole=False)
    values = as_maps(recording.call(layer.name).output, layer.layout)[0, :, y, x]
    target = values.sum() if channel is None else values[channel]
    (gradient,) = torch.autograd.grad(target, picture)
    return np.asarray(gradient[0].abs().sum(0).numpy(), dtype=np.float32)
