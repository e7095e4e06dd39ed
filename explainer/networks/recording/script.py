"""The code of one map: a script that computes it with PyTorch, layer by layer, from the weights.

The script stands alone. It reads the photo as the network is shown it and the network's weights,
both of which the page offers beside it, and runs the layers up to the one in question. A test runs
it and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from torchvision.ops.misc import Permute

from explainer.networks.architectures.residual import Addition, Shortcut
from explainer.networks.recording.graph import INPUT, Layer, layer_named
from explainer.networks.recording.unfolding import Concatenation, Multiplication, Scale
from explainer.training.recipe.layers import Skip
from explainer.words import later

LUMA = "torch.tensor([0.299, 0.587, 0.114])[:, None, None]"


def _shortcut(module: Any) -> str:
    before, step = module.added // 2, module.stride
    return (
        f"lambda maps: F.pad(maps[..., ::{step}, ::{step}], "
        f"(0, 0, 0, 0, {before}, {module.added - before}))"
    )


# What stands for the layers that are no modules of PyTorch's.
WRITTEN: dict[type[nn.Module], Callable[[Any], str]] = {
    Addition: lambda _: "torch.add",
    Skip: lambda _: "lambda *terms: sum(terms)",
    Multiplication: lambda _: "torch.mul",
    Concatenation: lambda _: "lambda *parts: torch.cat(parts, 1)",
    Permute: lambda module: f"lambda maps: maps.permute({tuple(module.dims)})",
    Shortcut: _shortcut,
}


def map_script(
    network: nn.Module,
    found: Sequence[Layer],
    name: str,
    channel: int,
    at: tuple[int, int],
    *,
    title: str,
    weights: str,
    mean: Sequence[float],
    deviation: Sequence[float],
) -> str:
    """Python source that prints the value of map `channel` of layer `name` at row, column `at`.

    `found` are all layers of `network`; `weights` is the expression that gives its `state_dict`;
    `mean` and `deviation`, one for each colour, normalise the photo. The script opens `photo.png`
    and writes `maps.npy`, the layer's maps `(C, H, W)`. Raises `ValueError` for a layer that is of
    neither PyTorch nor this list.
    """
    layer = layer_named(tuple(found), name)
    steps = [
        f"    ({one.name!r}, {_code(network, one)}, {one.inputs!r}, {one.module!r}),"
        for one in _needed(found, layer)
    ]
    grey = len(mean) == 1
    values = f"values[{name!r}][0]"
    maps = {
        "maps": values,
        "channels last": f"{values}.movedim(-1, 0)",
        "flat": f"{values}[:, None, None]",
    }[layer.layout]
    return f'''"""{title.replace('"', "'")}, layer {name}: map {channel} with PyTorch."""

import numpy as np
import torch
import torch.nn.functional as F
{"import torchvision" + chr(10) if "torchvision" in weights else ""}\
from PIL import Image
from safetensors.torch import load_file
from torch import nn

weights = {weights}
photo = np.array(Image.open("photo.png").convert("RGB"))
x = torch.from_numpy(photo).permute(2, 0, 1).float() / 255
{f"x = ({LUMA} * x).sum(0, keepdim=True){chr(10)}" if grey else ""}\
mean, deviation = torch.tensor({list(mean)}), torch.tensor({list(deviation)})
x = ((x - mean[:, None, None]) / deviation[:, None, None])[None]

STEPS = [  # what it is called, what it is, what it takes, where its weights are
{chr(10).join(steps)}
]
values = {{"{INPUT}": x}}
with torch.no_grad():
    for name, layer, takes, path in STEPS:
        if isinstance(layer, nn.Module):
            own = {{key[len(path) + 1:]: value.float() for key, value in weights.items()
                   if key.startswith(path + ".")}}
            layer.eval().load_state_dict(own, strict=False)
        values[name] = layer(*(values[one] for one in takes))

maps = {maps}.numpy()
np.save("maps.npy", maps)
print("{name}, map {channel}, row {at[0]}, column {at[1]}:", maps[{channel}, {at[0]}, {at[1]}])
'''


def _needed(found: Sequence[Layer], last: Layer) -> list[Layer]:
    """The layers that `last` is made from, and itself, in the order in which they run."""
    names, needed = {last.name}, list[Layer]()
    for layer in reversed(found):
        if layer.name in names:
            names.update(layer.inputs)
            needed.append(layer)
    return needed[::-1]


def _code(network: nn.Module, layer: Layer) -> str:
    module = network.get_submodule(layer.module)
    if isinstance(module, Scale):
        return f"lambda maps: maps * weights[{layer.module + '.weight'!r}]"
    for kind, write in WRITTEN.items():
        if isinstance(module, kind):
            return write(module)
    if type(module).__module__.startswith("torch.nn."):
        return f"nn.{module!r}"
    kind_name = type(module).__name__
    raise ValueError(
        later("there is no code for layer {name}, a {kind}", name=repr(layer.name), kind=kind_name)
    )
