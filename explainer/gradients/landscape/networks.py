"""The networks whose loss is looked at: 4 to 20 layers for the 8 × 8 digits.

A network is a stem, blocks of two layers, and an output layer. With skips it is the residual
network of He et al. (2016), whose shortcuts have no weights; without them the same layers in the
same order. Batch norm is optional, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Unit(nn.Module):
    """A convolution or a dense layer, and batch norm where it is wanted; no activation.

    Convolutions are 3 × 3 and take `(N, C, H, W)`, dense layers take `(N, F)`.
    """

    def __init__(
        self, inputs: int, outputs: int, stride: int, *, convolutional: bool, batch_norm: bool
    ) -> None:
        super().__init__()
        bias = not batch_norm
        self.weigh: nn.Conv2d | nn.Linear
        self.norm: nn.Module | None = None
        if convolutional:
            self.weigh = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=bias)
            self.norm = nn.BatchNorm2d(outputs) if batch_norm else None
        else:
            self.weigh = nn.Linear(inputs, outputs, bias=bias)
            self.norm = nn.BatchNorm1d(outputs) if batch_norm else None

    def forward(self, values: Tensor) -> Tensor:
        weighed: Tensor = self.weigh(values)
        return weighed if self.norm is None else self.norm(weighed)


class Block(nn.Module):
    """Unit, activation, unit; with a skip the input is added; activation.

    Where the shape changes the skip takes every second pixel and adds maps of zeros.
    """

    def __init__(self, first: Unit, second: Unit, activation: nn.Module, *, skip: bool) -> None:
        super().__init__()
        self.first, self.second, self.activation, self.skip = first, second, activation, skip

    def forward(self, values: Tensor) -> Tensor:
        changed: Tensor = self.second(self.activation(self.first(values)))
        if self.skip:
            if changed.shape != values.shape:
                values = values[..., ::2, ::2]
                added = changed.shape[1] - values.shape[1]
                values = F.pad(values, (0, 0, 0, 0, added // 2, added - added // 2))
            changed = changed + values
        answer: Tensor = self.activation(changed)
        return answer


class Network(nn.Module):
    """Logits `(N, sizes[-1])` for pictures `(N, 1, H, W)`.

    `sizes` are the inputs (maps of a picture, or pixels where nothing is convolved), the outputs of
    the stem and of each block, and the classes. A block with more outputs than inputs halves the
    picture.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Callable[[], nn.Module],
        *,
        convolutional: bool,
        skips: bool,
        batch_norm: bool,
    ) -> None:
        super().__init__()

        def unit(inputs: int, outputs: int, stride: int = 1) -> Unit:
            return Unit(inputs, outputs, stride, convolutional=convolutional, batch_norm=batch_norm)

        self.convolutional, self.activation = convolutional, activation()
        self.stem = unit(sizes[0], sizes[1])
        self.blocks = nn.ModuleList(
            Block(
                unit(inputs, outputs, 1 if inputs == outputs else 2),
                unit(outputs, outputs),
                activation(),
                skip=skips,
            )
            for inputs, outputs in pairwise(sizes[1:-1])
        )
        self.out = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, pictures: Tensor) -> Tensor:
        values = pictures if self.convolutional else pictures.flatten(1)
        values = self.activation(self.stem(values))
        for block in self.blocks:
            values = block(values)
        answer: Tensor = self.out(values.mean((2, 3)) if self.convolutional else values)
        return answer


def initialise(network: nn.Module, gain: float, generator: torch.Generator) -> None:
    """Draw every weight matrix from N(0, gain²/inputs); the rest stays as PyTorch has it, or 0.

    $\\sigma = g / \\sqrt{n}$ keeps the variance from layer to layer (He et al. 2015).
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            spread = gain / module.weight[0].numel() ** 0.5
            nn.init.normal_(module.weight, 0.0, spread, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
