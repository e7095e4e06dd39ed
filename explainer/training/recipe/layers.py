"""Layers that draw random numbers while they train: dropout, DropConnect, stochastic pooling.

PyTorch's own draw from one global generator. These draw from the generator of their run, so that
runs in threads stay reproducible, and they keep what they drew apart from what they do with it:
the stacked path (`stacked_layers.py`) uses the same functions with the same draws.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def kept(
    shape: tuple[int, ...], drop: float, generator: torch.Generator | None, device: torch.device
) -> Tensor:
    r"""A mask of $1/(1-p)$ with probability $1-p$ and 0 otherwise; its expectation is 1."""
    numbers = torch.rand(shape, generator=generator, device=device)
    return numbers.ge_(drop).mul_(1 / (1 - drop))


class Noisy(nn.Module):
    """A layer that draws from `generator` while training; None is PyTorch's global one."""

    generator: torch.Generator | None = None


class Dropout(Noisy):
    """Inverted dropout of single units, `(N, F)` (Srivastava et al. 2014)."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def draw(self, inputs: Tensor) -> Tensor:
        """A mask of 0 and 1/(1 − p) for one batch, in the shape of its values."""
        return kept(tuple(inputs.shape), self.p, self.generator, inputs.device)

    def forward(self, inputs: Tensor) -> Tensor:
        """`inputs` times a new mask while training, else `inputs`."""
        return inputs * self.draw(inputs) if self.training else inputs


class MapDropout(Dropout):
    """Inverted dropout of whole feature maps of `(N, C, H, W)` (Tompson et al. 2015)."""

    def draw(self, inputs: Tensor) -> Tensor:
        """The mask `(N, C, 1, 1)` for one batch."""
        shape = (*inputs.shape[:2], 1, 1)
        return kept(shape, self.p, self.generator, inputs.device)


class DropConnect(nn.Linear, Noisy):
    """A dense layer that drops weights, not units: one mask for the batch (Wan et al. 2013).

    The mask is inverted, so that evaluation uses the weights as they are: the mean of the masked
    network before its activation.
    """

    def __init__(self, inputs: int, outputs: int, p: float, *, bias: bool = True) -> None:
        super().__init__(inputs, outputs, bias=bias)
        self.p = p

    def draw(self) -> Tensor:
        """The mask of the weights `(O, I)` for one batch."""
        return kept(tuple(self.weight.shape), self.p, self.generator, self.weight.device)

    def forward(self, inputs: Tensor) -> Tensor:
        """`(N, I)` in, `(N, O)` out."""
        weight = self.weight * self.draw() if self.training else self.weight
        return F.linear(inputs, weight, self.bias)


class Skip(nn.Module):
    """Where a skip connection ends and the next begins: adds what the skip before handed on."""

    def forward(self, values: Tensor, carried: Tensor | None = None) -> Tensor:
        """`values`, plus `carried` of the same shape where a skip stands before this one."""
        return values if carried is None else carried + values


class SkipSequential(nn.Sequential):
    """Layers one after another, and past those between two :class:`Skip` the identity."""

    def forward(self, inputs: Tensor) -> Tensor:
        """What the last layer gives."""
        carried: Tensor | None = None
        for module in self:
            if isinstance(module, Skip):
                inputs = carried = module(inputs, carried)
            else:
                inputs = module(inputs)
        return inputs


class StochasticPool2d(Noisy):
    """Pick one of four neighbours with a probability in proportion to it (Zeiler & Fergus 2013).

    In evaluation, the mean weighted by those probabilities. Negative values count as 0; where no
    value is positive, all four are as likely.
    """

    def draw(self, inputs: Tensor) -> Tensor:
        """Numbers in [0, 1), one for each window: `(N, C, H/2, W/2)`."""
        count, channels, height, width = inputs.shape
        shape = (count, channels, height // 2, width // 2)
        return torch.rand(shape, generator=self.generator, device=inputs.device)

    def forward(self, inputs: Tensor) -> Tensor:
        """`(N, C, H, W)` in, `(N, C, H/2, W/2)` out; an odd last row or column is left out."""
        if self.training:
            return pooled_at_random(inputs, self.draw(inputs))
        neighbours = windows(inputs)
        return (neighbours * probabilities(neighbours)).sum(-1)


def windows(inputs: Tensor) -> Tensor:
    """The four values of each 2 × 2 window: `(N, C, H/2, W/2, 4)`."""
    height, width = (side - side % 2 for side in inputs.shape[2:])
    corners = (inputs[:, :, y:height:2, x:width:2] for y in (0, 1) for x in (0, 1))
    return torch.stack(list(corners), -1)


def probabilities(neighbours: Tensor) -> Tensor:
    """Each of the four values, where positive, over their sum; 1/4 where none is positive."""
    positive = neighbours.clamp(min=0)
    total = positive.sum(-1, keepdim=True)
    quarter = torch.full_like(positive, 0.25)
    return torch.where(
        total > 0, positive / total.clamp(min=torch.finfo(total.dtype).tiny), quarter
    )


def pooled_at_random(inputs: Tensor, numbers: Tensor) -> Tensor:
    """From each window the value at which the cumulated probability passes `numbers`."""
    neighbours = windows(inputs)
    with torch.no_grad():
        passed = probabilities(neighbours).cumsum(-1)[..., :3] <= numbers[..., None]
        index = passed.sum(-1, keepdim=True)
    return neighbours.gather(-1, index).squeeze(-1)


def channels_last(inputs: Tensor) -> Tensor:
    """Pictures `(N, C, H, W)` with their channels side by side in memory; points as they are.

    With one channel both layouts are the same memory, and PyTorch goes by the strides: saying so
    keeps the maps that follow in the layout that is fast on the CPU.
    """
    if inputs.dim() != 4:
        return inputs
    inputs = inputs.contiguous(memory_format=torch.channels_last)
    _, channels, height, width = inputs.shape
    strides = (channels * height * width, 1, width * channels, channels)
    return inputs.as_strided(inputs.shape, strides)


def set_generator(model: nn.Module, generator: torch.Generator) -> None:
    """Let all noisy layers of `model` draw from `generator`."""
    for module in model.modules():
        if isinstance(module, Noisy):
            module.generator = generator
