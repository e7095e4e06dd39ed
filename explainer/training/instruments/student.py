r"""The interval of a mean after Student: where the true mean lies, in 95 of 100 such races.

$\bar d \pm t_{0.975,\,n-1}\, s / \sqrt n$ with the sample's standard deviation $s$; the differences
are taken as independent and normal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

# t for 95 % (two-sided) with 1 to 9 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical
# Methods, section 1.3.6.7.2. A race has at most 10 seeds.
QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, low and high of n ≥ 1 values; low and high are NaN for one value alone.

    More than 10 values take the quantile of 10, which is a little too wide for them.
    """
    mean = fmean(values)
    if len(values) < 2:
        return mean, math.nan, math.nan
    quantile = QUANTILES[min(len(values) - 1, len(QUANTILES)) - 1]
    half = quantile * stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half
