r"""Landscapes of two weights, each the loss of a small model on examples that were drawn.

The loss is half the mean squared error, $L(w) = \frac{1}{2n}\sum_i (f_i(w) - y_i)^2$, less what no
weights can better; a minibatch's is that of its examples. The noise in the targets is made upright
to what the model can change, so that the best weights are known exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from explainer.descent.methods import Floats

EXAMPLES = 64
NOISE = 0.5
Rows = np.ndarray | slice
ALL = slice(None)
WIDE = 1.5
SEED = 5


@dataclass(frozen=True)
class Box:
    """The part of the plane that is shown: its middle, and half its height; it is 3 to 2 wide."""

    middle: tuple[float, float]
    half: float

    @property
    def across(self) -> tuple[float, float]:
        """The least and the largest first weight."""
        return self.middle[0] - WIDE * self.half, self.middle[0] + WIDE * self.half

    @property
    def up(self) -> tuple[float, float]:
        """The least and the largest second weight."""
        return self.middle[1] - self.half, self.middle[1] + self.half


@dataclass(frozen=True, eq=False)
class Landscape:
    """A loss of two weights on `examples` examples.

    `gradient(points, rows)` is, at `(M, 2)` and for the examples `rows`, as many; `loss(points)`
    is `(M,)`, on all examples. The chip of a method says when it came to the loss `target`. `marks`
    are places to be seen.
    """

    box: Box
    start: tuple[float, float]
    target: float
    examples: int
    gradient: Callable[[Floats, Rows], Floats]
    loss: Callable[[Floats], Floats]
    marks: tuple[tuple[float, float], ...] = ()


@cache
def features() -> tuple[Floats, Floats]:
    """Features `(n, 2)` with $Z^\\top Z / n = 1$, and noise `(n,)` that they do not explain."""
    draw = np.random.default_rng(SEED)
    drawn = draw.standard_normal((EXAMPLES, 2))
    left, __ = np.linalg.qr(drawn)
    white = left * EXAMPLES**0.5
    return white, upright(NOISE * draw.standard_normal(EXAMPLES), white)


def upright(noise: Floats, columns: Floats) -> Floats:
    """The part of `noise` `(n,)` that no sum of `columns` `(n, k)` explains."""
    found: Floats = noise - columns @ np.linalg.lstsq(columns, noise, rcond=None)[0]
    return found


def mapped(
    box: Box,
    start: tuple[float, float],
    target: float,
    aim: tuple[float, float],
    inner: Callable[[Floats], Floats],
    pulled: Callable[[Floats, Floats], Floats],
) -> Landscape:
    """The model $f_i(w) = z_i \\cdot q(w)$, so $L(w) = \\frac12 |q(w) - q^*|^2$.

    `inner` is q at `(M, 2)`; `pulled(points, upstream)` multiplies by the transposed Jacobian.
    """
    white, noise = features()
    best = np.array(aim)
    targets = white @ best + noise

    def gradient(points: Floats, rows: Rows) -> Floats:
        if rows is ALL:
            return pulled(points, inner(points) - best)
        few = white[rows]
        missed = inner(points) @ few.T - targets[rows]
        return pulled(points, missed @ few / len(few))

    def loss(points: Floats) -> Floats:
        with np.errstate(all="ignore"):  # what blows up is far away
            found: Floats = 0.5 * np.square(inner(points) - best).sum(-1)
        return found

    return Landscape(box, start, target, EXAMPLES, gradient, loss)


def turn(degrees: float) -> Floats:
    """The matrix that turns the plane to the left by so much."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def bowl(condition: float, degrees: float) -> Landscape:
    r"""Linear least squares, of which the Hessian has eigenvalues $\sqrt\kappa$ and its inverse.

    At 0° the second weight is the steep one; at others the bowl is turned to the left, and its
    start with it.
    """
    steep = condition**0.25
    matrix = turn(degrees) * np.array([1 / steep, steep])  # columns scaled: w @ matrix is q

    def inner(points: Floats) -> Floats:
        found: Floats = points @ matrix
        return found

    def pulled(points: Floats, upstream: Floats) -> Floats:
        found: Floats = upstream @ matrix.T
        return found

    start = turn(degrees) @ np.array(BOWL_START)
    place = (float(start[0]), float(start[1]))
    return mapped(Box((0.0, 0.0), 2.2), place, 1e-3, (0.0, 0.0), inner, pulled)


BOWL_START = (-2.0, 0.75)
BEND = 3.0


def ravine() -> Landscape:
    r"""A curved valley after Rosenbrock: $L = \frac12 (w_1-1)^2 + \frac12 (3(w_1^2-w_2))^2$."""

    def inner(points: Floats) -> Floats:
        x = points[..., 0]
        return np.stack([x, BEND * (x * x - points[..., 1])], -1)

    def pulled(points: Floats, upstream: Floats) -> Floats:
        first, second = upstream.T
        return np.stack([first + 2 * BEND * points[:, 0] * second, -BEND * second], -1)

    return mapped(Box((0.0, 1.1), 1.6), (-1.5, 1.0), 1e-2, (1.0, 0.0), inner, pulled)


def saddle() -> Landscape:
    r"""The smallest deep network, $f(x) = w_2 w_1 x$: $L = \frac12 (w_1 w_2 - 1)^2$.

    At (0, 0) the loss is level and falls on two sides.
    """

    def inner(points: Floats) -> Floats:
        product = points[..., 0] * points[..., 1]
        return np.stack([product, np.zeros_like(product)], -1)

    def pulled(points: Floats, upstream: Floats) -> Floats:
        return upstream[:, :1] * points[:, ::-1]

    return mapped(Box((0.0, 0.0), 1.8), (-1.6, 1.55), 1e-3, (1.0, 0.0), inner, pulled)


TRUTH, WAVE_NOISE = (2.0, 0.5), 0.2
LENGTH = 2.0


@cache
def wave() -> tuple[Floats, Floats]:
    """Places `(n,)` from −2 to 2 and targets of a sine with frequency 2 and phase 0.5 there."""
    draw = np.random.default_rng(SEED + 1)
    x = draw.uniform(-LENGTH, LENGTH, EXAMPLES)
    inside = TRUTH[0] * x + TRUTH[1]
    tangents = np.stack([np.cos(inside) * x, np.cos(inside)], 1)
    noise = upright(WAVE_NOISE * draw.standard_normal(EXAMPLES), tangents)
    return x, np.sin(inside) + noise


def minima() -> Landscape:
    r"""A sine's frequency and phase, $f(x) = \sin(w_1 x + w_2)$: several minima."""
    x, targets = wave()
    floor = 0.5 * float(np.square(np.sin(TRUTH[0] * x + TRUTH[1]) - targets).mean())

    def gradient(points: Floats, rows: Rows) -> Floats:
        few = x[rows]
        inside = points[:, :1] * few + points[:, 1:]
        slope = (np.sin(inside) - targets[rows]) * np.cos(inside) / len(few)
        return np.stack([slope @ few, slope.sum(1)], -1)

    def loss(points: Floats) -> Floats:
        with np.errstate(all="ignore"):
            missed = np.sin(points[..., :1] * x + points[..., 1:]) - targets
            found: Floats = 0.5 * np.square(missed).mean(-1) - floor
        return found

    return Landscape(Box((0.0, 1.57), 3.0), (1.5, -0.95), 1e-2, EXAMPLES, gradient, loss)
