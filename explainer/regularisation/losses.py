"""The losses of two weights that the plane on the page on L1 and L2 can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.regularisation.script import LEAST_SQUARES, LOGISTIC
from explainer.regularisation.two_classes import two_classes
from explainer.regularisation.two_weights import Numbers, Problem, two_weights
from explainer.words import N_

HELP = N_("What is minimised is the loss + λ times the penalty.")


@dataclass(frozen=True)
class Loss:
    """A loss to choose: its `problem` by the slug of a pair of features, and how it is drawn.

    `called` is its name in a table, `contours` are heights above its least, `strength` is λ; the
    plane goes from −`reach` to `reach`. `program` is the script's text.
    """

    slug: str
    title: str
    called: str
    alt: str
    problem: Callable[[str], Problem]
    strength: Parameter
    reach: float
    contours: tuple[float, ...]
    program: str

    @property
    def largest(self) -> float:
        """Of an optimum that is moved, either way."""
        return round(0.94 * self.reach, 2)

    @property
    def zone(self) -> Numbers:
        """The places of optima for which it is shown whether a weight becomes 0."""
        return np.linspace(-self.reach, self.reach, 65)


LOSSES = Registry[Loss](
    N_("loss"),
    Loss(
        "least-squares", N_("Least squares"), N_("loss L, half the mean squared error"),
        N_("The loss's contours are ellipses around the least loss."), two_weights,
        Parameter("strength", N_("λ"), 0.4, 0, 1.5, 0.01, help=HELP),
        0.85, (0.02, 0.06, 0.14, 0.28, 0.5), LEAST_SQUARES,
    ),
    Loss(
        "logistic", N_("Logistic"), N_("loss L, mean cross-entropy"),
        N_("The loss's contours are rings around the least loss that get wider outwards."),
        two_classes, Parameter("logistic_strength", N_("λ"), 0.16, 0, 0.6, 0.005, help=HELP),
        1.7, (0.01, 0.03, 0.07, 0.13, 0.21), LOGISTIC,
    ),
)  # fmt: skip
