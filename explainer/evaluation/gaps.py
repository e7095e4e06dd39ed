"""The four gaps between five levels of error, and which of them is worth work first.

From what can be reached to the training part (avoidable bias), on to train-dev, unseen pictures of
the same source (variance), on to dev, pictures of the target (mismatch), on to test (what choosing
by dev has cost). The order is that of Ng (2018, *Machine Learning Yearning*).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.training.instruments.student import interval
from explainer.words import N_

REACHABLE = 0.002
"""The share of sharp digits that people get wrong, about.

LeCun et al. 1995, *Learning algorithms for classification: a comparison on handwritten digit
recognition*.
"""
Floats64 = NDArray[np.float64]


@dataclass(frozen=True)
class Gap:
    """A gap by name: the part of the data that it ends at, and what would make it smaller."""

    slug: str
    title: str
    part: str
    remedy: str


GAPS = Registry[Gap](
    N_("gap"),
    Gap("bias", N_("avoidable bias"), N_("train"),
        N_("A larger network or longer training would make it smaller.")),
    Gap("variance", N_("variance"), N_("train-dev"),
        N_("More pictures of the same source would make it smaller, or regularisation.")),
    Gap("mismatch", N_("mismatch"), N_("dev"),
        N_("More pictures of the same source would hardly touch it; some of the target would.")),
    Gap("chosen", N_("chosen by dev"), N_("test"),
        N_("Too much was chosen by too small a dev part; a larger one would make it smaller.")),
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A gap as it was measured: from one level to the next, and the interval of the difference."""

    gap: Gap
    start: float
    end: float
    low: float
    high: float

    @property
    def size(self) -> float:
        """How much more is wrong."""
        return self.end - self.start


def measured(errors: Floats64, reachable: float | None = REACHABLE) -> tuple[Measured, ...]:
    """The four gaps of errors of train, train-dev, dev and test, `(4, S)` over S seeds.

    Without the first, avoidable bias, where nobody knows what is `reachable`.
    """
    levels = errors[: len(GAPS)]
    if reachable is not None:
        levels = np.vstack([np.full_like(errors[:1], reachable), levels])
    steps = np.diff(levels, axis=0)
    means = levels.mean(1)
    return tuple(
        Measured(gap, float(means[at]), float(means[at + 1]), *interval(steps[at].tolist())[1:])
        for at, gap in enumerate(GAPS.entries[-len(steps) :])
    )


def largest(found: tuple[Measured, ...]) -> Measured | None:
    """The largest gap that is not within noise, if any."""
    clear = [one for one in found if one.low > 0]
    return max(clear, key=lambda one: one.size, default=None)
