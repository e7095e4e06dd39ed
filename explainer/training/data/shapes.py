"""Circles, squares, triangles, stars and crosses, with everything else under control.

A shape and its background are drawn from separate streams of the same seed: change the setting of
the background and the same objects stand, pixel by pixel, in front of something else. That is how
to stage a network that learns the background: train where each class has a texture of its own,
test where it has any.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explainer.parameters import Choice, Option, Parameter
from explainer.training.data.data_set import DataSet, Examples
from explainer.training.data.outlines import OUTLINES, REACH
from explainer.training.data.textures import TEXTURES, painted
from explainer.words import N_

SIDE = 32
CHUNK = 500  # pictures at a time, to bound the memory of what lies in between
OBJECTS, BACKGROUNDS, NOISE = range(3)  # streams of one seed

BACKGROUND = Choice(
    "background",
    N_("Background"),
    "plain",
    (
        Option("plain", N_("Plain grey")),
        Option("class", N_("A texture for each class")),
        Option("random", N_("Any texture")),
    ),
    N_("A texture for each class gives the class away without a look at the shape."),
)
COLOUR = Choice(
    "colour",
    N_("Colour"),
    "random",
    (Option("fixed", N_("A colour for each class")), Option("random", N_("Any colour"))),
)


def stream(seed: int, which: int) -> torch.Generator:
    """One of the independent streams of a seed."""
    return torch.Generator().manual_seed(seed * 8 + which)


def shapes(
    *,
    count: float,
    jitter: float,
    smallest: float,
    largest: float,
    rotation: float,
    colour: str,
    background: str,
    noise: float,
    seed: float,
) -> Examples:
    """`count` pictures, float32 `(count, 3, 32, 32)` in [0, 1], the classes in equal numbers.

    Radii lie between `smallest` and `largest` pixels (of a circle; all shapes have its area),
    angles within ±`rotation` degrees, centres anywhere within `jitter` times the room that leaves
    every shape inside the picture. `noise` is the standard deviation of Gaussian noise.
    """
    total, root = int(count), int(seed)
    objects, behind = stream(root, OBJECTS), stream(root, BACKGROUNDS)
    labels = torch.randperm(total, generator=objects) % len(OUTLINES)
    draws = torch.rand(total, 6, generator=objects)
    radius = min(smallest, largest) + abs(largest - smallest) * draws[:, 0]
    centre = (2 * draws[:, 1:3] - 1) * jitter * (SIDE / 2 - REACH * radius).clamp(min=0)[:, None]
    angle = (2 * draws[:, 3] - 1) * rotation * math.pi / 180
    front = _own_colours(labels) if colour == "fixed" else vivid(draws[:, 4], draws[:, 5])
    places = torch.rand(total, 6, generator=behind)
    families = _families(background, labels, behind)
    pictures = torch.empty(total, 3, SIDE, SIDE)
    for rows in torch.split(torch.arange(total), CHUNK):
        cover = covered(labels[rows], centre[rows], radius[rows], angle[rows])[:, None]
        back = backgrounds(None if families is None else families[rows], places[rows])[:, None]
        pictures[rows] = torch.lerp(back, front[rows][:, :, None, None], cover)
    pictures += noise * torch.randn(pictures.shape, generator=stream(root, NOISE))
    return Examples(
        name="shapes",
        title="Shapes",
        inputs=pictures.clamp_(0, 1),
        labels=labels,
        classes=tuple(outline.name for outline in OUTLINES),
        test_from=None,
        credit=N_("Computed by Deepglass"),
        settings=(
            ("count", count),
            ("jitter", jitter),
            ("smallest", smallest),
            ("largest", largest),
            ("rotation", rotation),
            ("colour", colour),
            ("background", background),
            ("noise", noise),
            ("seed", seed),
        ),
    )


def _families(background: str, labels: Tensor, generator: torch.Generator) -> Tensor | None:
    """The texture of each picture, an index; None where the background is plain."""
    anyone = torch.randint(len(TEXTURES), labels.shape, generator=generator)
    return {"plain": None, "class": labels % len(TEXTURES), "random": anyone}[background]


def _own_colours(labels: Tensor) -> Tensor:
    return torch.tensor([outline.colour for outline in OUTLINES])[labels]


def vivid(hue: Tensor, value: Tensor) -> Tensor:
    """Bright colours `(N, 3)` of every hue in [0, 1), as HSV with saturation 0.7."""
    wheel = hue[:, None] * 6 + torch.tensor([0.0, 4.0, 2.0])
    pure = ((wheel % 6 - 3).abs() - 1).clamp(0, 1)
    return (0.8 + 0.2 * value)[:, None] * (0.3 + 0.7 * pure)


def pixel_centres() -> tuple[Tensor, Tensor]:
    """x and y `(32, 32)` of the pixel centres, in pixels from the centre of the picture."""
    line = torch.arange(SIDE) + 0.5 - SIDE / 2
    y, x = torch.meshgrid(line, line, indexing="ij")
    return x, y


def covered(labels: Tensor, centre: Tensor, radius: Tensor, angle: Tensor) -> Tensor:
    """The share of each pixel that the shape covers: `(N, 32, 32)` in [0, 1]."""
    x, y = pixel_centres()
    cosine, sine, size = (value[:, None, None] for value in (angle.cos(), angle.sin(), radius))
    across, down = (x - centre[:, 0, None, None], y - centre[:, 1, None, None])
    u, v = (cosine * across + sine * down) / size, (cosine * down - sine * across) / size
    distance = torch.empty_like(u)
    for label, outline in enumerate(OUTLINES):
        mine = labels == label
        distance[mine] = outline.distance(u[mine], v[mine])
    return (0.5 - distance * size).clamp_(0, 1)


def backgrounds(families: Tensor | None, draws: Tensor) -> Tensor:
    """Grey backgrounds `(N, 32, 32)`: one level each, or textures between two levels."""
    dark, contrast = 0.1 + 0.2 * draws[:, 4, None, None], 0.25 + 0.1 * draws[:, 5, None, None]
    if families is None:
        return (dark + contrast / 2).expand(-1, SIDE, SIDE)
    x, y = pixel_centres()
    light = torch.empty(len(draws), SIDE, SIDE)
    for index, family in enumerate(TEXTURES):
        mine = families == index
        light[mine] = painted(family, x, y, draws[mine, :4])
    return dark + contrast * light


SHAPES: tuple[DataSet, ...] = (
    DataSet(
        slug="shapes",
        title=N_("Shapes"),
        group="Generated",
        meaning=N_(
            "Five shapes in colour, 32 × 32: place, size, turn, colour and background are "
            "yours, so you know what a network could have learned instead of the shape."
        ),
        load=shapes,
        parameters=(
            Parameter("count", N_("Pictures"), 1000, 100, 5000, 100, whole=True),
            Parameter(
                "jitter",
                N_("Off centre"),
                0.6,
                0,
                1,
                0.05,
                help=N_("A share of the room there is."),
            ),
            Parameter("smallest", N_("Smallest radius"), 5, 3, 10, 0.5, "px"),
            Parameter("largest", N_("Largest radius"), 8, 3, 10, 0.5, "px"),
            Parameter("rotation", N_("Largest turn"), 30, 0, 180, 5, "°", N_("Either way.")),
            COLOUR,
            BACKGROUND,
            Parameter("noise", N_("Noise"), 0.05, 0, 0.3, 0.01, help=N_("Its standard deviation.")),
            Parameter("seed", N_("Seed"), 0, 0, 9999, 1, whole=True),
        ),
    ),
)
