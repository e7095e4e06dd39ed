"""Test sets that differ from the training set in one way: how far does what was learned carry?

Shifts work on inputs before normalisation: pictures `(N, C, H, W)` in [0, 1], or points `(N, 2)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.parameters import Parameter, Value, checked
from explainer.registry import Registry
from explainer.training.augmentation.geometry import assembled, warped
from explainer.training.augmentation.pixels import noised
from explainer.training.data.data_set import Examples
from explainer.training.data.shapes import shapes
from explainer.words import N_, later


@dataclass(frozen=True)
class Shift:
    """A shift by name: which data it suits, and what it does to some of their rows.

    `apply(examples, rows, generator, **values)` returns the shifted inputs of `rows`.
    """

    slug: str
    title: str
    meaning: str
    parameters: tuple[Parameter, ...]
    suits: Callable[[Examples], bool]
    apply: Callable[..., Tensor]

    def defaults(self) -> dict[str, float]:
        """The default value of each parameter, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}


def blurred(pictures: Tensor, *, sigma: float) -> Tensor:
    """A Gaussian blur, cut at 3σ, the border repeated outwards."""
    radius = math.ceil(3 * sigma)
    if not radius:
        return pictures.clone()
    offsets = torch.arange(-radius, radius + 1, dtype=pictures.dtype, device=pictures.device)
    weights = torch.softmax(-(offsets**2) / (2 * sigma**2), 0)
    channels = pictures.shape[1]
    padded = F.pad(pictures, [radius] * 4, mode="replicate")
    across = F.conv2d(padded, weights.view(1, 1, 1, -1).repeat(channels, 1, 1, 1), groups=channels)
    return F.conv2d(across, weights.view(1, 1, -1, 1).repeat(channels, 1, 1, 1), groups=channels)


def turned(inputs: Tensor, *, degrees: float) -> Tensor:
    """Every input turned by the same angle about its centre, counter-clockwise.

    Points turn about the origin; pictures are black where nothing is known.
    """
    angle = torch.full((len(inputs),), math.radians(degrees), dtype=inputs.dtype)
    cosine, sine = angle.cos().to(inputs.device), angle.sin().to(inputs.device)
    if inputs.dim() == 2:
        x, y = inputs.unbind(1)
        return torch.stack([cosine * x - sine * y, sine * x + cosine * y], 1)
    tall = inputs.shape[2] / inputs.shape[3]
    return warped(inputs, assembled([[cosine, -sine * tall, 0], [sine / tall, cosine, 0]], cosine))


def _of_rows(change: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def apply(
        examples: Examples, rows: Tensor, generator: torch.Generator, **values: float
    ) -> Tensor:
        return change(examples.inputs[rows], **values)

    return apply


def _noised_rows(
    examples: Examples, rows: Tensor, generator: torch.Generator, *, sigma: float
) -> Tensor:
    return noised(examples.inputs[rows], generator, sigma=sigma)


def _other_backgrounds(examples: Examples, rows: Tensor, generator: torch.Generator) -> Tensor:
    """The same shapes in front of any texture: made again from their own settings."""
    again = shapes(**dict(examples.settings) | {"background": "random"})  # type: ignore[arg-type]
    return again.inputs[rows]


SHIFTS = Registry[Shift](
    N_("shift"),
    Shift(
        slug="blur",
        title=N_("Blur"),
        meaning=N_("The same pictures out of focus."),
        parameters=(Parameter("sigma", "σ", 1, 0, 3, 0.1, "px", N_("The width of the blur.")),),
        suits=lambda examples: examples.pictures,
        apply=_of_rows(blurred),
    ),
    Shift(
        slug="noise",
        title=N_("Noise"),
        meaning=N_("Every value moves by a random amount, as in poor light."),
        parameters=(
            Parameter("sigma", "σ", 0.1, 0, 0.5, 0.01, help=N_("White is 1, black is 0.")),
        ),
        suits=lambda examples: True,
        apply=_noised_rows,
    ),
    Shift(
        slug="rotation",
        title=N_("Rotation"),
        meaning=N_("Everything is turned by the same angle."),
        parameters=(
            Parameter("degrees", N_("Angle"), 20, -180, 180, 5, "°", N_("Counter-clockwise.")),
        ),
        suits=lambda examples: examples.pictures or examples.shape == (2,),
        apply=_of_rows(turned),
    ),
    Shift(
        slug="backgrounds",
        title=N_("Other backgrounds"),
        meaning=N_(
            "The same shapes, pixel by pixel, in front of any texture. Who learned the "
            "background is lost here."
        ),
        parameters=(),
        suits=lambda examples: (examples.name, examples.origin) == ("shapes", "generated"),
        apply=_other_backgrounds,
    ),
)


def suitable(examples: Examples) -> tuple[Shift, ...]:
    """The shifts that make sense for `examples`."""
    return tuple(entry for entry in SHIFTS if entry.suits(examples))


def shifted(examples: Examples, rows: Tensor, slug: str, *, seed: int, **values: Value) -> Tensor:
    """The inputs of `rows` (int64 indices, such as `parts.test`), shifted, not yet normalised.

    Their labels stay those of `rows`. Raises `ValueError` for an unknown shift, one that does not
    suit, and a value out of its range.
    """
    entry = SHIFTS[slug]
    if not entry.suits(examples):
        raise ValueError(
            later(
                "{shift} does not suit {data}", shift=later(entry.title), data=later(examples.title)
            )
        )
    generator = torch.Generator().manual_seed(seed)
    return entry.apply(examples, rows, generator, **checked(entry.title, entry.parameters, values))
