"""A function of one number with its first and second derivative, and where these jump.

The derivatives are autograd's, in float64: the second comes from a second backward pass. Where a
derivative does not exist, autograd takes a value all the same; `corners` finds such places by
halving intervals, and says which value that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Function = Callable[[Tensor], Tensor]
Numbers = NDArray[np.float64]

ORDERS = 3
JUMP = 1e-7
HALVINGS = 60
MOST_CORNERS = 40


def derivatives(function: Function, places: ArrayLike) -> Numbers:
    """Value, first and second derivative of `function` at each of `places` `(N,)`: `(3, N)`.

    Where autograd sees no dependence, as after a constant, the derivative is 0; where the value is
    no number, neither are they.
    """
    inputs = torch.tensor(np.asarray(places, np.float64), requires_grad=True)
    with torch.enable_grad():
        found = [function(inputs)]
        for _ in range(ORDERS - 1):
            found.append(_derivative(found[-1], inputs))
    values = np.stack([one.detach().numpy() for one in found])
    values[:, np.isnan(values[0])] = np.nan
    return values


def _derivative(outputs: Tensor, inputs: Tensor) -> Tensor:
    if not outputs.requires_grad:
        return torch.zeros_like(inputs)
    (found,) = torch.autograd.grad(outputs.sum(), inputs, create_graph=True, allow_unused=True)
    return torch.zeros_like(inputs) if found is None else found


@dataclass(frozen=True)
class Corner:
    """A place where a derivative jumps: that of order 0 is the value itself.

    `left` and `right` are what it comes to from either side, `taken` what PyTorch gives there.
    """

    place: float
    order: int
    left: float
    right: float
    taken: float


def corners(function: Function, low: float, high: float, pieces: int = 1000) -> tuple[Corner, ...]:
    """Where value, slope or curvature jump from `low` to `high`, by place and order; 40 at most.

    Each of `pieces` intervals is halved towards the larger change until nothing of it is left but a
    jump of more than 1e-7, relative to values above 1. What jumps twice within an interval, or by
    less, is not seen.
    """
    grid = np.linspace(low, high, pieces + 1)
    found = [corner for order in range(ORDERS) for corner in _jumps(function, grid, order)]
    return tuple(sorted(found, key=lambda one: (one.place, one.order))[:MOST_CORNERS])


def _jumps(function: Function, grid: Numbers, order: int) -> list[Corner]:
    values = derivatives(function, grid)[order]
    left, right, at_left, at_right = grid[:-1], grid[1:], values[:-1], values[1:]
    for _ in range(HALVINGS):
        kept = _jumped(at_left, at_right)
        left, right, at_left, at_right = (one[kept] for one in (left, right, at_left, at_right))
        middle = (left + right) / 2
        if not len(middle) or not np.any((middle > left) & (middle < right)):
            break
        at_middle = derivatives(function, middle)[order]
        leftwards = np.abs(at_middle - at_left) >= np.abs(at_right - at_middle)
        left, at_left = np.where(leftwards, left, middle), np.where(leftwards, at_left, at_middle)
        right, at_right = (
            np.where(leftwards, middle, right),
            np.where(leftwards, at_middle, at_right),
        )
    places = np.unique(np.round((left + right) / 2, 9) + 0.0)
    return [_corner(function, float(place), order) for place in places]


def _jumped(left: Numbers, right: Numbers) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):  # false for what is no number
        return np.abs(right - left) > JUMP * np.maximum(1, np.minimum(np.abs(left), np.abs(right)))


def _corner(function: Function, place: float, order: int) -> Corner:
    step = 1e-9 * max(1.0, abs(place))
    left, taken, right = derivatives(function, [place - step, place, place + step])[order]
    return Corner(place, order, float(left), float(right), float(taken))
