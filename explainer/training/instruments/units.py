r"""Units that have stopped to answer: dead ones, and values where the activation is saturated.

Both look at the slope $f'(z)$ of the activation, which is what a gradient is multiplied by, for
every value $z$ that the layer before it gives. The derivative is autograd's own, so every
activation of the registry is covered. What comes after, such as pooling, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explainer.activations.registry import TRAINED
from explainer.training.engine.run import Run
from explainer.training.instruments.copies import check_from_one, twin, validation

FLAT = 1e-6
SATURATED = 0.01
AROUND_ZERO = (-8.0, 8.0, 1601)  # where every activation has its greatest slope
KINDS = tuple({type(entry.module()) for entry in TRAINED})
SUFFIX = "_activation"


@dataclass(frozen=True)
class UnitShares:
    r"""The units of one hidden layer, shares in [0, 1]; a unit of a convolution is a feature map.

    `dead`: of the units, those with $|f'(z)| < 10^{-6}$ for every example (and, of a map, at every
    position). For ReLU that is a unit that gives 0 for all examples: no gradient reaches its
    weights. `saturated`: of all pairs of a unit and an example (and, of a map, a position), those
    where $|f'(z)|$ is below 1 % of the greatest slope that the activation has anywhere. For ReLU
    those are the values that it cuts to 0, about a half when training begins; a leaky ReLU, whose
    smaller slope is 1 %, is never saturated. Both are NaN where a value is not a finite
    number, as in a network that diverged.
    """

    layer: str
    units: int
    dead: float
    saturated: float


def unit_shares(run: Run, most: int = 256) -> tuple[UnitShares, ...]:
    """Every hidden layer of `run`, in evaluation mode, on the first `most` validation examples.

    A linear model has none.
    """
    check_from_one(most=most)
    model, found = twin(run).model, list[UnitShares]()
    for name, module in model.named_modules():
        if isinstance(module, KINDS):
            module.register_forward_pre_hook(_noting(name.removesuffix(SUFFIX), found))
    with torch.no_grad():
        model(validation(run, most)[0])
    return tuple(found)


def slopes(activation: nn.Module, values: Tensor) -> Tensor:
    """The derivative of `activation` at each of `values`."""
    with torch.enable_grad():  # `forward`, which calls no hooks: one of them may be asking
        inputs = values.detach().requires_grad_()
        (found,) = torch.autograd.grad(activation.forward(inputs).sum(), inputs)
    return found


def greatest_slope(activation: nn.Module, device: torch.device | None = None) -> float:
    """The greatest |f'| of `activation`, whose parameters, if it has any, lie on `device`."""
    return float(slopes(activation, torch.linspace(*AROUND_ZERO, device=device)).abs().amax())


def _noting(layer: str, found: list[UnitShares]) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def note(activation: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found.append(_shares(layer, activation, inputs[0]))

    return note


def _shares(layer: str, activation: nn.Module, values: Tensor) -> UnitShares:
    steep = slopes(activation, values).abs()  # (N, units) or (N, units, H, W)
    dead = steep.amax([place for place in range(steep.dim()) if place != 1]) < FLAT
    saturated = steep < SATURATED * greatest_slope(activation, values.device)
    sound = bool(values.isfinite().all())  # of a value that is no number ReLU says the slope 0
    return UnitShares(
        layer=layer,
        units=len(dead),
        dead=float(dead.float().mean()) if sound else math.nan,
        saturated=int(saturated.sum()) / saturated.numel() if sound else math.nan,
    )
