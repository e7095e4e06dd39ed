"""The shapes kernels are built from: sampled Gaussians, rotated coordinates, sums made exact."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from explainer.convolution.kernel import Weights

LARGEST_RADIUS = 15
QUANTUM = 2.0**-40


def radius_for(sigma: float, *, widths: float = 3.0) -> int:
    """How many pixels each side of the centre hold `widths` standard deviations: 1 to 15."""
    return max(1, min(LARGEST_RADIUS, math.ceil(widths * sigma)))


def gaussian_line(sigma: float, radius: int) -> NDArray[np.float64]:
    r"""Samples of $e^{-x^2 / 2\sigma^2}$ at `-radius..radius`, scaled to sum to 1."""
    offsets = np.arange(-radius, radius + 1)
    samples = np.exp(-(offsets**2) / (2 * sigma**2))
    return np.asarray(samples / samples.sum(), dtype=np.float64)


def gaussian_square(sigma: float, radius: int) -> Weights:
    """The outer product of `gaussian_line` with itself: `(2 radius + 1, 2 radius + 1)`, sum 1."""
    line = gaussian_line(sigma, radius)
    return np.outer(line, line)


def single_tap(radius: int) -> Weights:
    """A 1 in the middle of zeros, `(2 radius + 1, 2 radius + 1)`: the kernel that copies."""
    weights = np.zeros((2 * radius + 1, 2 * radius + 1))
    weights[radius, radius] = 1.0
    return weights


def along(degrees: float, radius: int) -> NDArray[np.float64]:
    """How far each tap lies in a direction: 0° is right, 90° is up, in pixels."""
    offsets = np.arange(-radius, radius + 1, dtype=np.float64)
    angle = math.radians(degrees)
    return offsets[None, :] * math.cos(angle) - offsets[:, None] * math.sin(angle)


def exactly_zero_sum(weights: Weights, envelope: Weights) -> Weights:
    """`weights` less as much of `envelope` (sum 1) as makes them sum to 0, with no rounding left.

    The weights become multiples of 2⁻⁴⁰, whose sums float64 holds exactly in any order; what is
    then left over, a few such steps, is taken from the centre.
    """
    steps = np.round((weights - weights.sum() * envelope) / QUANTUM)
    steps[steps.shape[0] // 2, steps.shape[1] // 2] -= steps.sum()
    return np.asarray(steps * QUANTUM, dtype=np.float64)


def balanced(weights: Weights, envelope: Weights) -> Weights:
    """`weights` made to sum to 0, scaled so that the positive ones sum to 1, the others to -1."""
    even = weights - weights.sum() * envelope
    return exactly_zero_sum(even * (2.0 / np.abs(even).sum()), envelope)
