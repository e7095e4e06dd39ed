"""Families of background textures: each a pattern in the plane with turn, scale and place free."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

SHORTEST, LONGEST = 5.0, 8.0  # wavelengths in pixels


@dataclass(frozen=True)
class Texture:
    """A family by name: `wave(u, v)` of angles in radians, any sign, 0 where light meets dark."""

    name: str
    wave: Callable[[Tensor, Tensor], Tensor]


def stripes(u: Tensor, v: Tensor) -> Tensor:
    """Parallel bars."""
    return torch.sin(u)


def checks(u: Tensor, v: Tensor) -> Tensor:
    """A checkerboard of fields that are one wavelength wide, corner to corner."""
    return torch.sin(u / 1.5) * torch.sin(v / 1.5) * 1.5


def dots(u: Tensor, v: Tensor) -> Tensor:
    """Round light spots on a square grid."""
    return torch.cos(u) + torch.cos(v) - 0.6


def rings(u: Tensor, v: Tensor) -> Tensor:
    """Circles around a point near the picture."""
    return torch.sin(torch.hypot(u, v))


def zigzag(u: Tensor, v: Tensor) -> Tensor:
    """Bars that run in corners, like a herringbone."""
    return torch.sin(u + 2 * torch.asin(torch.sin(v / 2)))


TEXTURES: tuple[Texture, ...] = (
    Texture("stripes", stripes),
    Texture("checks", checks),
    Texture("dots", dots),
    Texture("rings", rings),
    Texture("zigzag", zigzag),
)


def painted(family: Texture, x: Tensor, y: Tensor, draws: Tensor) -> Tensor:
    """How light the texture is: `(N, H, W)` in [0, 1], the edges one pixel soft.

    `x` and `y` `(H, W)` are in pixels from the centre of the picture; `draws` `(N, 4)` in [0, 1)
    choose turn, wavelength and place.
    """
    turn, scale, *place = (draws[:, column, None, None] for column in range(4))
    cosine, sine = torch.cos(2 * math.pi * turn), torch.sin(2 * math.pi * turn)
    frequency = 2 * math.pi / (SHORTEST + (LONGEST - SHORTEST) * scale)
    u = frequency * (cosine * x + sine * y) + 2 * math.pi * place[0]
    v = frequency * (cosine * y - sine * x) + 2 * math.pi * place[1]
    return (family.wave(u, v) / frequency + 0.5).clamp_(0, 1)
