r"""Two classes told apart by two weights, penalised: where loss and penalty are least together.

The loss is the mean cross-entropy of a logistic regression without a bias,
$L(w) = \frac1n \sum_i \log(1 + e^{x_i \cdot w}) - c \cdot w$ with $c = \frac1n \sum_i y_i x_i$,
y 0 or 1. The least loss lies where $\frac1n \sum_i \sigma(x_i \cdot w) x_i = c$, so each place of
the plane is where some c has it: an optimum is moved as if the classes had the odds that it says.
The classes: whether diabetes went farther within a year than in half of 442 patients (Efron et al.
2004); there are as many of each, and inputs are standardised, so that a bias is 0.04 at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.paths import diabetes
from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_weights import Numbers, descended, inputs_of

ROUNDS, SMOOTH_ROUNDS, ENOUGH = 40, 16, 1e-9
INNER = 6  # sweeps through both weights for each time that the curvature is taken
RAYS, RAY_ROUNDS = 48, 4
GRID, CELLS, EDGE = 401, 69, 1.7
STEEPEST = 0.25  # of the logistic function


@dataclass(frozen=True)
class TwoClasses:
    """The loss of the pair of features of that `slug`, with its least at `optimum` ŵ."""

    slug: str
    optimum: tuple[float, float]

    @property
    def rest(self) -> float:
        """The least loss, in nats."""
        return float(self.loss(np.array(self.optimum)))

    @property
    def pull(self) -> Numbers:
        """c `(2,)`."""
        return _slope(inputs_of(self.slug), np.array(self.optimum))

    def loss(self, weights: Numbers) -> Numbers:
        """The mean cross-entropy, in nats, at weights `(…, 2)`."""
        logits = weights @ inputs_of(self.slug).T
        return np.asarray(np.logaddexp(0, logits).mean(-1) - weights @ self.pull)

    def minima(self, shape: Shape, strengths: Numbers) -> Numbers:
        """The minimum of L + λR for each of `strengths` `(…,)`: `(…, 2)`.

        By Newton's method: with the curvature of the loss alone where the penalty has corners, else
        with the penalty's too. Where it is not convex, from the lowest of a grid, for one strength.
        """
        if not shape.convex:
            return _lowest(self, shape, float(strengths))
        if shape.share is not None or shape.p == 1:
            return _cornered(self, shape, strengths)
        begun = shape.shrunk(
            np.broadcast_to(self.pull, (*np.shape(strengths), 2)), STEEPEST, strengths[..., None]
        )
        return _smooth(self, shape, strengths, begun)

    def zeroed(self, shape: Shape, strength: float, places: Numbers) -> NDArray[np.bool]:
        """For optima at all pairs of `places` `(N,)`: whether a weight becomes exactly 0, `(N, N)`.

        Rows are the second weight, columns the first. A weight is 0 where, with the other at its
        best beside it, the loss pulls at it with no more than the penalty holds against; where the
        penalty is not convex, to a grid's precision, where the lowest place is on an axis.
        """
        pulls = _pulls(self.slug, tuple(places.tolist()))
        found = np.zeros(pulls.shape[:2], bool)
        if not shape.cornered:
            return found
        if not shape.convex:
            plane, partition = _grid(self.slug)
            heights, on_axis = partition + strength * shape.values(plane), (plane == 0).any(-1)
            for row, pull in enumerate(pulls):
                depths = pull @ plane.T - heights
                found[row] = depths[:, on_axis].max(-1) >= depths[:, ~on_axis].max(-1)
            return found
        flat = strength * (1.0 if shape.share is None else shape.share)
        round_ = strength - flat if shape.share is not None else 0.0
        for kept, (line, own, other) in enumerate(_sides(self.slug)):
            at = np.clip(np.abs(pulls[..., kept]) - flat, 0, None) * np.sign(pulls[..., kept])
            beside = np.interp(at, own + round_ * line, other)
            found |= np.abs(pulls[..., 1 - kept] - beside) <= flat
        return found

    def contours(self, heights: tuple[float, ...]) -> Numbers:
        """Where the loss is so much above its least: a closed line for each height, `(K, R, 2)`."""
        return _contours(self, heights)

    def moved_to(self, optimum: tuple[float, float]) -> TwoClasses:
        """The same patients with classes of other odds, for which this is the optimum."""
        return replace(self, optimum=optimum)


@cache
def two_classes(slug: str) -> TwoClasses:
    """The problem of that pair of features. Raises `ValueError` that names the pairs there are."""
    inputs, target = inputs_of(slug), diabetes().target
    wanted = (target > np.median(target)) @ inputs / len(target)
    found = np.zeros(2)
    for _ in range(ROUNDS):
        slope, curvature = _tangent(inputs, found)
        found = found - np.linalg.solve(curvature, slope - wanted)
    first, second = (float(one) for one in found)
    return TwoClasses(slug, (first, second))


def _odds(inputs: Numbers, weights: Numbers) -> Numbers:
    """The probability of class 1 for each patient, `(…, N)`."""
    return np.asarray(1 / (1 + np.exp(-(weights @ inputs.T))))


def _slope(inputs: Numbers, weights: Numbers) -> Numbers:
    """Of the loss, but for c: `(…, 2)`."""
    return np.asarray(_odds(inputs, weights) @ inputs / len(inputs))


def _tangent(inputs: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """The loss's slope, but for c, `(…, 2)` and its curvature `(…, 2, 2)` at weights `(…, 2)`."""
    odds = _odds(inputs, weights)
    products = (inputs[:, :, None] * inputs[:, None]).reshape(-1, 4)
    curvature = (odds * (1 - odds)) @ products / len(inputs)
    return odds @ inputs / len(inputs), curvature.reshape(*weights.shape, 2)


