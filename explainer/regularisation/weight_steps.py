r"""The force of a penalty on one weight, and what four rules make of it step by step.

The data pull the weight $w$ towards where they want it, $\hat w$, by the loss
$\tfrac h2 (w - \hat w)^2$ of curvature $h$. Numbers are Python's own, in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.words import N_

Values = NDArray[np.float64]
Move = Callable[[float], float]
Act = Callable[[float, float], float]

STEPS = 60
REACH = 2.0
LAST = 12
"""The last steps, over which a hop is looked for."""


@dataclass(frozen=True)
class OneWeight:
    """A weight that starts at `start`, is wanted at `wanted`, and steps with learning rate `rate`.

    `strength` is the penalty's λ, `curvature` the data's h; neither is negative.
    """

    start: float
    rate: float
    strength: float
    wanted: float
    curvature: float

    def data_gradient(self, weight: float) -> float:
        r"""$h (w - \hat w)$."""
        return self.curvature * (weight - self.wanted)


def sign(value: float) -> float:
    """1, −1, or 0 for 0, as torch's."""
    return math.copysign(1.0, value) if value else 0.0


def soft_threshold(value: float, amount: float) -> float:
    r"""$\mathrm{sign}(v)\,\max(0, |v| - a)$: what lies within the amount becomes exactly 0.

    Of one number, an eighth of the time of that of arrays in `shapes`.
    """
    return value - min(max(value, -amount), amount)


def _nothing(_weight: float, _amount: float) -> float:
    return 0.0


def _same(weight: float, _amount: float) -> float:
    return weight


@dataclass(frozen=True)
class Rule:
    """How a penalty enters a step: in the gradient (of w and λ), before it or after it.

    What comes before and after takes w and ηλ.
    """

    slug: str
    title: str
    gradient: Act = _nothing
    before: Act = _same
    after: Act = _same


RULES = (
    Rule("l2", N_("L2 in the loss"), gradient=lambda weight, strength: strength * weight),
    Rule("decay", N_("Decoupled decay"), before=lambda weight, amount: (1 - amount) * weight),
    Rule("l1", N_("L1, subgradient"), gradient=lambda weight, strength: strength * sign(weight)),
    Rule("threshold", N_("L1, soft threshold"), after=soft_threshold),
)
L2, DECAY, SUBGRADIENT, THRESHOLD = RULES


@dataclass(frozen=True)
class Method:
    """An optimiser: `begin()` gives what makes the move, in units of the rate, of each gradient."""

    slug: str
    title: str
    begin: Callable[[], Move]


def _sgd() -> Move:
    return float


def _adam(first: float = 0.9, second: float = 0.999, epsilon: float = 1e-8) -> Move:
    """Adam with torch's usual settings (Kingma and Ba 2015)."""
    mean = square = 0.0
    step = 0

    def move(gradient: float) -> float:
        nonlocal mean, square, step
        step += 1
        mean = first * mean + (1 - first) * gradient
        square = second * square + (1 - second) * gradient**2
        size = math.sqrt(square / (1 - second**step)) + epsilon
        return mean / (1 - first**step) / size

    return move


METHODS = (Method("sgd", N_("plain SGD"), _sgd), Method("adam", N_("Adam"), _adam))
SGD, ADAM = METHODS


def path(one: OneWeight, rule: Rule, method: Method = SGD, steps: int = STEPS) -> Values:
    """The weight before the first step and after each: `(steps + 1,)`.

    As in torch: the gradient is taken where the step begins, a decay comes before the move and a
    threshold after it.
    """
    move, weight, amount = method.begin(), one.start, one.rate * one.strength
    found = [weight]
    for _ in range(steps):
        gradient = one.data_gradient(weight) + rule.gradient(weight, one.strength)
        weight = rule.before(weight, amount) - one.rate * move(gradient)
        weight = rule.after(weight, amount)
        found.append(weight)
    return np.array(found)


def at_zero_from(weights: Values) -> int | None:
    """The step from which on the weight is exactly 0 to the end; None where it is not.

    At the last step alone it may be on its way.
    """
    away = np.flatnonzero(weights)
    if not len(away):
        return 0
    return int(away[-1]) + 1 if away[-1] + 2 < len(weights) else None


def hop(weights: Values) -> tuple[float, float] | None:
    """The lowest and the highest of the last weights, where they go back and forth over 0.

    To twelve decimals: what comes of rounding is none of it.
    """
    low, high = (round(float(one), 12) for one in (weights[-LAST:].min(), weights[-LAST:].max()))
    sides = np.sign(weights[weights != 0])
    back_and_forth = low <= 0 <= high and low < high and np.count_nonzero(np.diff(sides)) > 1
    return (low, high) if back_and_forth else None


def pulls(one: OneWeight, weights: Values) -> tuple[Values, Values, Values]:
    """The forces on a weight at each of these places: L1's −λ sign(w), L2's −λw, the data's."""
    l1 = -one.strength * np.sign(weights)
    return l1, -one.strength * weights, -one.curvature * (weights - one.wanted)


def rest(one: OneWeight, *, l1: bool) -> float | None:
    r"""Where loss and penalty are least together; None where no place is better than another.

    Under L2 $\frac{h \hat w}{h + \lambda}$, under L1 the soft threshold of $\hat w$ by
    $\lambda / h$.
    """
    if not one.curvature:
        return 0.0 if one.strength else None
    if l1:
        return soft_threshold(one.wanted, one.strength / one.curvature)
    return one.curvature * one.wanted / (one.curvature + one.strength)
