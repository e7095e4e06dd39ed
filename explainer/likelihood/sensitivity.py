"""How far one point may move a line: the slope against the height at which the point stands."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explainer.likelihood.drawn import Drawn
from explainer.likelihood.lines import fit, least_absolute, least_squares
from explainer.likelihood.noise import NOISES, Values
from explainer.likelihood.patients import patients

HIGHEST = 8.0
HEIGHTS = np.linspace(-HIGHEST, HIGHEST, 41)
COMPARED = ("huber", "student")


def squared_slopes(seed: int, x: float) -> Values:
    """Those of least squares over `HEIGHTS`, the point at `x`: a straight line."""
    return np.array([least_squares(one)[1] for one in _raised(seed, x)])


@lru_cache(maxsize=32)
def absolute_slopes(seed: int, x: float) -> Values:
    """Those of least absolute error."""
    return np.array([least_absolute(one)[1] for one in _raised(seed, x)])


@lru_cache(maxsize=64)
def slopes(drawn: Drawn, seed: int, x: float) -> Values:
    """Those of the line of maximum likelihood for a drawn noise."""
    return np.array([fit(drawn, one).best[1] for one in _raised(seed, x)])


def compared(scale: float) -> list[Drawn]:
    """Huber's loss and Student's, with the parameter that each begins with."""
    found = [NOISES[slug] for slug in COMPARED]
    return [Drawn(one, scale, one.own.default if one.own else 0.0) for one in found]


def _raised(seed: int, x: float) -> list[Values]:
    return [np.vstack([patients(seed), [x, height]]) for height in HEIGHTS]
