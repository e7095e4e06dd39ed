"""The code of the current state: three first layers counted by PyTorch, and a shift tested.

The script stands alone. A test runs it and compares what it prints and finds with `sharing` and
`equivariance`.
"""

from __future__ import annotations

import json

from explainer.convolution.application import CHANNEL_MODES, PADDINGS, pads
from explainer.convolution.equivariance import WRAP, Layer
from explainer.convolution.kernel import Weights
from explainer.convolution.script import literal
from explainer.convolution.sharing import FirstLayer
from explainer.images.script import READ_PICTURE


def sharing_script(
    first: FirstLayer,
    layer: Layer,
    weights: Weights,
    shift: int,
    size: tuple[int, int],
    crop: tuple[int, int],
    *,
    picture: str = "picture.png",
) -> str:
    """Python source that counts the layers `first`, and moves a picture by `shift`.

    The picture is reduced to `size` (width, height) and cut to `crop` (rows, columns), as on the
    page. Run as `python script.py [path]`; without a path it opens `picture`.
    """
    return "\n".join([_count(first), _moving(layer, weights, shift, size, crop, picture)])


def _count(first: FirstLayer) -> str:
    return f'''"""What a small window and shared weights save, and what a shift does."""

import sys
from contextlib import suppress
from io import BytesIO

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageCms, ImageOps
from torch import nn
{READ_PICTURE}
HEIGHT, WIDTH, MAPS, KERNEL = {first.height}, {first.width}, {first.maps}, {first.kernel_size}


class Local(nn.Module):
    """Each place has a window and weights of its own."""

    def __init__(self, height, width, maps, kernel):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(maps, height, width, 3 * kernel**2, device="meta"))
        self.bias = nn.Parameter(torch.empty(maps, height, width, device="meta"))


def count(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


# On the device "meta" a tensor has a shape and no memory, so any size can be counted.
pixels = HEIGHT * WIDTH
counts = {{
    "dense": count(nn.Linear(3 * pixels, MAPS * pixels, device="meta")),
    "local": count(Local(HEIGHT, WIDTH, MAPS, KERNEL)),
    "convolution": count(nn.Conv2d(3, MAPS, KERNEL, padding=KERNEL // 2, device="meta")),
}}
for name, parameters in counts.items():
    print(f"{{name:12}} {{parameters:>26,}} weights and biases, {{4 * parameters:>26,}} bytes")
'''


def _moving(
    layer: Layer,
    weights: Weights,
    shift: int,
    size: tuple[int, int],
    crop: tuple[int, int],
    picture: str,
) -> str:
    before, after = pads(weights.shape[1], layer.application)
    top, bottom = pads(weights.shape[0], layer.application)
    mode = PADDINGS[layer.padding].torch_mode
    pool = "\n    y = F.max_pool2d(y, 2)" if layer.pooled else ""
    black = "" if layer.padding == WRAP else "\n    moved[..., :places] = 0  # black comes in"
    return f"""
path = sys.argv[1] if len(sys.argv) > 1 else {json.dumps(picture)}
codes = cv2.resize(read_picture(path), {size!r}, interpolation=cv2.INTER_AREA)
grey = (codes / 255.0)[:{crop[0]}, :{crop[1]}] @ np.array({CHANNEL_MODES["grey"].weights!r})
x = torch.from_numpy(grey).float()[None, None]  # (1, 1, H, W)
KERNEL_WEIGHTS = torch.tensor({literal(weights)})[None, None]
SHIFT, STEP = {shift}, {layer.step}  # pixels moved; pixels between two neighbours of the output


def layer(x):
    x = F.pad(x, ({before}, {after}, {top}, {bottom}), mode="{mode}")
    y = F.conv2d(x, KERNEL_WEIGHTS, stride={layer.stride}){pool}
    return y


def move(x, places):
    moved = torch.roll(x, places, dims=-1){black}
    return moved


difference = layer(move(x, SHIFT)) - move(layer(x), SHIFT // STEP)
largest = difference.abs().max().item()
print(f"shift first or layer first: they differ by up to {{largest:.6f}}")
"""
