r"""Fifty fits of one truth: the same places, fresh noise in each, and what they miss.

A sample is $y = f(x) + \sigma\varepsilon$ at $n$ places. Over the samples, and over the places of
`GRID`, the squared distance of a fit to the truth is
$\mathrm{bias}^2 + \mathrm{variance}$, exactly: that of the mean fit, and that of the fits to it
(Geman, Bienenstock and Doursat 1992). What is expected on new points is $\sigma^2$ more.

The noises of the fifty samples add up to 0 at each place. So the mean of the fits of a linear
method, such as least squares, is the fit of noise-free points, and bias² has no noise in it.

A polynomial is a sum of Legendre polynomials; its weights are those of least squares with a ridge
penalty, of the least norm where there are several. One decomposition a degree serves all samples
and every λ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_

Values = NDArray[np.float64]

SAMPLES, HIGHEST, REACH = 50, 99, 3.0
"""How many samples, the highest degree, and how far from 0 a point may be put."""
GRID = np.linspace(-1, 1, 201)
"""Where fits are drawn and measured."""
FEWEST_PLACES, MOST_PLACES = 8, 60
KEPT = 8


@dataclass(frozen=True)
class Truth:
    """A function that points are noisy values of: of an array `x`, and its code in NumPy."""

    slug: str
    title: str
    code: str
    at: Callable[[Values], Values]


TRUTHS = Registry[Truth](
    N_("truth"),
    Truth("sine", N_("sine"), "np.sin(1.5 * np.pi * x)", lambda x: np.sin(1.5 * np.pi * x)),
    Truth("parabola", N_("parabola"), "2 * x**2 - 1", lambda x: 2 * x**2 - 1),
    Truth("step", N_("step"), "np.where(x < 0, -0.8, 0.8)", lambda x: np.where(x < 0, -0.8, 0.8)),
    Truth("hill", N_("hill"), "2 / (1 + 25 * x**2) - 0.5", lambda x: 2 / (1 + 25 * x**2) - 0.5),
)
"""The last is Runge's (1901), stretched."""


@dataclass(frozen=True)
class Layout:
    """Where `n` points lie, from −1 to 1 and rising; where chance decides, by a seed."""

    slug: str
    title: str
    code: str
    at: Callable[[int, int], Values]


LAYOUTS = Registry[Layout](
    N_("layout of points"),
    Layout("even", N_("evenly"), "np.linspace(-1, 1, n)",
           lambda n, _: np.linspace(-1, 1, n)),
    Layout("ends", N_("denser at the ends"), "-np.cos(np.pi * (np.arange(n) + 0.5) / n)",
           lambda n, _: -np.cos(np.pi * (np.arange(n) + 0.5) / n)),
    Layout("random", N_("at random"),
           "np.sort(np.random.default_rng([SEED, 1]).uniform(-1, 1, n))",
           lambda n, seed: np.sort(np.random.default_rng([seed, 1]).uniform(-1, 1, n))),
)  # fmt: skip
"""The second are Chebyshev's."""


@dataclass(frozen=True)
class Setting:
    """What the samples are drawn from; `pins` are points that a hand has put: (index, x, y)."""

    truth: str = "sine"
    layout: str = "even"
    points: int = 15
    noise: float = 0.3
    seed: int = 0
    pins: tuple[tuple[int, float, float], ...] = ()

    def truth_at(self, x: Values) -> Values:
        """The truth there."""
        return np.asarray(TRUTHS[self.truth].at(x), np.float64)


@dataclass(frozen=True, eq=False)
class Samples:
    """The places `x` `(n,)` and the values `y` `(50, n)`; a pinned point is alike in all."""

    x: Values
    y: Values


def samples(setting: Setting) -> Samples:
    """The fifty samples; their noises add up to 0 at each place, and have the variance σ²."""
    count = setting.points
    x = np.array(LAYOUTS[setting.layout].at(count, setting.seed))
    noise = _noise(setting.seed)[:, :count]
    y = setting.truth_at(x) + setting.noise * noise
    for index, across, up in setting.pins:
        if index < count:
            x[index], y[:, index] = across, up
    return Samples(x, y)


@lru_cache(maxsize=KEPT)
def _noise(seed: int) -> Values:
    """Noise of variance 1 `(50, 60)` that adds up to 0 over the samples."""
    noise = np.random.default_rng(seed).standard_normal((SAMPLES, MOST_PLACES))
    return np.asarray((noise - noise.mean(0)) * np.sqrt(SAMPLES / (SAMPLES - 1)))


@dataclass(frozen=True, eq=False)
class Fits:
    """Fits of the fifty samples on the grid, `(50, 201)`, and that of the first at its points."""

    on_grid: Values
    at_points: Values

    @property
    def mean(self) -> Values:
        """Their mean `(201,)`."""
        return np.asarray(self.on_grid.mean(0))


@dataclass(frozen=True)
class Errors:
    """Mean squares: what the fits miss, and the errors of the first sample's fit."""

    bias: float
    variance: float
    training: float
    test: float


def errors(setting: Setting, drawn: Samples, fits: Fits) -> Errors:
    """Bias² and variance of the fits; training and expected test error of the first."""
    truth, mean = setting.truth_at(GRID), fits.mean
    missed, first, apart = mean - truth, fits.on_grid[0] - truth, fits.on_grid - mean
    return Errors(
        float(missed @ missed) / len(GRID),
        float(np.vdot(apart, apart)) / apart.size,
        float(np.mean((fits.at_points - drawn.y[0]) ** 2)),
        float(first @ first) / len(GRID) + setting.noise**2,
    )


def fitted(setting: Setting, ridge: float, degree: int) -> Fits:
    """Polynomials of this degree through the samples."""
    drawn = samples(setting)
    return at_places(tuple(drawn.x.tolist())).fits(drawn.y, degree, ridge)


@dataclass(frozen=True, eq=False)
class Polynomials:
    """What all samples at the same places share: a decomposition for each degree.

    `columns` `(n, 100)` are the Legendre polynomials there.
    """

    columns: Values
    known: dict[int, tuple[Values, Values, Values]] = field(default_factory=dict)

    def fits(self, y: Values, degree: int, ridge: float) -> Fits:
        r"""Least squares of the samples `y` `(S, n)`, plus `ridge` · ‖w‖².

        With $X = USV^\top$ the fits are $X' V S (S^2 + \lambda)^{-1} U^\top y$. Singular values
        that are 0 to rounding count as 0, as in `numpy.linalg.lstsq`.
        """
        left, sizes, over_grid = self._parts(degree)
        turned = y @ left * (sizes / (sizes**2 + ridge))
        return Fits(turned @ over_grid, left @ (sizes * turned[0]))

    def _parts(self, degree: int) -> tuple[Values, Values, Values]:
        if degree not in self.known:
            columns = self.columns[:, : degree + 1]
            left, sizes, right = np.linalg.svd(columns, full_matrices=False)
            real = sizes > sizes[0] * max(columns.shape) * np.finfo(float).eps
            over_grid = right[real] @ ON_GRID[: degree + 1]
            self.known[degree] = left[:, real], sizes[real], over_grid
        return self.known[degree]


ON_GRID = np.ascontiguousarray(legvander(GRID, HIGHEST).T)
"""The Legendre polynomials `(100, 201)`."""


@lru_cache(maxsize=KEPT)
def at_places(x: tuple[float, ...]) -> Polynomials:
    """The polynomials through these places."""
    return Polynomials(legvander(np.array(x), HIGHEST))