def _cornered(problem: TwoClasses, shape: Shape, strengths: Numbers) -> Numbers:
    """Down from 0: on each parabola that touches the loss, one weight after the other, exactly."""
    inputs, pull = inputs_of(problem.slug), problem.pull
    found = np.zeros((*np.shape(strengths), 2))
    for _ in range(ROUNDS):
        slope, curvature = _tangent(inputs, found)
        towards = (curvature @ found[..., None])[..., 0] - slope + pull
        before = found
        found = descended(curvature, shape, strengths, towards, found, sweeps=INNER)
        if np.abs(found - before).max(initial=0) < ENOUGH:
            break
    return found


def _lowest(problem: TwoClasses, shape: Shape, strength: float) -> Numbers:
    """The lowest minimum of those near the lowest place of a grid with 2, 1 or 0 weights of 0."""
    plane, partition = _grid(problem.slug)
    heights = partition - plane @ problem.pull + strength * shape.values(plane)
    zeros = (plane == 0) @ [1, 2]
    starts = np.stack([plane[np.where(zeros == one, heights, np.inf).argmin()] for one in range(4)])
    with np.errstate(all="ignore"):  # where there is none, Newton's method has nowhere to go
        ends = _smooth(problem, shape, np.full(4, strength), starts)
        both = np.concatenate([starts, ends])
        return np.asarray(both[np.nanargmin(problem.loss(both) + strength * shape.values(both))])


def _smooth(problem: TwoClasses, shape: Shape, strengths: Numbers, begun: Numbers) -> Numbers:
    """Newton's method in u with w = u^q, so that the slope of |w|^p / p has no edge at 0.

    Where p < 1 it has one for every q, and what is 0 stays.
    """
    inputs, pull, p = inputs_of(problem.slug), problem.pull, shape.p
    power, strong = max(1.0, 1 / (p - 1)), np.asarray(strengths)[..., None]
    rise = power * (p - 1)
    held = (begun == 0) & (p < 1)
    tied = held[..., :, None] | held[..., None, :]
    u = np.sign(begun) * np.abs(begun) ** (1 / power)
    for _ in range(SMOOTH_ROUNDS):
        size, side = np.abs(u), np.sign(u)
        slope, curvature = _tangent(inputs, side * size**power)
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.where(held, 0, slope - pull + strong * side * size**rise)
            own = np.where(held, 1, strong * rise * size ** (rise - 1))
        bent = np.where(tied, 0, curvature * (power * size ** (power - 1))[..., None, :])
        bent = bent + own[..., None] * np.eye(2)
        first, second = np.moveaxis(bent, -2, 0)  # its rows
        turned = np.stack([second[..., 1], -first[..., 1], -second[..., 0], first[..., 0]], -1)
        step = (turned.reshape(bent.shape) @ off[..., None])[..., 0]
        volume = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.nan_to_num(step / volume[..., None], posinf=0, neginf=0)
        u = u - step
        if np.abs(step).max(initial=0) < ENOUGH:
            break
    return np.asarray(np.sign(u) * np.abs(u) ** power)


@cache
def _grid(slug: str) -> tuple[Numbers, Numbers]:
    """Places of the plane `(P, 2)`, and what of the loss does not depend on c there, `(P,)`."""
    line = np.linspace(-EDGE, EDGE, CELLS)
    plane = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    return plane, np.logaddexp(0, plane @ inputs_of(slug).T).mean(-1)


@lru_cache(maxsize=4)
def _pulls(slug: str, places: tuple[float, ...]) -> Numbers:
    """c for an optimum at each pair of places: `(N, N, 2)`."""
    return _slope(inputs_of(slug), np.stack(np.meshgrid(places, places), -1))


@cache
def _sides(slug: str) -> tuple[tuple[Numbers, Numbers, Numbers], ...]:
    """Along either axis: the weight, the slope in it, and the slope in the other weight."""
    line = np.linspace(-4, 4, GRID)
    found = []
    for kept in (0, 1):
        slope = _slope(inputs_of(slug), line[:, None] * np.eye(2)[kept])
        found.append((line, slope[:, kept], slope[:, 1 - kept]))
    return tuple(found)


@lru_cache(maxsize=64)
def _contours(problem: TwoClasses, heights: tuple[float, ...]) -> Numbers:
    """From the optimum outwards along rays, which meet each contour once: Newton's method.

    In single precision, which is far finer than a screen, and three times as fast.
    """
    inputs, optimum, pull = inputs_of(problem.slug), np.array(problem.optimum), problem.pull
    curvature = np.linalg.cholesky(_tangent(inputs, optimum)[1])
    turns = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
    ways = np.linalg.solve(curvature.T, np.stack([np.cos(turns), np.sin(turns)])).T
    begun, moved = ((one @ inputs.T).astype(np.float32) for one in (optimum, ways))
    wanted, given = np.array(heights)[:, None], ways @ pull
    far = np.sqrt(2 * wanted) * np.ones(RAYS)
    for _ in range(RAY_ROUNDS):
        logits = begun + far[..., None].astype(np.float32) * moved
        small = np.exp(-np.abs(logits))
        loss = (np.maximum(logits, 0) + np.log(1 + small)).mean(-1) - optimum @ pull - far * given
        odds = np.where(logits > 0, 1, small) / (1 + small)
        far = far - (loss - problem.rest - wanted) / ((odds * moved).mean(-1) - given)
    return np.asarray(optimum + far[..., None] * ways)
