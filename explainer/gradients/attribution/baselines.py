"""Pictures that stand for "nothing here", to take a picture away towards.

None is neutral: black is evidence where things are black, a blur keeps the colours, and each shows
the network what it was not trained on. That is why there is a choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from explainer.registry import Registry
from explainer.words import N_

# The standard deviation of the blur, as a share of the picture's longer side.
BLUR = 1 / 8


@dataclass(frozen=True)
class Baseline:
    """A baseline by name; `make(picture, black)` gives it in the shape `(1, C, H, W)` of both."""

    slug: str
    title: str
    make: Callable[[Tensor, Tensor], Tensor]


def _black(picture: Tensor, black: Tensor) -> Tensor:
    return black.expand_as(picture).clone()


def _blur(picture: Tensor, black: Tensor) -> Tensor:
    height, width = picture.shape[-2:]
    deviation = BLUR * max(height, width)
    # Mirrored borders need a radius below the side.
    sizes = [2 * min(ceil(3 * deviation), side - 1) + 1 for side in (width, height)]
    blurred: Tensor = gaussian_blur(picture, sizes, [deviation, deviation])
    return blurred


def _mean(picture: Tensor, black: Tensor) -> Tensor:
    return picture.mean(dim=(2, 3), keepdim=True).expand_as(picture).clone()


BASELINES = Registry[Baseline](
    N_("baseline"),
    Baseline("black", "Black", _black),
    Baseline("blur", "The photo, blurred", _blur),
    Baseline("mean", "The photo's mean colour", _mean),
)


def baseline_picture(slug: str, picture: Tensor, black: Tensor) -> Tensor:
    """The baseline of that slug for a picture `(1, C, H, W)`, where a black pixel is `black`.

    Raises `ValueError` that names the slugs there are.
    """
    return BASELINES[slug].make(picture, black)
