"""What is often said of activations, and the numbers that show how far it is true.

Each function measures one saying; none of them needs more than a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explainer.activations.curves import Corner, corners, derivatives
from explainer.activations.registry import ACTIVATIONS

GRID = np.linspace(-12, 12, 4801)
STEPS, RATE = 600, 0.03


@dataclass(frozen=True)
class TanhAndSigmoid:
    """`meet`: beyond it tanh is the flatter; `difference` of tanh(x) and 2σ(2x) − 1."""

    meet: float
    difference: float


def tanh_and_sigmoid() -> TanhAndSigmoid:
    """Where their slopes are equal, and that one is the other, stretched."""
    tanh, sigmoid = (ACTIVATIONS[slug].module().double() for slug in ("tanh", "sigmoid"))
    low, high = 0.0, 6.0
    for _ in range(50):
        middle = (low + high) / 2
        steeper = derivatives(tanh, [middle])[1] > derivatives(sigmoid, [middle])[1]
        low, high = (middle, high) if steeper[0] else (low, middle)
    stretched = 2 * derivatives(sigmoid, 2 * GRID)[0] - 1
    difference = float(np.abs(derivatives(tanh, GRID)[0] - stretched).max())
    return TanhAndSigmoid(low, difference)


@dataclass(frozen=True)
class Trained:
    """`zeros` of `drawn` inputs that were exactly 0; the loss before and after training."""

    zeros: int
    drawn: int
    before: float
    after: float


def relu_trains(seed: int = 0) -> Trained:
    """Normal inputs that fall on the corner, and 32 ReLU units that learn a sine."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(1_000_000, generator=generator)
    first, bias, second = (
        torch.randn(shape, generator=generator) for shape in ((1, 32), (32,), (32, 1))
    )
    parameters = [one.requires_grad_() for one in (first, bias, second * 0.1)]
    inputs = torch.linspace(-3, 3, 128)[:, None]
    losses = []
    with torch.enable_grad():
        for _ in range(STEPS):
            loss = _loss(inputs, parameters)
            losses.append(loss.item())
            for one, gradient in zip(
                parameters, torch.autograd.grad(loss, parameters), strict=True
            ):
                one.data -= RATE * gradient
    return Trained(int((drawn == 0).sum()), len(drawn), losses[0], losses[-1])


def _loss(inputs: Tensor, parameters: list[Tensor]) -> Tensor:
    first, bias, second = parameters
    outputs = torch.relu(inputs @ first + bias) @ second
    return (outputs - torch.sin(inputs)).square().mean()


@dataclass(frozen=True)
class Unit:
    """A ReLU unit over many inputs: how often it gives 0, and the gradient its weight gets."""

    bias: float
    zeros: float
    gradient: float


def relu_unit(bias: float, seed: int = 0) -> Unit:
    """ReLU(x + bias) for 10,000 normal inputs, and the gradient of its mean."""
    inputs = torch.randn(10_000, generator=torch.Generator().manual_seed(seed))
    weight = torch.ones((), requires_grad=True)
    with torch.enable_grad():
        outputs = torch.relu(weight * inputs + bias)
        (gradient,) = torch.autograd.grad(outputs.mean(), weight)
    return Unit(bias, float((outputs == 0).float().mean()), float(gradient))


def softplus_and_sigmoid() -> float:
    """The largest difference of softplus's slope and the sigmoid, from −12 to 12."""
    slope = derivatives(nn.Softplus(), GRID)[1]
    return float(np.abs(slope - derivatives(nn.Sigmoid(), GRID)[0]).max())


def elu_corner(alpha: float) -> Corner | None:
    """The corner of ELU for that α, where its slope has one."""
    found = corners(nn.ELU(alpha), -2, 2)
    return next((one for one in found if one.order == 1), None)


def sigmoid_through(layers: int) -> float:
    """The most that is left of a gradient of 1 after that many sigmoids, weights aside."""
    return float(derivatives(nn.Sigmoid(), [0.0])[1][0]) ** layers
