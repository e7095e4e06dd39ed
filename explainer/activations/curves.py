"""A function of one number with its first and second derivative, and where these jump.

The derivatives are autograd's, in float64: the second comes from a second backward pass. Where a
derivative does not exist, autograd takes a value all the same; `corners` finds such places by
halving intervals, and says which value that is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from explainer.activations.formula.jets import derivative

Function = Callable[[Tensor], Tensor]
Numbers = NDArray[np.float64]

ORDERS = 3
JUMP = 1e-7
HALVINGS = 60
MOST_CORNERS = 40
LARGE = 1e290
BESIDE = 1e-4


def derivatives(function: Function, places: ArrayLike) -> Numbers:
    """Value, first and second derivative of `function` at each of `places` `(N,)`: `(3, N)`.

    Where autograd sees no dependence, as after a constant, the derivative is 0; where the value is
    no number, neither are they.
    """
    inputs = torch.tensor(np.asarray(places, np.float64), requires_grad=True)
    with torch.enable_grad():
        found = [function(inputs)]
        for _ in range(ORDERS - 1):
            found.append(derivative(found[-1], inputs))
    values = np.stack([one.detach().numpy() for one in found])
    values[:, np.isnan(values[0])] = np.nan
    return values


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

    @property
    def jumps(self) -> bool:
        """Whether the sides differ by more than a function without a jump does over a billionth."""
        return _apart(self.left, self.right)

    @property
    def missed(self) -> bool:
        """Whether both sides come to one number and PyTorch takes another.

        As for ReLU(x) − ReLU(−x), which is x, at 0: it takes 0 − 0 for the slope.
        """
        return not self.jumps and _apart(self.left, self.taken)

    @property
    def overflows(self) -> bool:
        """Whether nothing jumps, but one side is too large for a number."""
        finite = [abs(one) for one in (self.left, self.right) if math.isfinite(one)]
        return len(finite) == 1 and finite[0] > LARGE and not math.isnan(self.left + self.right)


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > BESIDE * max(1.0, abs(one), abs(other))


def corner_at(function: Function, place: float) -> Corner | None:
    """The lowest order that jumps at `place`, or is not taken as its sides are; `None` of none."""
    found = (_corner(function, place, order) for order in range(ORDERS))
    return next((one for one in found if one.jumps or one.missed), None)


def sides(function: Function, corner: Corner) -> tuple[float, float]:
    """What the derivative comes to from the left and the right; ±∞ where it grows without bound.

    It does where it is larger by a tenth at a hundredth of the distance, as a logarithm is.
    """
    near = 1e-11 * max(1.0, abs(corner.place))
    places = [corner.place - near, corner.place + near]
    left, right = (float(one) for one in derivatives(function, places)[corner.order])
    return _limit(corner.left, left), _limit(corner.right, right)


def _limit(near: float, nearer: float) -> float:
    grows = abs(nearer) > 1.1 * max(1.0, abs(near))
    return math.copysign(math.inf, nearer) if grows else near


@np.errstate(invalid="ignore", over="ignore")
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
    whole = np.nan_to_num(np.abs(at_right - at_left), posinf=0.0)
    for _ in range(HALVINGS):
        kept = _jumped(at_left, at_right, whole)
        left, right, at_left, at_right, whole = (
            one[kept] for one in (left, right, at_left, at_right, whole)
        )
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
    made = (_corner(function, float(place), order) for place in places[:MOST_CORNERS])
    return [one for one in made if not one.overflows]


def _jumped(left: Numbers, right: Numbers, whole: Numbers) -> NDArray[np.bool_]:
    """Whether what is left of the change over a `whole` interval is a jump; not where NaN is."""
    size = np.maximum(whole, np.minimum(np.abs(left), np.abs(right)))
    return np.abs(right - left) > JUMP * np.maximum(1, size)


def _corner(function: Function, place: float, order: int) -> Corner:
    step = 1e-9 * max(1.0, abs(place))
    left, taken, right = derivatives(function, [place - step, place, place + step])[order]
    return Corner(place, order, float(left), float(right), float(taken))
