"""Kernels that respond to edges: differences of neighbours, alone or with smoothing across them.

All are written for cross-correlation, as networks compute it. So "x" and "vertical" kernels are
positive where the picture gets brighter to the right, "y" and "horizontal" ones where it gets
brighter downwards.
"""

from __future__ import annotations

import numpy as np

from explainer.convolution.kernel import Kernel, Weights
from explainer.parameters import Parameter
from explainer.words import N_

GROUP = "Edges"
DIFFERENCE = (-1.0, 0.0, 1.0)
RIGHT = r"\begin{bmatrix}-1&0&1\end{bmatrix}"
DOWN = r"\begin{bmatrix}-1\\0\\1\end{bmatrix}"


def smooth_times_difference(smooth: tuple[float, float, float]) -> Weights:
    """`smooth` down the column times the difference along the row: positive towards the right."""
    return np.outer(smooth, DIFFERENCE)


def vertical_edge() -> Weights:
    """Right neighbour minus left neighbour, in a 3×3 grid."""
    return smooth_times_difference((0.0, 1.0, 0.0))


def horizontal_edge() -> Weights:
    """Lower neighbour minus upper neighbour, in a 3×3 grid."""
    return vertical_edge().T.copy()


def diagonal_edge(direction: float) -> Weights:
    """Prewitt's compass kernel: positive where the picture gets brighter up-right or up-left."""
    up_right = np.array([[0.0, 1.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, -1.0, 0.0]])
    return up_right if direction < 90 else up_right[:, ::-1].copy()


def prewitt_x() -> Weights:
    """Three equal rows of the difference."""
    return smooth_times_difference((1.0, 1.0, 1.0))


def prewitt_y() -> Weights:
    """Prewitt x, turned to look down."""
    return prewitt_x().T.copy()


def sobel_x() -> Weights:
    """Rows of the difference, the middle one counted twice."""
    return smooth_times_difference((1.0, 2.0, 1.0))


def sobel_y() -> Weights:
    """Sobel x, turned to look down."""
    return sobel_x().T.copy()


def scharr_x() -> Weights:
    """Rows of the difference weighted 3, 10, 3 (Scharr 2000, integer form)."""
    return smooth_times_difference((3.0, 10.0, 3.0))


def scharr_y() -> Weights:
    """Scharr x, turned to look down."""
    return scharr_x().T.copy()


DIRECTION = Parameter(
    name="direction",
    label=N_("Direction"),
    default=45,
    minimum=45,
    maximum=135,
    step=90,
    unit="°",
    help=N_("Where it gets brighter: 45° is towards the upper right, 135° towards the upper left."),
    whole=True,
)

EDGES: tuple[Kernel, ...] = (
    Kernel(
        slug="vertical-edge",
        title=N_("Vertical edge"),
        group=GROUP,
        meaning=N_(
            "The pixel on the right minus the pixel on the left: positive where the picture "
            "gets brighter to the right, negative where it gets darker, zero where nothing changes."
        ),
        structure=RIGHT,
        parameters=(),
        build=vertical_edge,
    ),
    Kernel(
        slug="horizontal-edge",
        title=N_("Horizontal edge"),
        group=GROUP,
        meaning=N_(
            "The pixel below minus the pixel above: positive where it gets brighter downwards."
        ),
        structure=DOWN,
        parameters=(),
        build=horizontal_edge,
    ),
    Kernel(
        slug="diagonal-edge",
        title=N_("Diagonal edge"),
        group=GROUP,
        meaning=N_(
            "One corner of the window minus the opposite one: positive where the picture gets "
            "brighter in the chosen direction."
        ),
        structure="",
        parameters=(DIRECTION,),
        build=diagonal_edge,
    ),
    Kernel(
        slug="sobel-x",
        title=N_("Sobel x"),
        group=GROUP,
        meaning=N_(
            "A difference to the right, smoothed down the column 1-2-1 so that noise counts "
            "for less: positive where the picture gets brighter to the right."
        ),
        structure=r"\begin{bmatrix}1\\2\\1\end{bmatrix}" + RIGHT,
        parameters=(),
        build=sobel_x,
    ),
    Kernel(
        slug="sobel-y",
        title=N_("Sobel y"),
        group=GROUP,
        meaning=N_(
            "A difference downwards, smoothed along the row 1-2-1: positive where the picture "
            "gets brighter downwards."
        ),
        structure=DOWN + r"\begin{bmatrix}1&2&1\end{bmatrix}",
        parameters=(),
        build=sobel_y,
    ),
    Kernel(
        slug="prewitt-x",
        title=N_("Prewitt x"),
        group=GROUP,
        meaning=N_("The difference to the right, summed over three rows that all count the same."),
        structure=r"\begin{bmatrix}1\\1\\1\end{bmatrix}" + RIGHT,
        parameters=(),
        build=prewitt_x,
    ),
    Kernel(
        slug="prewitt-y",
        title=N_("Prewitt y"),
        group=GROUP,
        meaning=N_("The difference downwards, summed over three columns that all count the same."),
        structure=DOWN + r"\begin{bmatrix}1&1&1\end{bmatrix}",
        parameters=(),
        build=prewitt_y,
    ),
    Kernel(
        slug="scharr-x",
        title=N_("Scharr x"),
        group=GROUP,
        meaning=N_(
            "Sobel's idea with the smoothing 3-10-3, which measures the direction of a slanted "
            "edge more evenly; its outputs are four times as large."
        ),
        structure=r"\begin{bmatrix}3\\10\\3\end{bmatrix}" + RIGHT,
        parameters=(),
        build=scharr_x,
    ),
    Kernel(
        slug="scharr-y",
        title=N_("Scharr y"),
        group=GROUP,
        meaning=N_(
            "Scharr x turned to look down: positive where the picture gets brighter downwards."
        ),
        structure=DOWN + r"\begin{bmatrix}3&10&3\end{bmatrix}",
        parameters=(),
        build=scharr_y,
    ),
)
