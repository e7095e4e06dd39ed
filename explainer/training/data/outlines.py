"""The five shapes as distances to their outlines, all of the same area.

A distance is measured in the plane of the shape, whose centre is 0 and whose area is π, that of a
circle of radius 1; it is negative inside. From a distance a pixel knows how much of it is covered,
which is what makes the edges smooth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

REACH = 1.56  # no outline reaches further from its centre

Vertices = tuple[tuple[float, float], ...]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Outline:
    """A shape by name: `distance(x, y)` to it, of tensors of one shape, and its own colour."""

    name: str
    distance: Callable[[Tensor, Tensor], Tensor]
    colour: Colour


def circle_distance(x: Tensor, y: Tensor) -> Tensor:
    """The distance to the circle of radius 1."""
    return torch.hypot(x, y) - 1


def polygon_distance(x: Tensor, y: Tensor, *, vertices: Vertices) -> Tensor:
    """The exact signed distance to a closed polygon that does not cross itself.

    The nearest point of every edge gives the distance, the number of edges that a ray to the
    right crosses gives the sign (the even-odd rule).
    """
    squared, outside = torch.full_like(x, torch.inf), torch.ones_like(x)
    for (ax, ay), (bx, by) in zip(vertices, vertices[1:] + vertices[:1], strict=True):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        along = ((wx * ex + wy * ey) / (ex * ex + ey * ey)).clamp_(0, 1)
        squared = torch.minimum(squared, (wx - along * ex) ** 2 + (wy - along * ey) ** 2)
        crossed = ((y >= ay) != (y >= by)) & ((wx * ey < wy * ex) == (by > ay))
        outside = torch.where(crossed, -outside, outside)
    return squared.sqrt_().mul_(outside)


def polygon(*points: tuple[float, float]) -> Callable[[Tensor, Tensor], Tensor]:
    """The distance to the polygon through `points`, enlarged until its area is π."""
    following = points[1:] + points[:1]
    doubled = sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, following, strict=True))
    scale = math.sqrt(2 * math.pi / abs(doubled))
    return partial(polygon_distance, vertices=tuple((x * scale, y * scale) for x, y in points))


def around(corners: int, radius: float, turn: float) -> list[tuple[float, float]]:
    """`corners` points on a circle, the first `turn` of a full turn from the top; y points down."""
    angles = (2 * math.pi * (corner / corners + turn) for corner in range(corners))
    return [(radius * math.sin(angle), -radius * math.cos(angle)) for angle in angles]


def star(points: int, inner: float) -> list[tuple[float, float]]:
    """A star of radius 1 whose inner corners lie at radius `inner`."""
    outer_ring, inner_ring = around(points, 1, 0), around(points, inner, 0.5 / points)
    return [corner for pair in zip(outer_ring, inner_ring, strict=True) for corner in pair]


def cross(arm: float) -> list[tuple[float, float]]:
    """A plus of span 2 whose arms are `2 * arm` wide."""
    quarter = [(arm, -1.0), (arm, -arm), (1.0, -arm)]
    corners = []
    for _ in range(4):
        corners += quarter
        quarter = [(-y, x) for x, y in quarter]
    return corners


OUTLINES: tuple[Outline, ...] = (
    Outline("circle", circle_distance, (0.90, 0.62, 0.12)),
    Outline("square", polygon(*around(4, 1, 0.125)), (0.34, 0.71, 0.91)),
    Outline("triangle", polygon(*around(3, 1, 0)), (0.10, 0.68, 0.52)),
    Outline("star", polygon(*star(5, 0.45)), (0.94, 0.89, 0.26)),
    Outline("cross", polygon(*cross(0.36)), (0.86, 0.45, 0.66)),
)
"""One entry is one class of the shapes data set, with its colour there."""
