"""How a relative error is read: the nearest of three marks, on a logarithmic scale.

About 1e-7 is good, 1e-5 asks for a second look, 1e-3 is a bug; these are rules of thumb for float64
and a smooth loss. They and the formula of the error are those of Andrew Ng's course "Improving deep
neural networks" (2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from explainer.words import N_


@dataclass(frozen=True)
class Verdict:
    """A reading: the mark it stands at, the largest error it is given for, and what it says."""

    title: str
    mark: float
    most: float
    advice: str


VERDICTS = (
    Verdict(N_("Good"), 1e-7, 1e-6, N_("The two gradients agree as far as differences can tell.")),
    Verdict(N_("Look again"), 1e-5, 1e-4, N_("Too much for rounding, little for a bug.")),
    Verdict(
        N_("A bug"), 1e-3, math.inf, N_("Differences do not part this far from a right gradient.")
    ),
)
GOOD, LOOK_AGAIN, BUG = VERDICTS
TOO_KIND = 1e-1


def verdict(error: float) -> Verdict:
    """The reading of a relative error in [0, 1]: of the marks, the nearest by its ratio.

    NaN, the error of a gradient that is no finite number, is a bug.
    """
    return next((entry for entry in VERDICTS if error <= entry.most), BUG)


def factor_error(factor: float) -> float:
    """The error of a gradient that is right but for a constant factor k: |k − 1| / (|k| + 1)."""
    return abs(factor - 1) / (abs(factor) + 1)
