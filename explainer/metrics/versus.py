r"""Two classifiers on test sets: how much more often the second is right, with its intervals.

Both intervals are Newcombe's (1998), square and add: with Wilson's $l_i$ to $u_i$ for each share
right, the difference $d = \hat p_2 - \hat p_1$ of two sets of their own reaches from
$d - \sqrt{(\hat p_2 - l_2)^2 + (u_1 - \hat p_1)^2}$ to
$d + \sqrt{(u_2 - \hat p_2)^2 + (\hat p_1 - l_1)^2}$. On the same pictures $2\phi$ times the product
of both is taken off under each root, with the correlation $\phi$ of right answers (his method 10).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from explainer.evaluation.intervals import wilson
from explainer.metrics.ranked import Floats
from explainer.metrics.sampled import Sets

Ends = tuple[Floats, Floats]


@dataclass(frozen=True)
class Versus:
    """Of S sets, `(S,)` each: the second's `gain` in accuracy over the first, in [−1, 1].

    `only_first` and `only_second` count pictures that just one has right; `paired` asks both the
    same pictures, `apart` would hold for two sets of their own.
    """

    gain: Floats
    paired: Ends
    apart: Ends
    only_first: Floats
    only_second: Floats


def versus(given: Sets) -> Versus:
    """The two classifiers of a world on each of its sets."""
    first, second = (one[given.places] for one in given.world.rights)
    kinds = first & second, first & ~second, ~first & second, ~(first | second)
    cells = [one.sum(1).astype(float) for one in kinds]
    both, only_first, only_second, __ = cells
    size = np.full_like(both, given.size)
    return Versus(
        (only_second - only_first) / size, paired(*cells),
        apart(both + only_first, both + only_second, size), only_first, only_second,
    )  # fmt: skip


def paired(both: Floats, only_first: Floats, only_second: Floats, neither: Floats) -> Ends:
    """Of how many pictures both have right, one alone, and neither; their sum is above 0."""
    size = both + only_first + only_second + neither
    rights = both + only_first, both + only_second
    return _interval(*rights, size, correlation(both, only_first, only_second, neither))


def apart(first: Floats, second: Floats, size: Floats) -> Ends:
    """Of how many pictures each has right, of a set of `size` for each."""
    return _interval(first, second, size, np.zeros_like(first))


def correlation(both: Floats, only_first: Floats, only_second: Floats, neither: Floats) -> Floats:
    """Of right answers, in [−1, 1]: drawn to 0 by half a picture, and 0 where it has no value."""
    size = both + only_first + only_second + neither
    above = both * neither - only_first * only_second
    above = np.where(above > 0, np.maximum(above - size / 2, 0), above)
    first, second = both + only_first, both + only_second
    below = np.sqrt(first * (size - first) * second * (size - second))
    return np.where(below > 0, above / np.where(below > 0, below, 1), 0)


def _interval(first: Floats, second: Floats, size: Floats, alike: Floats) -> Ends:
    (low, high), (second_low, second_high) = (wilson(one, size) for one in (first, second))
    share, second_share = first / size, second / size
    gain = second_share - share

    def reach(one: Floats, other: Floats) -> Floats:
        return np.sqrt(np.maximum(one**2 - 2 * alike * one * other + other**2, 0))

    return (
        gain - reach(second_share - second_low, high - share),
        gain + reach(second_high - second_share, share - low),
    )  # fmt: skip


def mcnemar(first: float, second: float) -> float:
    """The exact p of McNemar's test: two-sided, by the binomial with p = ½; 1 where none differ."""
    return min(1.0, 2 * float(bdtr(min(first, second), int(first + second), 0.5)))
