r"""The registry of noises: each loss, and the density of residuals that it is −log of.

With a scale $s$ and $u = r / s$ a loss is $\rho(u)$ and its noise has the density
$p(r) \propto e^{-\rho(r / s)}$. What is computed of a loss are its value, its derivative in $u$
(the pull of a residual) and its second derivative; scaling and normalising are the caller's.
Tukey's biweight has flat tails, so it is −log of no density.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.words import N_

Values = NDArray[np.float64]
Parts = tuple[Values, Values, Values]
"""The loss, its derivative and its second derivative, all in u."""

SCALE = Parameter(
    "scale", N_("scale s"), 0.7, 0.2, 2, 0.05,
    help=N_("How wide the noise is, in standard deviations of the axis up."),
)  # fmt: skip


@dataclass(frozen=True)
class Noise:
    """A loss and the noise it believes in; `name` is the noise's, `title` the loss's.

    `corner` is the jump of the derivative at u = 0, and `code` the loss in PyTorch, of `u` and of
    the parameter by its name. `own` is a parameter of the shape, where there is one.
    """

    slug: str
    title: str
    name: str
    formula: str
    parts: Callable[[Values, float], Parts]
    code: str
    own: Parameter | None = None
    corner: float = 0.0
    convex: bool = True

    @property
    def is_skewed(self) -> bool:
        """Whether its two sides may differ."""
        return self.own is SHARE or self.slug == "expectile"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The sliders there are."""
        return (SCALE, self.own) if self.own else (SCALE,)


def _squared(u: Values, _: float) -> Parts:
    return u**2 / 2, u, np.ones_like(u)


def _absolute(u: Values, _: float) -> Parts:
    return np.abs(u), np.sign(u), np.zeros_like(u)


def _huber(u: Values, turn: float) -> Parts:
    pull = np.clip(u, -turn, turn)
    return pull * (u - pull / 2), pull, (np.abs(u) <= turn).astype(float)


def _student(u: Values, freedom: float) -> Parts:
    below = freedom + u**2
    loss = (freedom + 1) / 2 * np.log1p(u**2 / freedom)
    curved = (freedom + 1) * (freedom - u**2) / below**2
    return loss, (freedom + 1) * u / below, curved


def _log_cosh(u: Values, _: float) -> Parts:
    size, pull = np.abs(u), np.tanh(u)
    return size + np.log1p(np.exp(-2 * size)) - np.log(2), pull, 1 - pull**2


def _power(u: Values, power: float) -> Parts:
    size = np.abs(u)
    curved = (power - 1) * size ** (power - 2)
    return size**power / power, np.sign(u) * size ** (power - 1), curved


def _quantile(u: Values, share: float) -> Parts:
    weight = 2 * np.where(u < 0, share - 1, share)
    return weight * u, np.where(u == 0, 2 * share - 1, weight), np.zeros_like(u)


def _expectile(u: Values, share: float) -> Parts:
    weight = 2 * np.where(u < 0, 1 - share, share)
    return weight * u**2 / 2, weight * u, weight


def _biweight(u: Values, reach: float) -> Parts:
    part = np.minimum((u / reach) ** 2, 1)
    loss = reach**2 / 6 * (1 - (1 - part) ** 3)
    return loss, u * (1 - part) ** 2, (1 - part) * (1 - 5 * part)


SHARE = Parameter(
    "share", N_("share τ below"), 0.8, 0.05, 0.95, 0.05,
    help=N_("Of residuals below 0 where 0 is the quantile τ: at ½ both sides are alike."),
)  # fmt: skip
NOISES: Registry[Noise] = Registry(
    "noise",
    Noise("gaussian", N_("squared"), N_("Gaussian"), "u²/2", _squared, "u**2 / 2"),
    Noise("laplace", N_("absolute"), N_("Laplace"), "|u|", _absolute, "u.abs()", corner=2),
    Noise(
        "huber", N_("Huber"), N_("Huber’s density"), N_("u²/2 up to |u| = k, k|u| − k²/2 beyond"),
        _huber, "torch.where(u.abs() <= turn, u**2 / 2, turn * u.abs() - turn**2 / 2)",
        Parameter("turn", N_("turn k"), 1.3, 0.2, 4, 0.1,
                  help=N_("From |u| = k on the loss is a straight line.")),
    ),
    Noise(
        "log_cosh", N_("log-cosh"), N_("hyperbolic secant"), "log cosh u", _log_cosh,
        "u.abs() + torch.log1p(torch.exp(-2 * u.abs())) - math.log(2)",
    ),
    Noise(
        "student", N_("log (1 + u²/ν)"), N_("Student t"), "(ν + 1)/2 · log(1 + u²/ν)",
        _student, "(freedom + 1) / 2 * torch.log1p(u**2 / freedom)",
        Parameter("freedom", N_("freedom ν"), 2, 1, 30, 1,
                  help=N_("At 1 it is Cauchy's density, with more it nears the Gaussian.")),
        convex=False,
    ),
    Noise(
        "quantile", N_("quantile"), N_("skewed Laplace"), "2 max(τu, (τ − 1)u)", _quantile,
        "2 * torch.maximum(share * u, (share - 1) * u)", SHARE, corner=2,
    ),
    Noise(
        "expectile", N_("skewed squares"), N_("split normal"), N_("τu² above 0, (1 − τ)u² below"),
        _expectile, "torch.where(u < 0, 1 - share, share) * u**2",
        Parameter("share", N_("weight τ above"), 0.8, 0.05, 0.95, 0.05,
                  help=N_("Squares above 0 count τ, those below 1 − τ: its noise is two halves of "
                          "Gaussians, alike at ½.")),
    ),
    Noise(
        "power", N_("high power"), N_("near uniform"), "|u|ᵐ/m", _power,
        "u.abs() ** power / power",
        Parameter("power", N_("power m"), 8, 2, 12, 1,
                  help=N_("At 2 it is the Gaussian; the higher, the more like a box.")),
    ),
    Noise(
        "biweight", N_("biweight"), N_("flat tails"),
        N_("k²/6 · (1 − (1 − u²/k²)³) up to |u| = k, k²/6 beyond"), _biweight,
        "reach**2 / 6 * (1 - (1 - (u / reach)**2).clamp(min=0)**3)",
        Parameter("reach", N_("reach k"), 4.7, 1, 8, 0.1,
                  help=N_("From |u| = k on the loss is flat, and a point pulls no more.")),
        convex=False,
    ),
)  # fmt: skip
