r"""A least-squares problem of two weights, penalised: where its minimum lies, exactly.

With features x and target y standardised, half the mean squared error is
$L(w) = L(\hat w) + \tfrac12 (w-\hat w)^\top H (w-\hat w)$, where $H$ has 1 on its diagonal and the
features' correlation $\rho$ beside it. What is minimised is $L(w) + \lambda R(w)$; or L alone, with
$R(w) \le t$. The data: 442 patients with diabetes (Efron, Hastie, Johnstone and Tibshirani 2004).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.regularisation.paths import diabetes, standardised
from explainer.regularisation.shapes import Shape
from explainer.words import N_

Numbers = NDArray[np.float64]
SWEEPS, ENOUGH = 120, 1e-8
MOST_STRENGTH = 1e9
RAYS = 72  # of a contour
PATH = np.concatenate([[0.0], np.geomspace(1e-3, 4.0, 70)])


@dataclass(frozen=True)
class Pair:
    """Two features of the data by their names there, and what they are."""

    slug: str
    title: str
    first: str
    second: str
    columns: tuple[str, str]


PAIRS = Registry[Pair](
    N_("pair of features"),
    Pair("bmi-bp", N_("Body mass and blood pressure"), N_("body mass index"),
         N_("blood pressure"), ("bmi", "bp")),
    Pair("s1-s2", N_("Two cholesterols"), N_("total cholesterol"), N_("LDL cholesterol"),
         ("s1", "s2")),
    Pair("s3-s4", N_("HDL and its ratio"), N_("HDL cholesterol"), N_("total ÷ HDL"),
         ("s3", "s4")),
)  # fmt: skip


class Problem(Protocol):
    """A loss of two weights that is convex, with its least at `optimum` ŵ."""

    @property
    def optimum(self) -> tuple[float, float]: ...

    @property
    def rest(self) -> float:
        """The least loss."""

    def __hash__(self) -> int: ...

    def loss(self, weights: Numbers) -> Numbers:
        """At weights `(…, 2)`: `(…)`."""

    def minima(self, shape: Shape, strengths: Numbers) -> Numbers:
        """Where the loss + λR is least, for each of `strengths` `(…,)`: `(…, 2)`."""

    def zeroed(self, shape: Shape, strength: float, places: Numbers) -> NDArray[np.bool]:
        """For optima at all pairs of `places` `(N,)`: whether a weight becomes exactly 0, `(N, N)`.

        Rows are the second weight, columns the first. `(0, 0)` where that takes too long.
        """

    def contours(self, heights: tuple[float, ...]) -> Numbers:
        """Where the loss is so much above its least: a closed line for each height, `(K, R, 2)`."""

    def moved_to(self, optimum: tuple[float, float]) -> Problem:
        """The same inputs with a target for which this is the optimum."""


@dataclass(frozen=True)
class TwoWeights:
    """A loss of two weights: its `optimum` ŵ, the `correlation` ρ, and the loss at the optimum."""

    correlation: float
    optimum: tuple[float, float]
    rest: float

    @property
    def curvature(self) -> Numbers:
        """H, `(2, 2)`."""
        return np.array([[1.0, self.correlation], [self.correlation, 1.0]])

    def loss(self, weights: Numbers) -> Numbers:
        """Half the mean squared error at weights `(…, 2)`."""
        off = weights - np.array(self.optimum)
        return np.asarray(self.rest + 0.5 * ((off @ self.curvature) * off).sum(axis=-1))

    def half_axes(self, height: float) -> tuple[float, float]:
        """Of the ellipse where the loss is `height` above its least: along (1, 1), and across."""
        rho = self.correlation
        along, across = (2 * height / (1 + rho)) ** 0.5, (2 * height / (1 - rho)) ** 0.5
        return along, across

    def minima(self, shape: Shape, strengths: Numbers) -> Numbers:
        """The minimum of L + λR for each of `strengths` `(…,)`: `(…, 2)`."""
        return minima(self, shape, strengths, np.array(self.optimum))

    def zeroed(self, shape: Shape, strength: float, places: Numbers) -> NDArray[np.bool]:
        """For optima at all pairs of `places` `(N,)`: whether a weight becomes exactly 0, `(N, N)`.

        Rows are the second weight, columns the first.
        """
        if not shape.cornered:
            return np.zeros((len(places), len(places)), bool)
        optima = np.stack(np.meshgrid(places, places), -1)
        return np.asarray((minima(self, shape, np.array(strength), optima) == 0).any(-1))

    def contours(self, heights: tuple[float, ...]) -> Numbers:
        """An ellipse for each height above the least loss, `(K, R, 2)`."""
        turns = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
        axes = np.array([self.half_axes(one) for one in heights])[:, None]
        along, across = np.moveaxis(axes * np.stack([np.cos(turns), np.sin(turns)], -1), -1, 0)
        turned = np.stack([along + across, along - across], -1) / 2**0.5
        return np.asarray(np.array(self.optimum) + turned)

    def moved_to(self, optimum: tuple[float, float]) -> TwoWeights:
        """The same contours around another optimum, as if the target were another."""
        return replace(self, optimum=optimum)


@cache
def inputs_of(slug: str) -> Numbers:
    """The pair of features of 442 patients, standardised, `(442, 2)`.

    Raises `ValueError` that names the pairs there are.
    """
    from sklearn.datasets import load_diabetes

    found = load_diabetes(scaled=False)
    places = [found.feature_names.index(name) for name in PAIRS[slug].columns]
    return standardised(found.data[:, places])


@cache
def two_weights(slug: str) -> TwoWeights:
    """The problem of that pair of features. Raises `ValueError` that names the pairs there are."""
    x, y = inputs_of(slug), diabetes().target
    curvature, pull = x.T @ x / len(y), x.T @ y / len(y)
    optimum = np.linalg.solve(curvature, pull)
    rest = 0.5 * float(np.mean((y - x @ optimum) ** 2))
    first, second = (float(one) for one in optimum)
    return TwoWeights(float(curvature[0, 1]), (first, second), rest)


def minima(problem: TwoWeights, shape: Shape, strengths: Numbers, optima: Numbers) -> Numbers:
    """The minimum of L + λR for each of `strengths` and `optima` `(…, 2)`, which broadcast.

    By coordinate descent, each step exact; where the penalty is not convex the lowest of what is
    reached from the optimum, from zero, and from either axis.
    """
    curvature, pull = problem.curvature, optima @ problem.curvature
    starts = [optima] if shape.convex else [
        optima, np.zeros_like(optima), optima * [1.0, 0.0], optima * [0.0, 1.0],
    ]  # fmt: skip
    found = [descended(curvature, shape, strengths, pull, start) for start in starts]
    if len(found) == 1:
        return found[0]
    off = np.stack(found) - optima
    heights = 0.5 * ((off @ problem.curvature) * off).sum(-1) + strengths * shape.values(
        np.stack(found)
    )
    best = heights.argmin(0)
    return np.asarray(np.take_along_axis(np.stack(found), best[None, ..., None], 0)[0])


def descended(
    curvature: Numbers,
    shape: Shape,
    strengths: Numbers,
    pull: Numbers,
    start: Numbers,
    sweeps: int = SWEEPS,
) -> Numbers:
    r"""Down from `start` to the minimum of $\tfrac12 w^\top H w - g \cdot w + \lambda R(w)$.

    `curvature` is H `(…, 2, 2)`, `pull` g `(…, 2)`; all broadcast. One weight after the other is
    set to its best, exactly, at most so many `sweeps`.
    """
    size = np.broadcast_shapes(np.shape(strengths), pull.shape[:-1])
    first, second = (np.broadcast_to(start[..., place], size) for place in (0, 1))
    along, rho, across = curvature[..., 0, 0], curvature[..., 0, 1], curvature[..., 1, 1]
    for _ in range(sweeps):
        before = np.stack([first, second])
        first = shape.shrunk(pull[..., 0] - rho * second, along, strengths)
        second = shape.shrunk(pull[..., 1] - rho * first, across, strengths)
        if np.abs(np.stack([first, second]) - before).max(initial=0) < ENOUGH:
            break
    return np.stack([first, second], -1)


@lru_cache(maxsize=64)
def path(problem: Problem, shape: Shape) -> Numbers:
    """The minima from no penalty to the strongest of `PATH`, `(71, 2)`; not to be written to."""
    return problem.minima(shape, PATH)


def strength_of(problem: Problem, shape: Shape, budget: float) -> float:
    """The λ whose minimum takes exactly `budget` t > 0; 0 where the optimum takes no more.

    Raises `ValueError` for a penalty that is not convex: there some budgets belong to no λ.
    """
    if not shape.convex:
        raise ValueError("some budgets belong to no strength where the penalty is not convex")
    optimum = np.array(problem.optimum)
    if budget >= float(shape.values(optimum)):
        return 0.0
    place = int(np.searchsorted(-shape.values(path(problem, shape)), -budget))
    low, high = PATH[place - 1], PATH[min(place, len(PATH) - 1)]
    while place == len(PATH) and high < MOST_STRENGTH:
        low, high = high, 8 * high
        if shape.values(problem.minima(shape, np.array(high))) <= budget:
            break
    for _ in range(2):  # each time in one of 24 parts
        tried = np.linspace(low, high, 25)
        taken = shape.values(problem.minima(shape, tried))
        place = int(np.clip(np.searchsorted(-taken, -budget), 1, 24))
        low, high = tried[place - 1], tried[place]
    return float(np.interp(-budget, -taken, tried))


def ball(shape: Shape, budget: float, count: int = 180) -> Numbers:
    """The border of R(w) ≤ t, `(count + 1, 2)`, closed; t ≥ 0. Its corners are among the points."""
    turns = np.linspace(0, 2 * np.pi, count + 1)
    ways = np.stack([np.cos(turns), np.sin(turns)], -1)
    ways[np.abs(ways) < 1e-12] = 0
    if shape.share is None:
        radius = (shape.p * budget / (np.abs(ways) ** shape.p).sum(-1)) ** (1 / shape.p)
        return np.asarray(ways * radius[:, None])
    flat, round_ = shape.share * np.abs(ways).sum(-1), (1 - shape.share) / 2
    radius = 2 * budget / (flat + np.sqrt(flat**2 + 4 * round_ * budget))
    return np.asarray(ways * radius[:, None])
