"""Hand-made kernels of one size, to say which of them a given kernel resembles most.

The bank is built from the registry: every kernel with a range of its parameters, the edge kernels
turned by every 15° and Gabor kernels in both phases, each laid on a grid of k × k taps pixel for
pixel; those with fixed 3 × 3 weights also enlarged to the grid. Likeness is the normalised
correlation (the cosine of both as vectors), sign counted apart: the negated kernel is the same
detector with its output negated. Means are not removed: a blur and an edge are not alike.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.convolution.kernel import Kernel, Weights
from explainer.convolution.kernels import KERNELS, weights
from explainer.convolution.profiles import along, gaussian_square, radius_for
from explainer.lengths import length
from explainer.words import N_, _

SMALLEST, LARGEST = 2, 15
# What each parameter goes through; one that is not named keeps its default.
RANGES: dict[str, dict[str, tuple[float, ...]]] = {
    "diagonal-edge": {"direction": (45, 135)},
    "box": {"size": (3, 5, 7, 9, 11)},
    "gaussian": {"sigma": (0.5, 0.7, 1, 1.5, 2, 3)},
    "motion-blur": {"length": (3, 5, 7), "angle": (0, 30, 45, 60, 90, 120, 135, 150)},
    "sharpen": {"amount": (0.2, 0.5, 1, 2, 5)},
    "unsharp-mask": {"amount": (1, 5), "sigma": (0.5, 1, 2)},
    "laplacian": {"neighbours": (4, 8)},
    "laplacian-of-gaussian": {"sigma": (0.5, 0.7, 1, 1.4, 2, 2.8)},
    "difference-of-gaussians": {"narrow": (0.5, 1, 2), "wide": (0.8, 1.6, 3.2)},
    "gabor": {
        "theta": tuple(range(0, 180, 15)),
        "wavelength": (2, 3, 4, 6, 8, 12),
        "sigma": (1, 1.5, 2, 3),
    },
    "ridge": {"theta": tuple(range(0, 180, 15)), "sigma": (0.5, 0.7, 1, 1.4, 2)},
}
LEFT_OUT = ("shift",)
# Steerable pairs (Freeman and Adelson 1991): cos θ times the first plus sin θ times the other.
TURNED = {
    N_("Sobel turned to {angle}°"): "sobel",
    N_("Prewitt turned to {angle}°"): "prewitt",
    N_("Scharr turned to {angle}°"): "scharr",
}
ODD_GABOR = N_("Gabor with a sine, θ {theta}, λ {wavelength}, σ {sigma}")
CUT, ENLARGED = N_("cut to {size} × {size}"), N_("enlarged to {size} × {size}")
ANGLES = range(15, 180, 15)
# A kernel that the grid cuts must keep that much of its energy.
KEPT_ENERGY = 0.8
RANDOM_KERNELS, SEED = 2000, 11
CHANCE = 0.95


@dataclass(frozen=True, eq=False)
class HandMade:
    """A hand-made kernel on a grid of k × k taps.

    `slug` and `parameters` name it in the registry; `slug` is empty for one that is not there as it
    is (turned by an angle). `message` is what it is called, with places for its parameters where it
    has no slug; `form` says how it came onto the grid, with a place for the size, or is empty.
    """

    message: str
    slug: str
    parameters: tuple[tuple[str, float], ...]
    form: str
    weights: Weights

    @property
    def title(self) -> str:
        """Its name in the visitor's language, the parameters in it where it has no slug."""
        values = {} if self.slug else {name: f"{value:g}" for name, value in self.parameters}
        return _(self.message, **values)

    @property
    def words(self) -> str:
        """Its name, its parameters and its form, with commas between them."""
        given = self.parameters if self.slug else ()
        numbers = [f"{_symbol(self.slug, name)} {value:g}" for name, value in given]
        form = [_(self.form, size=self.weights.shape[0])] if self.form else []
        return ", ".join([self.title, *numbers, *form])


@dataclass(frozen=True, eq=False)
class Bank:
    """All hand-made kernels of one size: `units` `(N, k²)` are their weights with length 1.

    `by_chance` holds in ascending order the best |r| that each of many random kernels finds here:
    independent normal weights.
    """

    size: int
    kernels: tuple[HandMade, ...]
    units: NDArray[np.float64]
    by_chance: NDArray[np.float64]

    @property
    def threshold(self) -> float:
        """The |r| that only one random kernel in twenty reaches."""
        return float(np.quantile(self.by_chance, CHANCE))

    def share_below(self, correlation: float) -> float:
        """Which share of the random kernels finds nothing that close, 0 to 1."""
        return float(np.searchsorted(self.by_chance, abs(correlation)) / len(self.by_chance))


@dataclass(frozen=True, eq=False)
class Match:
    """The closest hand-made kernel and the normalised correlation with it, -1 to 1.

    `factor` times the kernel's weights comes nearest to the given ones in least squares.
    """

    kernel: HandMade
    correlation: float
    factor: float


@lru_cache(maxsize=8)
def bank(size: int) -> Bank:
    """The bank for kernels of `size` × `size`. Raises `ValueError` for sizes outside 2 to 15."""
    if not SMALLEST <= size <= LARGEST:
        raise ValueError(f"the size is {size}, but it goes from {SMALLEST} to {LARGEST}")
    made = itertools.chain(_registered(size), _turned(size), _odd_gabors(size))
    kernels = tuple(_distinct(made))
    units = np.stack([_unit(one.weights).ravel() for one in kernels])
    drawn = np.random.default_rng(SEED).standard_normal((RANDOM_KERNELS, size * size))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return Bank(size, kernels, units, np.sort(np.abs(drawn @ units.T).max(axis=1)))


