"""Patients with diabetes, their body mass index and how far the disease went on in a year.

The 442 patients of Efron, Hastie, Johnstone and Tibshirani (2004) as scikit-learn ships them. Both
columns are standardised by the mean and the standard deviation of all 442.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

PATIENTS = 24
COLUMN = "bmi"
SEED_OF_ALL = 24


@cache
def everyone() -> Values:
    """Body mass index and progression of all patients, `(442, 2)`, standardised."""
    raw = _raw()
    found: Values = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return found


@cache
def units() -> tuple[float, float]:
    """One standard deviation of each: in kg/m², and in points of the measure of progression."""
    across, up = _raw().std(axis=0)
    return float(across), float(up)


@cache
def patients(seed: int, count: int = PATIENTS) -> Values:
    """So many of them at random, `(count, 2)`, no two with the same body mass index."""
    order = np.random.default_rng((SEED_OF_ALL, seed)).permutation(len(everyone()))
    drawn = everyone()[order]
    _, first = np.unique(drawn[:, 0], return_index=True)
    return drawn[np.sort(first)[:count]]


@cache
def _raw() -> Values:
    from sklearn.datasets import load_diabetes

    found = load_diabetes(scaled=False)
    column = list(found.feature_names).index(COLUMN)
    return np.stack([found.data[:, column], found.target], axis=1)
