r"""A filter's response to a picture through an activation, and the gradient all the way back.

$z = s\,(w \star x) + b$ with the grey picture x `(H, W)`, its edge repeated outside, then
$y = f(z)$. For a chosen upstream gradient $g = \partial L/\partial y$ autograd gives
$\partial L/\partial x$, exactly and in float64. Left out: colours, and more than one filter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explainer.activations.curves import Function
from explainer.registry import Registry
from explainer.words import N_

Numbers = NDArray[np.float64]
GREY = np.array([0.299, 0.587, 0.114])
CUT, SATURATED, SPOT = 1e-6, 0.01, 0.08


@dataclass(frozen=True)
class Upstream:
    """A gradient that arrives at the output: `make(outputs, row, column)` gives it, of one shape.

    `row` and `column` are shares of height and width in [0, 1]; they matter where it is `placed`.
    """

    slug: str
    title: str
    meaning: str
    make: Callable[[Tensor, float, float], Tensor]
    placed: bool = False


def _ones(outputs: Tensor, row: float, column: float) -> Tensor:
    return torch.ones_like(outputs)


def _itself(outputs: Tensor, row: float, column: float) -> Tensor:
    return outputs.detach()


def _spot(outputs: Tensor, row: float, column: float) -> Tensor:
    height, width = outputs.shape
    down = torch.arange(height, dtype=outputs.dtype) - row * (height - 1)
    right = torch.arange(width, dtype=outputs.dtype) - column * (width - 1)
    radius = max(1.0, SPOT * min(height, width))
    return (down[:, None] ** 2 + right**2 <= radius**2).to(outputs.dtype)


UPSTREAMS = Registry[Upstream](
    N_("upstream gradient"),
    Upstream(
        "output",
        N_("The output itself"),
        N_("the gradient of half the sum of all squared outputs"),
        _itself,
    ),
    Upstream("ones", N_("All ones"), N_("the gradient of the sum of all outputs"), _ones),
    Upstream(
        "spot",
        N_("A spot"),
        N_("the gradient of the sum of the outputs in one disc"),
        _spot,
        placed=True,
    ),
)


@dataclass(frozen=True)
class Shares:
    r"""Of all places, shares in [0, 1] that sum to 1.

    `cut`: $|f'(z)| < 10^{-6}$; `saturated`: above that, but below 1 % of the greatest slope the
    function has (where that has no bound, of the greatest here); `undefined`: where there is no
    slope; `passing`: the rest.
    """

    cut: float
    saturated: float
    undefined: float
    passing: float


@dataclass(frozen=True, eq=False)
class Passage:
    """What one activation makes of a response `(H, W)`, and the gradient at the picture."""

    response: Numbers
    output: Numbers
    slope: Numbers
    gradient: Numbers
    shares: Shares


def grey(pixels: NDArray[np.floating]) -> Numbers:
    """A picture `(H, W, 3)` as grey `(H, W)`, by the shares of BT.601."""
    return np.asarray(pixels @ GREY, np.float64)


def response(picture: Tensor, weights: Numbers, scale: float, bias: float) -> Tensor:
    """The filter's response z `(H, W)` to a grey picture `(H, W)`; the kernel's sides are odd."""
    height, width = weights.shape
    sides = (width // 2, width // 2, height // 2, height // 2)
    padded = F.pad(picture[None, None], sides, mode="replicate")
    kernel = torch.tensor(weights, dtype=picture.dtype)[None, None]
    return scale * F.conv2d(padded, kernel)[0, 0] + bias


def through(
    picture: Numbers,
    weights: Numbers,
    function: Function,
    upstream: Upstream,
    *,
    steepest: float,
    scale: float = 1.0,
    bias: float = 0.0,
    spot: tuple[float, float] = (0.5, 0.5),
) -> Passage:
    """The passage of a grey picture `(H, W)`; `steepest` is the greatest |f′| there is."""
    inputs = torch.tensor(picture, dtype=torch.float64, requires_grad=True)
    with torch.enable_grad():
        before = response(inputs, weights, scale, bias)
        output = function(before)
        slope = _pulled(output, before, torch.ones_like(output))
        gradient = _pulled(output, inputs, upstream.make(output, *spot))
    steep = slope.abs()
    maps = (before.detach(), output.detach(), slope, gradient)
    found, given, steepness, back = (one.numpy() for one in maps)
    return Passage(found, given, steepness, back, _shares(steep, steepest))


def _pulled(outputs: Tensor, inputs: Tensor, upstream: Tensor) -> Tensor:
    if not outputs.requires_grad:
        return torch.zeros_like(inputs)
    (found,) = torch.autograd.grad(
        outputs, inputs, upstream, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return found


def _shares(steep: Tensor, steepest: float) -> Shares:
    if math.isinf(steepest):
        steepest = float(steep.nan_to_num(0, posinf=0).max())
    cut, undefined = steep < CUT, steep.isnan()
    saturated = ~cut & (steep < SATURATED * steepest)
    none, few, nowhere = (int(one.sum()) / steep.numel() for one in (cut, saturated, undefined))
    return Shares(none, few, nowhere, 1 - none - few - nowhere)
