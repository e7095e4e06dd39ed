"""The kernels of a network's first convolution: each as one pattern and one mixture of colours.

A learned kernel has a pattern for each colour. Its singular value decomposition gives the one
pattern and the one mixture of the colours that together hold most of it; the rest is told as a
share. Beside that, the kernel as it acts on a grey picture: the sum of its colours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.convolution.bank import SMALLEST, Match, bank, closest
from explainer.networks.recording.graph import Layer
from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is compared of a kernel: `weights` `(k, k)`, the mixture of colours `(C,)` of length 1.

    Mixture times weights is the nearest to the kernel of its form; `share` is the part of the
    kernel's energy (its squared weights) that this holds, 0 to 1.
    """

    weights: Floats
    mixture: Floats
    share: float


@dataclass(frozen=True)
class Reading:
    """A way to make one pattern of a kernel `(C, k, k)`."""

    slug: str
    title: str
    meaning: str
    pattern: Callable[[Floats], Pattern]


def principal(kernel: Floats) -> Pattern:
    """The pattern and the mixture of the largest singular value; the mixture's sum is not negative.

    Of two such patterns, one and its negative, that is: the one that likes light.
    """
    flat = kernel.reshape(len(kernel), -1)
    left, values, right = np.linalg.svd(flat, full_matrices=False)
    mixture, weights = left[:, 0], values[0] * right[0]
    sign = _sign(mixture)
    energy = float(np.square(flat).sum())
    share = float(values[0] ** 2) / energy if energy else 0.0
    return Pattern(sign * weights.reshape(kernel.shape[1:]), sign * mixture, share)


def grey(kernel: Floats) -> Pattern:
    """All colours alike: the mean of their patterns, times the root of their number."""
    count = len(kernel)
    weights = kernel.sum(axis=0) / np.sqrt(count)
    energy = float(np.square(kernel).sum())
    share = float(np.square(weights).sum()) / energy if energy else 0.0
    return Pattern(weights, np.full(count, 1 / np.sqrt(count)), share)


def _sign(mixture: Floats) -> float:
    total = float(mixture.sum())
    if abs(total) < 1e-9:
        total = float(mixture[np.argmax(np.abs(mixture))])
    return 1.0 if total >= 0 else -1.0


READINGS = Registry[Reading](
    N_("reading"),
    Reading(
        "own-colours",
        N_("in its own colours"),
        N_("The one pattern and the one mixture of colours that hold most of the kernel."),
        principal,
    ),
    Reading(
        "grey",
        N_("on grey"),
        N_("What the kernel does to a grey picture: the sum of its colours."),
        grey,
    ),
)


@dataclass(frozen=True, eq=False)
class Compared:
    """A learned kernel `(C, k, k)`, its pattern, and the hand-made kernel nearest to that.

    `match` is None for a pattern of zeros. `unlikely` is the share of random kernels that find
    nothing as close as this.
    """

    index: int
    kernel: Floats
    pattern: Pattern
    match: Match | None
    unlikely: float

    @property
    def strength(self) -> float:
        """|r|, 0 where there is nothing to compare."""
        return abs(self.match.correlation) if self.match else 0.0


def first_convolution(network: nn.Module, found: tuple[Layer, ...]) -> nn.Conv2d | None:
    """The first convolution with square kernels of at least 2 × 2 taps that sees the picture."""
    for layer in found:
        module = network.get_submodule(layer.module)
        if isinstance(module, nn.Conv2d):
            rows, columns = module.kernel_size
            fits = rows == columns >= SMALLEST and layer.inputs == ("input",)
            return module if fits and module.groups == 1 else None
    return None


def compared(convolution: nn.Conv2d, reading: Reading) -> tuple[Compared, ...]:
    """Every kernel of the convolution beside its nearest hand-made one, the closest first."""
    kernels = convolution.weight.detach().double().numpy()
    among = bank(kernels.shape[-1])
    found = []
    for index, kernel in enumerate(kernels):
        pattern = reading.pattern(kernel)
        # What is left of colours that cancel is rounding, not a pattern.
        empty = not np.linalg.norm(pattern.weights) > 1e-6 * np.linalg.norm(kernel)
        match = None if empty else closest(pattern.weights, among)
        unlikely = among.share_below(match.correlation) if match else 0.0
        found.append(Compared(index, kernel, pattern, match, unlikely))
    return tuple(sorted(found, key=lambda one: -one.strength))


@dataclass(frozen=True, eq=False)
class Responses:
    """What both kernels give for a photo, `(h, w)` each, without bias, and how alike that is.

    `correlation` is Pearson's, of the two maps; nan where one of them is constant.
    """

    learned: NDArray[np.float32]
    hand_made: NDArray[np.float32]
    correlation: float


@torch.no_grad()
def responses(convolution: nn.Conv2d, inputs: Tensor, one: Compared) -> Responses:
    """Both kernels on `inputs` `(1, C, H, W)`, as the network's convolution is applied.

    The hand-made kernel sees the pattern's mixture of the colours, times the factor that brings it
    nearest to the pattern.
    """
    if one.match is None:
        raise ValueError(f"kernel {one.index} has no pattern to compare")
    stood_in = one.match.factor * one.match.kernel.weights
    both = np.stack([one.kernel, one.pattern.mixture[:, None, None] * stood_in])
    maps = F.conv2d(
        inputs,
        torch.from_numpy(both).float(),
        stride=convolution.stride,
        padding=convolution.padding,
        dilation=convolution.dilation,
    )[0].numpy()
    flat = maps.reshape(2, -1).astype(np.float64)
    constant = not (flat.std(axis=1) > 1e-12 * np.abs(flat).max(axis=1)).all()
    correlation = float("nan") if constant else _pearson(flat[0], flat[1])
    return Responses(maps[0], maps[1], correlation)


def _pearson(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
