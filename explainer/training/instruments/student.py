r"""The interval of a mean after Student: where the true mean lies, in 95 of 100 such races.

$\bar d \pm t_{0.975,\,n-1}\, s / \sqrt n$ with the sample's standard deviation $s$; the differences
are taken as independent and normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from explainer.words import N_

COVERED = 0.95
AHEAD, BEHIND, NOISE = N_("ahead"), N_("behind"), N_("within noise")


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, low and high of n ≥ 1 values; low and high are NaN for one value alone."""
    mean = fmean(values)
    if len(values) < 2:
        return mean, math.nan, math.nan
    quantile = stdtrit(len(values) - 1, (1 + COVERED) / 2)
    half = float(quantile * stdev(values) / math.sqrt(len(values)))
    return mean, mean - half, mean + half


def intervals(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The same of each column of `(n, K)`, n ≥ 2, at once: `(K, 3)`."""
    count, mean = len(values), values.mean(axis=0)
    half = stdtrit(count - 1, (1 + COVERED) / 2) * values.std(axis=0, ddof=1) / math.sqrt(count)
    return np.stack([mean, mean - half, mean + half], axis=1)


def judged(low: float, high: float) -> str:
    """On which side of 0 an interval lies: "ahead", "behind", "within noise" (0 in it, or NaN)."""
    return AHEAD if low > 0 else BEHIND if high < 0 else NOISE
