"""Kernels that respond to spots, lines and stripes: second derivatives and waves. All sum to 0."""

from __future__ import annotations

import math

import numpy as np

from explainer.convolution.kernel import Kernel, Weights
from explainer.convolution.profiles import (
    along,
    balanced,
    exactly_zero_sum,
    gaussian_square,
    radius_for,
)
from explainer.parameters import Parameter
from explainer.words import N_

GROUP = "Spots, lines and stripes"


def laplacian(neighbours: float) -> Weights:
    """The sum of the 4 or 8 neighbours minus as many times the centre."""
    corner = 1.0 if neighbours > 4 else 0.0
    return np.array(
        [[corner, 1.0, corner], [1.0, -4.0 - 4 * corner, 1.0], [corner, 1.0, corner]],
        dtype=np.float64,
    )


def laplacian_of_gaussian(sigma: float) -> Weights:
    r"""$\sigma^2 \nabla^2 G_\sigma = (r^2/\sigma^2 - 2)\,G_\sigma$, made to sum to exactly 0.

    The factor σ² keeps outputs at different σ comparable (Lindeberg 1998).
    """
    radius = radius_for(sigma, widths=4.0)
    envelope = gaussian_square(sigma, radius)
    squared = along(0, radius) ** 2 + along(90, radius) ** 2
    return exactly_zero_sum((squared / sigma**2 - 2) * envelope, envelope)


def difference_of_gaussians(narrow: float, wide: float) -> Weights:
    """A narrow Gaussian minus a wide one, both on the grid of the wider."""
    radius = radius_for(max(narrow, wide))
    envelope = gaussian_square(wide, radius)
    return exactly_zero_sum(gaussian_square(narrow, radius) - envelope, envelope)


def gabor(theta: float, wavelength: float, sigma: float) -> Weights:
    """A cosine wave along θ under a Gaussian, its mean removed; positive weights sum to 1."""
    radius = radius_for(sigma)
    envelope = gaussian_square(sigma, radius)
    wave = np.cos(2 * math.pi * along(theta, radius) / wavelength)
    return balanced(wave * envelope, envelope)


def ridge(theta: float, sigma: float) -> Weights:
    """Minus the second derivative of a Gaussian across a line along θ; positive ones sum to 1."""
    radius = radius_for(sigma, widths=4.0)
    envelope = gaussian_square(sigma, radius)
    across = along(theta + 90, radius)
    return balanced((1 - across**2 / sigma**2) * envelope, envelope)


TEXTURES: tuple[Kernel, ...] = (
    Kernel(
        slug="laplacian",
        title=N_("Laplacian"),
        group=GROUP,
        meaning=N_(
            "The neighbours minus the centre: positive where a pixel is darker than what is "
            "around it, negative where it is brighter, zero on flat ground and on even slopes."
        ),
        structure=r"\frac{\partial^2}{\partial x^2} + \frac{\partial^2}{\partial y^2}",
        parameters=(
            Parameter(
                "neighbours",
                N_("Neighbours"),
                4,
                4,
                8,
                4,
                help=N_("4 looks left, right, up and down; 8 looks along the diagonals as well."),
                whole=True,
            ),
        ),
        build=laplacian,
    ),
    Kernel(
        slug="laplacian-of-gaussian",
        title=N_("Laplacian of Gaussian"),
        group=GROUP,
        meaning=N_(
            "Blur, then Laplacian, in one kernel: strongly positive on dark spots of about "
            "2.8σ across, strongly negative on bright ones."
        ),
        structure=r"\sigma^2\,\nabla^2 G_\sigma = \sigma^2\,(g''_\sigma(y)\,g_\sigma(x) + "
        r"g_\sigma(y)\,g''_\sigma(x))",
        parameters=(
            Parameter(
                "sigma",
                N_("Width σ"),
                1.5,
                0.5,
                3.75,
                0.05,
                "px",
                N_("Which size of spot gives the largest output."),
            ),
        ),
        build=laplacian_of_gaussian,
    ),
    Kernel(
        slug="difference-of-gaussians",
        title=N_("Difference of Gaussians"),
        group=GROUP,
        meaning=N_(
            "A little blur minus more blur: what is left are details between the two sizes, "
            "positive on bright spots. The cells of the retina respond much like this."
        ),
        structure=r"G_{\sigma_1} - G_{\sigma_2}",
        parameters=(
            Parameter(
                "narrow",
                N_("Narrow σ₁"),
                1,
                0.3,
                4,
                0.1,
                "px",
                N_("The narrow bell, counted plus."),
            ),
            Parameter(
                "wide", N_("Wide σ₂"), 1.6, 0.4, 5, 0.1, "px", N_("The wide bell, counted minus.")
            ),
        ),
        build=difference_of_gaussians,
    ),
    Kernel(
        slug="gabor",
        title=N_("Gabor"),
        group=GROUP,
        meaning=N_(
            "A patch of stripes: strong where the picture has stripes of this direction and "
            "spacing. Many networks learn such kernels in their first layer."
        ),
        structure=r"G_\sigma \cdot \left(\cos\frac{2\pi u_\theta}{\lambda} - c\right)",
        parameters=(
            Parameter(
                "theta",
                N_("Direction θ"),
                0,
                0,
                180,
                1,
                "°",
                N_("The way the wave runs; 0°: upright bars."),
            ),
            Parameter(
                "wavelength",
                N_("Wavelength λ"),
                6,
                2,
                16,
                0.5,
                "px",
                N_("From one stripe to the next."),
            ),
            Parameter("sigma", N_("Width σ"), 2.5, 1, 5, 0.1, "px", N_("The size of the patch.")),
        ),
        build=gabor,
    ),
    Kernel(
        slug="ridge",
        title=N_("Ridge"),
        group=GROUP,
        meaning=N_(
            "Positive on bright lines that run in the chosen direction, negative beside them."
        ),
        structure=r"-\sigma^2\,\frac{\partial^2 G_\sigma}{\partial u_{\theta+90°}^2}",
        parameters=(
            Parameter(
                "theta",
                N_("Direction θ"),
                0,
                0,
                180,
                1,
                "°",
                N_("How the line runs; 0° is horizontal."),
            ),
            Parameter(
                "sigma",
                N_("Width σ"),
                1.5,
                0.5,
                3.75,
                0.05,
                "px",
                N_("Half the width of the line."),
            ),
        ),
        build=ridge,
    ),
)
