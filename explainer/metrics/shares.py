"""Shares that may have nothing to be a share of, and what a mean makes of those."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Undefined:
    """What a number counts as, in a mean, where it cannot be said."""

    slug: str
    title: str
    value: float


UNDEFINED = Registry[Undefined](
    N_("rule for what is undefined"),
    Undefined("out", N_("left out"), np.nan),
    Undefined("zero", N_("counted as 0"), 0.0),
    Undefined("one", N_("counted as 1"), 1.0),
)
"""Scikit-learn's `zero_division`; it takes 0, with a warning, if none is said."""


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """NaN where there is nothing to divide by."""
    first, second = (np.asarray(one, float) for one in (above, below))
    return np.asarray(first / np.where(second == 0, np.nan, second))


def mean_of(values: Floats, undefined: float = np.nan) -> Floats:
    """The mean over the last axis, in which NaN counts as given; with NaN it is left out.

    NaN where nothing is left to count.
    """
    filled = np.where(np.isnan(values), undefined, values)
    there = ~np.isnan(filled)
    return ratio(np.where(there, filled, 0).sum(-1), there.sum(-1))
