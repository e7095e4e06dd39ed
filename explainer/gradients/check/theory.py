r"""What the error of a difference should be, from derivatives that PyTorch computes exactly.

    truncation, central     ε²/6 · ‖L‴‖        rounding   2 u |L| √n / (width · ε)
    truncation, one-sided   ε/2 · ‖L″‖

both divided by 2 ‖L′‖ to be relative; n parameters, u half the distance from 1 to the next number.
Rounding is modelled as one rounding of each loss, so it gives the size and not the number. Kinks
and dropout are left out: the theory is of the network without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np
import torch
from torch import Tensor

from explainer.gradients.check.checking import Setting, subject
from explainer.gradients.check.differences import Scheme
from explainer.gradients.check.network import B1, B2, W1, W2, Array, Problem
from explainer.gradients.check.sweep import sample

TORCH = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}


@dataclass(frozen=True)
class Theory:
    """Two lines on log-log axes: `truncation` · ε^`order` and `rounding` / ε, for u = 1."""

    truncation: float
    order: int
    rounding: float

    def truncated(self, epsilon: float) -> float:
        """The relative error that comes of cutting Taylor's series off."""
        return self.truncation * epsilon**self.order

    def rounded(self, epsilon: float, dtype: type[np.floating]) -> float:
        """The relative error that comes of rounding the loss."""
        return self.rounding * unit_roundoff(dtype) / epsilon

    def crossing(self, dtype: type[np.floating]) -> float:
        """The ε where both are equal: near the best there is."""
        ratio = self.rounding * unit_roundoff(dtype) / self.truncation
        return float(ratio ** (1 / (self.order + 1)))

    def least(self, dtype: type[np.floating]) -> float:
        """The ε where the sum of both is least: the crossing times order^(−1 / (order + 1))."""
        return self.crossing(dtype) * float(self.order ** (-1 / (self.order + 1)))


def unit_roundoff(dtype: type[np.floating]) -> float:
    """u: the largest relative error of one rounding."""
    return float(np.finfo(dtype).eps) / 2


def torch_loss(theta: Tensor, given: Problem) -> Tensor:
    """The loss in PyTorch: of θ `(…, n)`, one for each of its rows."""
    pixels, targets = (
        torch.from_numpy(np.asarray(part, np.float64)) for part in (given.x, given.targets)
    )
    w1, w2 = (theta[..., one.place].reshape(*theta.shape[:-1], *one.shape) for one in (W1, W2))
    b1, b2 = (theta[..., one.place].unsqueeze(-2) for one in (B1, B2))
    h = TORCH[given.nonlinearity.slug](pixels @ w1 + b1)
    log_p = torch.log_softmax(h @ w2 + b2, dim=-1)
    data: Tensor = -(log_p * targets).sum(dim=-1).mean(dim=-1)
    squares: Tensor = (w1**2).sum(dim=(-2, -1)) + (w2**2).sum(dim=(-2, -1))
    return data + given.penalty * squares


def autograd(setting: Setting) -> Array:
    """The gradient by PyTorch in float64, flat."""
    made = subject(setting)
    theta = torch.from_numpy(made.theta.astype(np.float64)).requires_grad_()
    (found,) = torch.autograd.grad(torch_loss(theta, made.given), theta)
    return np.asarray(found.numpy())


def theory(setting: Setting, scheme: Scheme) -> Theory:
    """The two lines for the sample of parameters that a sweep of `setting` checks."""
    made = subject(setting)
    places = sample(setting.seed)
    theta = torch.from_numpy(made.theta.astype(np.float64))
    along = derivatives(theta, made.given, places, scheme.order + 1)
    size = 2 * float(torch.linalg.norm(along[1]))
    left_out = float(torch.linalg.norm(along[-1])) / factorial(scheme.order + 1)
    at_rest = abs(float(along[0][0]))
    rounding = 2 * at_rest * sqrt(len(places)) / scheme.width
    return Theory(left_out / size, scheme.order, rounding / size)


def derivatives(theta: Tensor, given: Problem, places: Sequence[int], order: int) -> list[Tensor]:
    """The loss and its derivatives up to `order` along each of the parameters at `places`."""
    moved = torch.zeros(len(places), dtype=theta.dtype, requires_grad=True)
    directions = torch.eye(len(theta), dtype=theta.dtype)[list(places)]
    found = [torch_loss(theta + moved[:, None] * directions, given)]
    for _ in range(order):
        found.append(torch.autograd.grad(found[-1].sum(), moved, create_graph=True)[0])
    return [one.detach() for one in found]
