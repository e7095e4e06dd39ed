"""Where the taps of convolutions and poolings lie, read off the modules' settings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from explainer.networks.drill.windows import Window
from explainer.training.recipe.layers import StochasticPool2d
from explainer.training.recipe.poolings import WINDOW

Places = NDArray[np.int64]


@dataclass(frozen=True)
class KernelTaps:
    """The taps of a kernel along one axis."""

    count: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def window(self) -> Window:
        """What an output sees, from its first tap to its last."""
        span = self.dilation * (self.count - 1) + 1
        return Window(Fraction(span), Fraction(self.stride), self.padding)

    def places(self, index: int) -> Places:
        """Where the taps of output `index` lie; outside the input on the padding."""
        return index * self.stride - self.padding + self.dilation * np.arange(self.count)


def kernel_taps(module: nn.Module) -> tuple[KernelTaps, KernelTaps]:
    """The taps along rows and columns of a convolution or of a pooling of fixed size."""
    if isinstance(module, StochasticPool2d):
        return KernelTaps(WINDOW, WINDOW), KernelTaps(WINDOW, WINDOW)
    counts, dilations = _pair(module.kernel_size), _pair(getattr(module, "dilation", 1))
    strides, paddings = _pair(module.stride), _paddings(module.padding, counts, dilations)
    rows, columns = (
        KernelTaps(*numbers) for numbers in zip(counts, strides, paddings, dilations, strict=True)
    )
    return rows, columns


def _paddings(padding: Any, counts: tuple[int, int], dilations: tuple[int, int]) -> tuple[int, int]:
    if padding == "valid":
        return 0, 0
    if padding == "same":  # an odd pixel goes behind
        rows, columns = (d * (n - 1) // 2 for n, d in zip(counts, dilations, strict=True))
        return rows, columns
    return _pair(padding)


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def share(outputs: int, inputs: int) -> Window:
    """The window of an adaptive pooling of `inputs` to `outputs` positions."""
    part = Fraction(inputs, outputs)
    return Window(part, part)


def share_places(index: int, outputs: int, inputs: int) -> Places:
    """Where output `index` of an adaptive pooling looks."""
    first, last = share(outputs, inputs).seen((index, index))
    return np.arange(first, last + 1)
