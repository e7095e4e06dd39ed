"""Derivatives by differences of the loss, and how far two gradients are apart.

    central     (L(θ + ε) − L(θ − ε)) / 2ε   = L′ + ε²/6 · L‴ + …
    one-sided   (L(θ + ε) − L(θ)) / ε        = L′ + ε/2 · L″ + …

One parameter at a time, all others as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.gradients.check.network import Array
from explainer.registry import Registry
from explainer.words import N_

Loss = Callable[[Array], np.floating]


@dataclass(frozen=True)
class Scheme:
    """A way to take a difference.

    It evaluates the loss at `forward` ε and `back` ε from where one is, and its error shrinks as
    ε to the power `order`; `code` is the quotient in Python.
    """

    slug: str
    title: str
    forward: float
    back: float
    order: int
    formula: str
    code: str

    @property
    def width(self) -> float:
        """How far apart the two evaluations of the loss are, in units of ε."""
        return self.forward - self.back


CENTRAL = Scheme(
    "central",
    N_("central"),
    1.0,
    -1.0,
    2,
    r"\frac{L(\theta + \varepsilon) - L(\theta - \varepsilon)}{2\varepsilon}",
    "(at(EPSILON) - at(-EPSILON)) / (2 * EPSILON)",
)
ONE_SIDED = Scheme(
    "one-sided",
    N_("one-sided"),
    1.0,
    0.0,
    1,
    r"\frac{L(\theta + \varepsilon) - L(\theta)}{\varepsilon}",
    "(at(EPSILON) - at(0.0)) / EPSILON",
)
SCHEMES = Registry[Scheme](N_("difference"), CENTRAL, ONE_SIDED)


def numeric_gradient(
    loss: Loss, theta: Array, epsilon: float, places: Iterable[int], scheme: Scheme = CENTRAL
) -> Array:
    """The difference quotient of `loss` for the parameters at `places`, in the type of `theta`."""
    kind, moved = theta.dtype.type, theta.copy()
    step, width = kind(epsilon), kind(scheme.width) * kind(epsilon)

    def at(place: int, steps: float) -> np.floating:
        moved[place] = theta[place] + kind(steps) * step
        value = loss(moved)
        moved[place] = theta[place]
        return value

    return np.array(
        [(at(place, scheme.forward) - at(place, scheme.back)) / width for place in places],
        theta.dtype,
    )


def relative_error(approximate: Array, exact: Array) -> float:
    """‖a − b‖ / (‖a‖ + ‖b‖), in [0, 1]; 0 where both are exactly zero, for then they agree.

    NaN where a number of either is NaN or infinite.
    """
    both = np.stack([approximate, exact]).astype(np.float64)
    largest = float(np.abs(both).max(initial=0.0))
    if not 0 < largest < math.inf:
        return 0.0 if largest == 0 else math.nan
    a, b = both / largest  # of tiny numbers the squares would vanish
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def relative_errors(approximate: Array, exact: Array) -> NDArray[np.float64]:
    """The same number by number: |a − b| / (|a| + |b|), 0 where both are 0.

    NaN where one of the two is NaN or infinite.
    """
    both = np.stack([approximate, exact]).astype(np.float64)
    largest = np.abs(both).max(0)
    with np.errstate(invalid="ignore"):  # ∞ / ∞ is NaN, as it should be
        a, b = both / np.where(largest > 0, largest, 1)  # of huge ones the sum would be infinite
    return np.asarray(np.abs(a - b) / np.where(largest > 0, np.abs(a) + np.abs(b), 1))
