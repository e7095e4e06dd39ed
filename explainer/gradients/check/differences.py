"""Derivatives by differences of the loss, and how far two gradients are apart.

    central     (L(θ + ε) − L(θ − ε)) / 2ε   = L′ + ε²/6 · L‴ + …
    one-sided   (L(θ + ε) − L(θ)) / ε        = L′ + ε/2 · L″ + …

One parameter at a time, all others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.gradients.check.network import Array

Loss = Callable[[Array], np.floating]


@dataclass(frozen=True)
class Scheme:
    """A way to take a difference.

    It evaluates the loss at `forward` ε and `back` ε from where one is, and its error shrinks as
    ε to the power `order`; `code` is the quotient in Python.
    """

    title: str
    forward: float
    back: float
    order: int
    formula: str
    code: str

    @property
    def width(self) -> float:
        """How far apart the two are, in ε."""
        return self.forward - self.back


CENTRAL = Scheme(
    "central",
    1.0,
    -1.0,
    2,
    r"\frac{L(\theta + \varepsilon) - L(\theta - \varepsilon)}{2\varepsilon}",
    "(at(EPSILON) - at(-EPSILON)) / (2 * EPSILON)",
)
ONE_SIDED = Scheme(
    "one-sided",
    1.0,
    0.0,
    1,
    r"\frac{L(\theta + \varepsilon) - L(\theta)}{\varepsilon}",
    "(at(EPSILON) - at(0.0)) / EPSILON",
)
SCHEMES = (CENTRAL, ONE_SIDED)


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
    """‖a − b‖ / (‖a‖ + ‖b‖), in [0, 1]; 0 where both are exactly zero, for then they agree."""
    a, b = approximate.astype(np.float64), exact.astype(np.float64)
    size = float(np.linalg.norm(a) + np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / size if size else 0.0


def relative_errors(approximate: Array, exact: Array) -> NDArray[np.float64]:
    """The same number by number: |a − b| / (|a| + |b|), and 0 where both are exactly zero."""
    a, b = approximate.astype(np.float64), exact.astype(np.float64)
    size = np.abs(a) + np.abs(b)
    errors: NDArray[np.float64] = np.zeros_like(size)
    np.divide(np.abs(a - b), size, out=errors, where=size > 0)
    return errors
