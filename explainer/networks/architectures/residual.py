"""ResNet-20 for small pictures (He et al. 2016, section 4.2), in modules that hooks can watch.

A block adds its input to what two convolutions make of it. The addition and the shortcut are
modules of their own, so that a forward hook sees them as it sees any layer.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from explainer.networks.architectures.feed_forward import (
    COLOURS,
    Named,
    mean_and_output,
    normed_convolution,
)

STAGE_WIDTHS = (16, 32, 64)
BLOCKS = 3


class Addition(nn.Module):
    """The sum of two tensors of one shape."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        return residual + shortcut


class Shortcut(nn.Module):
    """The identity where shapes stay; else every second pixel, and new maps full of zeros.

    `(N, C, H, W)` to `(N, outputs, ⌈H/stride⌉, ⌈W/stride⌉)`: option A of the paper, no weights.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.added, self.stride = outputs - inputs, stride

    def forward(self, maps: Tensor) -> Tensor:
        thinned = maps[..., :: self.stride, :: self.stride]
        before = self.added // 2
        return F.pad(thinned, (0, 0, 0, 0, before, self.added - before))


class Block(nn.Module):
    """Convolution, norm, activation, convolution, norm; plus the shortcut; activation."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        layers = OrderedDict(normed_convolution("conv1", inputs, outputs, stride))
        layers["conv1_activation"] = nn.ReLU()
        layers.update(normed_convolution("conv2", outputs, outputs))
        self.residual = nn.Sequential(layers)
        self.shortcut = Shortcut(inputs, outputs, stride)
        self.addition = Addition()
        self.activation = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        summed = self.addition(self.residual(maps), self.shortcut(maps))
        return cast(Tensor, self.activation(summed))


def resnet20() -> nn.Sequential:
    """ResNet-20 for pictures `(N, 3, H, W)` of any size that gives logits `(N, 10)`.

    A 3 × 3 stem of 16 maps, then three stages of three blocks with 16, 32 and 64 maps, the second
    and third of which begin by halving the picture: 19 convolutions, one dense layer, 0.27 million
    parameters.
    """
    return nn.Sequential(OrderedDict(_layers()))


def _layers() -> Named:
    inputs = STAGE_WIDTHS[0]
    yield from normed_convolution("conv1", COLOURS, inputs)
    yield "conv1_activation", nn.ReLU()
    for stage, outputs in enumerate(STAGE_WIDTHS, start=1):
        for number in range(1, BLOCKS + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            yield f"stage{stage}_block{number}", Block(inputs, outputs, stride)
            inputs = outputs
    yield from mean_and_output(inputs)