def closest(given: NDArray[np.floating], among: Bank | None = None) -> Match:
    """The hand-made kernel nearest to `given` `(k, k)`, by |r|: the first of equals.

    $r = \\langle a, b \\rangle / (\\lVert a \\rVert \\lVert b \\rVert)$. Raises `ValueError` where
    the kernel is not square, of no size in the bank, or zero.
    """
    kernel = np.asarray(given, np.float64)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(f"a square kernel is asked for, this one has shape {kernel.shape}")
    among = among or bank(kernel.shape[0])
    size = length(kernel)
    if not size or not math.isfinite(size):
        raise ValueError("a kernel of zeros, or with weights that are not finite, is like no other")
    correlations = among.units @ (kernel.ravel() / size)
    place = int(np.argmax(np.round(np.abs(correlations), 9)))
    found, correlation = among.kernels[place], float(correlations[place])
    return Match(found, correlation, correlation * size / float(np.linalg.norm(found.weights)))


def _registered(size: int) -> Iterator[HandMade]:
    for entry in KERNELS:
        if entry.slug in LEFT_OUT:
            continue
        ranges = RANGES.get(entry.slug, {})
        for values in itertools.product(*(ranges[p.name] for p in entry.parameters)):
            names = tuple(zip((p.name for p in entry.parameters), values, strict=True))
            if _sensible(dict(names)):
                yield from _on_grid(entry, names, size)


def _sensible(parameters: dict[str, float]) -> bool:
    return parameters.get("narrow", 0) < parameters.get("wide", math.inf)


def _on_grid(
    entry: Kernel, parameters: tuple[tuple[str, float], ...], size: int
) -> Iterator[HandMade]:
    made = weights(entry.slug, **dict(parameters))
    laid, kept = laid_on(made, size)
    if kept >= KEPT_ENERGY:
        form = "" if kept > 1 - 1e-9 else CUT
        yield HandMade(entry.title, entry.slug, parameters, form, laid)
    if not entry.parameters and max(made.shape) < size and np.count_nonzero(made) > 1:
        yield HandMade(entry.title, entry.slug, parameters, ENLARGED, _enlarged(made, size))


def _turned(size: int) -> Iterator[HandMade]:
    for title, slug in TURNED.items():
        across, down = weights(f"{slug}-x"), weights(f"{slug}-y")
        for angle in ANGLES:
            if angle % 90:
                radians = math.radians(angle)
                # 0° is right, 90° is up: y kernels are positive downwards.
                made = math.cos(radians) * across - math.sin(radians) * down
                turn, laid = (("angle", angle),), laid_on(made, size)[0]
                yield HandMade(title, "", turn, "", laid)
                if size > made.shape[0]:
                    yield HandMade(title, "", turn, ENLARGED, _enlarged(made, size))


def _odd_gabors(size: int) -> Iterator[HandMade]:
    """Gabor kernels with a sine for the cosine: between stripes, where the registry's is on one."""
    ranges = RANGES["gabor"]
    for theta, wavelength, sigma in itertools.product(*ranges.values()):
        radius = radius_for(sigma)
        wave = np.sin(2 * math.pi * along(theta, radius) / wavelength)
        made = wave * gaussian_square(sigma, radius)
        laid, kept = laid_on(made, size)
        if kept >= KEPT_ENERGY:
            form = "" if kept > 1 - 1e-9 else CUT
            names = (("theta", theta), ("wavelength", wavelength), ("sigma", sigma))
            yield HandMade(ODD_GABOR, "", names, form, laid)


def laid_on(made: Weights, size: int) -> tuple[Weights, float]:
    """A kernel of odd sides on a grid of `size`, its middle in the middle; the energy kept.

    Cut, or filled up with zeros. Between the taps of an even grid it is the mean of its neighbours.
    """
    wide = size + 1 - size % 2
    grid = np.zeros((wide, wide))
    (rows, to_rows), (columns, to_columns) = (_overlap(taps, wide) for taps in made.shape)
    grid[to_rows, to_columns] = made[rows, columns]
    kept = float(np.square(grid).sum() / np.square(made).sum())
    if wide != size:
        grid = (grid[1:, 1:] + grid[1:, :-1] + grid[:-1, 1:] + grid[:-1, :-1]) / 4
    return grid, kept


def _overlap(taps: int, wide: int) -> tuple[slice, slice]:
    cut, fill = max(0, (taps - wide) // 2), max(0, (wide - taps) // 2)
    return slice(cut, taps - cut), slice(fill, wide - fill)


def _enlarged(made: Weights, size: int) -> Weights:
    return np.asarray(cv2.resize(made, (size, size), interpolation=cv2.INTER_CUBIC), np.float64)


def _unit(kernel: Weights) -> Weights:
    return kernel / np.linalg.norm(kernel)


def _distinct(kernels: Iterator[HandMade]) -> Iterator[HandMade]:
    """Without those that are, but for a factor, one that came before."""
    known = set[bytes]()
    for one in kernels:
        if not np.any(one.weights):
            continue
        unit = _unit(one.weights)
        unit = unit * np.sign(unit.ravel()[np.argmax(np.round(np.abs(unit), 9).ravel())])
        mark = (np.round(unit, 6) + 0.0).tobytes()
        if mark not in known:
            known.add(mark)
            yield one


def _symbol(slug: str, name: str) -> str:
    label = next(
        p.label for entry in KERNELS if entry.slug == slug for p in entry.parameters
        if p.name == name
    )  # fmt: skip
    symbol = label.rpartition(" ")[2]
    return symbol if len(symbol) <= 2 else _(label).lower()
