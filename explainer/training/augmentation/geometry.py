"""Moving pixels: flips, shifts, turns and crops, as affine maps that combine into one.

A map is a matrix `(2, 3)` that says where each output pixel reads the input, both in coordinates
from -1 (outer edge of the first pixel) to 1 (outer edge of the last), x to the right and y down:
the convention of `torch.nn.functional.affine_grid` with `align_corners=False`. Reading between
pixels is bilinear; outside the picture it is black.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.parameters import Parameter
from explainer.training.augmentation.augmentation import (
    Apply,
    Augmentation,
    each,
    pixelwise,
    uniform,
)
from explainer.words import N_

Size = tuple[int, int]


def assembled(rows: list[list[Tensor | float]], like: Tensor) -> Tensor:
    """Matrices `(B, 2, 3)` from entries that are `(B,)` like `like` or one number for all."""
    matrices = like.new_empty(len(like), 2, 3)
    for row, entries in enumerate(rows):
        for column, entry in enumerate(entries):
            place = matrices[:, row, column]
            place.copy_(entry) if isinstance(entry, Tensor) else place.fill_(entry)
    return matrices


def flips(count: int, size: Size, generator: torch.Generator, *, p: float) -> Tensor:
    """Mirror left and right with probability `p`."""
    sign = 1 - 2 * (uniform(count, 0, 1, generator) < p).float()
    return assembled([[sign, 0, 0], [0, 1, 0]], sign)


def shifts(count: int, size: Size, generator: torch.Generator, *, share: float) -> Tensor:
    """Move by whole pixels, up to `share` of each side, either way."""
    down, right = (
        torch.round(uniform(count, -share * side, share * side, generator)) for side in size
    )
    return assembled([[1, 0, -2 * right / size[1]], [0, 1, -2 * down / size[0]]], right)


def rotations(count: int, size: Size, generator: torch.Generator, *, degrees: float) -> Tensor:
    """Turn about the centre by up to `degrees`, either way; pictures need not be square."""
    angle = uniform(count, -degrees, degrees, generator).mul_(math.pi / 180)
    cosine, sine = angle.cos(), angle.sin()
    height, width = size
    return assembled(
        [[cosine, -sine * height / width, 0], [sine * width / height, cosine, 0]], sine
    )


def crops(count: int, size: Size, generator: torch.Generator, *, smallest: float) -> Tensor:
    """A window of `smallest` to all of the area, in the proportions of the whole, enlarged."""
    side = uniform(count, smallest, 1, generator).sqrt()
    x, y = (uniform(count, -1, 1, generator) * (1 - side) for _ in size)
    return assembled([[side, 0, x], [0, side, y]], side)


def combined(first: Tensor, second: Tensor) -> Tensor:
    """The map that does `first` and then `second`: reading runs backwards, so first @ second."""
    linear = first[:, :, :2] @ second
    linear[:, :, 2] += first[:, :, 2]
    return linear


def warped(inputs: Tensor, maps: Tensor) -> Tensor:
    """Read `inputs` `(B, C, H, W)` where `maps` `(B, 2, 3)` say, in one bilinear pass."""
    maps = maps.to(inputs.device)
    x, y = (centres(side, inputs) for side in (inputs.shape[3], inputs.shape[2]))
    grid = inputs.new_empty(len(inputs), len(y), len(x), 2)
    for axis in (0, 1):
        a, b, c = (maps[:, axis, column, None] for column in range(3))
        torch.add((a * x + c)[:, None, :], (b * y)[:, :, None], out=grid[..., axis])
    return F.grid_sample(inputs, grid, align_corners=False)


def centres(side: int, like: Tensor) -> Tensor:
    """The centres of `side` pixels between -1 and 1, on the device of `like`."""
    return torch.arange(1 - side, side, 2, device=like.device, dtype=like.dtype) / side


def flipped(inputs: Tensor, generator: torch.Generator, *, p: float) -> Tensor:
    """The same as :func:`flips`, without reading between pixels."""
    chosen = each(uniform(len(inputs), 0, 1, generator) < p, inputs)
    return torch.where(chosen, inputs.flip(-1), inputs)


def by_warping(maps: Callable[..., Tensor]) -> Apply:
    """An `apply` that draws `maps` and reads the pictures through them."""

    def change(inputs: Tensor, generator: torch.Generator, **values: float) -> Tensor:
        size = (inputs.shape[2], inputs.shape[3])
        return warped(inputs, maps(len(inputs), size, generator, **values))

    return pixelwise(change)


GEOMETRY: tuple[Augmentation, ...] = (
    Augmentation(
        slug="flip",
        title=N_("Mirror"),
        meaning=N_(
            "Left and right change places in a share of the pictures. A mirrored cat is a cat; a "
            "mirrored 3 is not a 3."
        ),
        parameters=(
            Parameter(
                "p", N_("Probability"), 0.5, 0, 1, 0.05, help=N_("The share that is mirrored.")
            ),
        ),
        apply=pixelwise(flipped),
        source='''def flips(x, p):
    """Left and right change places with probability p."""
    return affine(1 - 2 * (uniform(len(x), 0, 1) < p).float(), 0, 0, 0, 1, 0)''',
        source_alone='''def flip(x, p):
    """Left and right change places with probability p."""
    chosen = uniform(len(x), 0, 1) < p
    return torch.where(chosen[:, None, None, None], x.flip(-1), x)''',
        maps=flips,
        idle=lambda p: p == 0,
    ),
    Augmentation(
        slug="shift",
        title=N_("Shift"),
        meaning=N_("Each picture moves by whole pixels; where it leaves a gap, the gap is black."),
        parameters=(
            Parameter(
                "share",
                N_("Largest shift"),
                0.125,
                0,
                0.5,
                0.025,
                help=N_("As a share of the side."),
            ),
        ),
        apply=by_warping(shifts),
        source='''def shifts(x, share):
    """Whole pixels up, down, left and right, up to a share of the side."""
    height, width = x.shape[2:]
    down = uniform(len(x), -share * height, share * height).round()
    right = uniform(len(x), -share * width, share * width).round()
    return affine(1, 0, -2 * right / width, 0, 1, -2 * down / height)''',
        maps=shifts,
        idle=lambda share: share == 0,
    ),
    Augmentation(
        slug="rotation",
        title=N_("Rotation"),
        meaning=N_("Each picture turns about its centre, either way; the corners become black."),
        parameters=(Parameter("degrees", N_("Largest angle"), 15, 0, 180, 1, "°"),),
        apply=by_warping(rotations),
        source='''def rotations(x, degrees):
    """A turn about the centre, either way."""
    height, width = x.shape[2:]
    angle = uniform(len(x), -degrees, degrees) * (math.pi / 180)
    cosine, sine = angle.cos(), angle.sin()
    return affine(cosine, -sine * height / width, 0, sine * width / height, cosine, 0)''',
        maps=rotations,
        idle=lambda degrees: degrees == 0,
    ),
    Augmentation(
        slug="crop",
        title=N_("Scale and crop"),
        meaning=N_(
            "A window of each picture, somewhere in it, is enlarged to the size of the whole."
        ),
        parameters=(
            Parameter(
                "smallest",
                N_("Smallest area"),
                0.6,
                0.1,
                1,
                0.05,
                help=N_("1 keeps the whole picture."),
            ),
        ),
        apply=by_warping(crops),
        source='''def crops(x, smallest):
    """A window of `smallest` to all of the area, enlarged to the size of the whole."""
    side = uniform(len(x), smallest, 1).sqrt()
    left, top = (uniform(len(x), -1, 1) * (1 - side) for _ in range(2))
    return affine(side, 0, left, 0, side, top)''',
        maps=crops,
        idle=lambda smallest: smallest == 1,
    ),
)
