r"""Penalties on weights by their shape: $\sum|w|^p / p$, and the elastic net.

With the factor 1/p the penalty of L1 is $\|w\|_1$ and that of L2 is $\tfrac12\|w\|^2$, as
scikit-learn and PyTorch's `weight_decay` have them. Elastic net (Zou and Hastie 2005):
$\alpha\|w\|_1 + \tfrac{1-\alpha}2\|w\|^2$.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_

Numbers = NDArray[np.float64]
Precision = TypeVar("Precision", np.float32, np.float64)
LEAST_POWER, MOST_POWER = 0.5, 4.0
NEWTON_STEPS, ENOUGH = 12, 1e-10


def soft_threshold(values: NDArray[Precision], bound: NDArray[Precision]) -> NDArray[Precision]:
    """`values` drawn towards 0 by `bound` ≥ 0, and exactly 0 within it."""
    return np.asarray(values - np.clip(values, -bound, bound))


@dataclass(frozen=True)
class Shape:
    """A penalty R(w): the power `p`, from ½ to 4, or with a `share` α in [0, 1] an elastic net."""

    p: float = 1.0
    share: float | None = None

    def __post_init__(self) -> None:
        if not LEAST_POWER <= self.p <= MOST_POWER:
            raise ValueError(f"p is {self.p}, but it goes from {LEAST_POWER} to {MOST_POWER}")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"share is {self.share}, but it goes from 0 to 1")

    @property
    def convex(self) -> bool:
        """Whether a penalised loss has one minimum, and each strength λ one budget."""
        return self.share is not None or self.p >= 1

    @property
    def cornered(self) -> bool:
        """Whether the ball has corners on the axes, so that weights become exactly zero."""
        return self.share > 0 if self.share is not None else self.p <= 1

    def values(self, weights: Numbers) -> Numbers:
        """R of weights `(…, n)`: `(…)`, from 0 up."""
        size = np.abs(weights)
        if self.share is not None:
            both = self.share * size + (1 - self.share) / 2 * size**2
            return np.asarray(both.sum(axis=-1))
        return np.asarray((size**self.p).sum(axis=-1) / self.p)

    def shrunk(self, pull: Numbers, curvature: Numbers | float, strength: Numbers) -> Numbers:
        r"""The w that minimises $\tfrac12 h w^2 - g w + \lambda R(w)$, elementwise: exact zeros.

        `pull` is g, `curvature` h > 0 and `strength` λ ≥ 0; they broadcast.
        """
        if self.share is not None or self.p in (1, 2):
            flat = self.share if self.share is not None else float(self.p == 1)
            kept = soft_threshold(pull, strength * flat)
            return np.asarray(kept / (curvature + strength * (1 - flat)))
        return np.asarray(np.sign(pull) * _root(np.abs(pull), curvature, strength, self.p))


def _root(g: Numbers, h: Numbers | float, strength: Numbers, p: float) -> Numbers:
    """The minimiser from 0 up for g ≥ 0, by Newton's method from the side where it cannot miss."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if p < 1:
            return _concave_root(g, h, strength, p)
        if p < 2:  # in u = w^(p−1), where the equation is convex
            power = 1 / (p - 1)

            def step(u: Numbers) -> Numbers:
                bent = h * u**power
                return np.asarray((bent + strength * u - g) / (power * bent / u + strength))

            return _newton(np.minimum((g / h) ** (p - 1), g / strength), step) ** power

        def straight(w: Numbers) -> Numbers:
            bent = strength * w ** (p - 1)
            return np.asarray((h * w + bent - g) / (h + (p - 1) * bent / w))

        return _newton(np.minimum(g / h, (g / strength) ** (1 / (p - 1))), straight)


def _newton(
    start: Numbers, step: Callable[[Numbers], Numbers], least: Numbers | float = 0.0
) -> Numbers:
    """Where Newton's steps end that begin right of the root and never pass it; 0 where none is."""
    found = start
    for _ in range(NEWTON_STEPS):
        before, found = found, np.maximum(found - np.nan_to_num(step(found)), least)
        if np.abs(found - before).max(initial=0) < ENOUGH:
            break
    return np.nan_to_num(found)


def _concave_root(g: Numbers, h: Numbers | float, strength: Numbers, p: float) -> Numbers:
    """The larger of two roots where there are any, and where it is lower than 0 itself; else 0."""

    def slope(w: Numbers) -> Numbers:
        return np.asarray(h * w + strength * w ** (p - 1) - g)

    def step(w: Numbers) -> Numbers:
        bent = strength * w ** (p - 1)
        return np.asarray((h * w + bent - g) / (h + (p - 1) * bent / w))

    least = (strength * (1 - p) / h) ** (1 / (2 - p))  # left of it the slope only grows
    w = _newton(np.maximum(g / h, least), step, least)
    stands = np.abs(slope(w)) <= 1e-6 * (1 + g)
    lower = h / 2 * w**2 - g * w + strength * w**p / p < 0
    return np.where(stands & lower, w, 0.0)


@dataclass(frozen=True)
class Penalty:
    """A penalty to choose; `set_by` names the slider that its shape depends on, or is empty."""

    slug: str
    title: str
    shape: Shape
    set_by: str = ""

    def at(self, p: float, share: float) -> Shape:
        """Its shape where the sliders say `p` and `share`."""
        if self.set_by == "p":
            return Shape(p)
        return Shape(share=share) if self.set_by == "share" else self.shape


PENALTIES = Registry[Penalty](
    N_("penalty"),
    Penalty("l1", N_("L1"), Shape(1.0)),
    Penalty("l2", N_("L2"), Shape(2.0)),
    Penalty("elastic-net", N_("Elastic net"), Shape(share=0.5), set_by="share"),
    Penalty("power", N_("Any p"), Shape(0.5), set_by="p"),
)
