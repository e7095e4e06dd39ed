"""Kernels that keep the mean brightness: copying, moving, blurring, sharpening. All sum to 1."""

from __future__ import annotations

import math

import numpy as np

from explainer.convolution.kernel import Kernel, Weights
from explainer.convolution.profiles import gaussian_square, radius_for, single_tap
from explainer.parameters import Parameter
from explainer.words import N_


def identity() -> Weights:
    """A 1 in the middle of a 3×3 grid."""
    return single_tap(1)


def shift(dx: float, dy: float) -> Weights:
    """One tap away from the centre: the picture moves `dx` pixels right and `dy` down.

    To move the picture right, each output pixel reads the input to its left.
    """
    right, down = int(dx), int(dy)
    weights = np.zeros((2 * abs(down) + 1, 2 * abs(right) + 1))
    weights[abs(down) - down, abs(right) - right] = 1.0
    return weights


def box(size: float) -> Weights:
    """`size × size` equal weights."""
    side = int(size)
    return np.full((side, side), 1.0 / side**2)


def gaussian(sigma: float) -> Weights:
    """A sampled Gaussian, cut at 3σ."""
    return gaussian_square(sigma, radius_for(sigma))


def motion_blur(length: float, angle: float) -> Weights:
    """The mean along a line: `length` points one pixel apart, each shared among its four taps.

    Sharing in proportion to nearness (bilinear) is what keeps a slanted line smooth. Empty margins
    are cut off, so a horizontal line is one row.
    """
    taps, radius = int(length), int(length) // 2
    steps = np.arange(taps) - radius
    columns = np.round(radius + steps * math.cos(math.radians(angle)), 9)
    rows = np.round(radius - steps * math.sin(math.radians(angle)), 9)
    weights = np.zeros((taps, taps))
    for row, column in zip(rows, columns, strict=True):
        near_row = np.maximum(0, 1 - np.abs(np.arange(taps) - row))
        near_column = np.maximum(0, 1 - np.abs(np.arange(taps) - column))
        weights += np.outer(near_row, near_column) / taps
    return without_margins(weights)


def without_margins(weights: Weights) -> Weights:
    """`weights` without the empty rows and columns that lie on both sides of the centre alike."""
    rows, columns = np.nonzero(weights)
    height, width = weights.shape
    top = min(rows.min(), height - 1 - rows.max())
    left = min(columns.min(), width - 1 - columns.max())
    return weights[top : height - top, left : width - left].copy()


def sharpen(amount: float) -> Weights:
    """The identity minus `amount` times the 4-neighbour Laplacian."""
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    return single_tap(1) - amount * laplacian


def unsharp_mask(amount: float, sigma: float) -> Weights:
    """The identity plus `amount` times what a Gaussian blur takes away."""
    radius = radius_for(sigma)
    return (1 + amount) * single_tap(radius) - amount * gaussian_square(sigma, radius)


def emboss() -> Weights:
    """The picture plus a strong difference from the upper left to the lower right."""
    return np.array([[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])


def _offset(name: str, label: str, default: float, help_text: str) -> Parameter:
    return Parameter(name, label, default, -15, 15, 1, unit="px", help=help_text, whole=True)


AMOUNT = Parameter(
    "amount", N_("Amount"), 1, 0, 5, 0.1, help=N_("0 leaves the picture as it is; more is crisper.")
)

BASICS: tuple[Kernel, ...] = (
    Kernel(
        slug="identity",
        title=N_("Identity"),
        group="Basics",
        meaning=N_("Each pixel is copied: the one kernel that changes nothing."),
        structure="",
        parameters=(),
        build=identity,
    ),
    Kernel(
        slug="shift",
        title=N_("Shift"),
        group="Basics",
        meaning=N_("A single 1 away from the centre: the whole picture moves."),
        structure=r"y_{r,c} = x_{r-\Delta y,\,c-\Delta x}",
        parameters=(
            _offset("dx", N_("To the right"), 4, N_("Negative moves the picture left.")),
            _offset("dy", N_("Down"), 2, N_("Negative moves the picture up.")),
        ),
        build=shift,
    ),
)

BLURS: tuple[Kernel, ...] = (
    Kernel(
        slug="box",
        title=N_("Box blur"),
        group="Blur",
        meaning=N_("The mean of the window: every pixel counts the same."),
        structure=r"\tfrac{1}{k}\begin{bmatrix}1\\\vdots\\1\end{bmatrix}\cdot"
        r"\tfrac{1}{k}\begin{bmatrix}1&\cdots&1\end{bmatrix}",
        parameters=(
            Parameter("size", N_("Size"), 5, 1, 31, 2, "px", N_("Width and height."), True),
        ),
        build=box,
    ),
    Kernel(
        slug="gaussian",
        title=N_("Gaussian blur"),
        group="Blur",
        meaning=N_(
            "A mean in which near pixels count more than far ones, alike in all directions."
        ),
        structure=r"G_\sigma(x,y) = g_\sigma(y)\,g_\sigma(x),\quad "
        r"g_\sigma(x) \propto e^{-x^2/2\sigma^2}",
        parameters=(
            Parameter(
                "sigma",
                N_("Width σ"),
                1.5,
                0.3,
                5,
                0.1,
                "px",
                N_("The width of the bell; cut at 3σ."),
            ),
        ),
        build=gaussian,
    ),
    Kernel(
        slug="motion-blur",
        title=N_("Motion blur"),
        group="Blur",
        meaning=N_("The mean along a line, as if the camera had moved while the shutter was open."),
        structure="",
        parameters=(
            Parameter("length", N_("Length"), 9, 1, 31, 2, "px", N_("How far it moved."), True),
            Parameter(
                "angle", N_("Angle"), 30, 0, 180, 1, "°", N_("0° is horizontal, 90° is vertical.")
            ),
        ),
        build=motion_blur,
    ),
)

SHARPENERS: tuple[Kernel, ...] = (
    Kernel(
        slug="sharpen",
        title=N_("Sharpen"),
        group="Sharpen",
        meaning=N_(
            "Each pixel plus its difference from its four neighbours: edges overshoot a little "
            "on both sides, which the eye reads as sharp."
        ),
        structure=r"\delta - a\,\nabla^2",
        parameters=(AMOUNT,),
        build=sharpen,
    ),
    Kernel(
        slug="unsharp-mask",
        title=N_("Unsharp mask"),
        group="Sharpen",
        meaning=N_("The picture plus what a blur would take away from it."),
        structure=r"\delta + a\,(\delta - G_\sigma)",
        parameters=(
            AMOUNT,
            Parameter(
                "sigma", N_("Width σ"), 2, 0.3, 5, 0.1, "px", N_("How coarse the details are.")
            ),
        ),
        build=unsharp_mask,
    ),
    Kernel(
        slug="emboss",
        title=N_("Emboss"),
        group="Sharpen",
        meaning=N_(
            "The picture as a relief, its brightness as height, with a lamp at the upper left: "
            "what rises towards the lower right faces the lamp and gets brighter."
        ),
        structure="",
        parameters=(),
        build=emboss,
    ),
)
