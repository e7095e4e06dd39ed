"""Does the answer survive? Pictures changed ever more strongly, and who still answers the same.

Every second picture is changed the other way (turned left, turned right), so that no curve is
about one direction. The changes are those of torchvision.transforms.v2.functional.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as tv

from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.regularisation.augmentation.judges import Judge, Material
from explainer.training.seeds import generator
from explainer.words import N_

STEPS = 13
"""The strengths of a curve, evenly from nothing to the most."""
MOST_PICTURES = 200
HALF, COVERED = 0.5, 0.95
BETWEEN = InterpolationMode.BILINEAR
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """A transformation with one strength, 0 for none: `apply(pictures, strength)`, both in [0, 1].

    `meaning` says what the strength is.
    """

    slug: str
    title: str
    meaning: str
    strength: Parameter
    apply: Callable[[Tensor, float], Tensor]

    def changed(self, pictures: Tensor, strength: float) -> Tensor:
        """Pictures `(N, C, H, W)` in [0, 1]; those that were given where `strength` is 0."""
        return (
            self.apply(pictures, strength).clamp(0, 1) if strength and len(pictures) else pictures
        )

    def strengths(self) -> Floats:
        """Those of a curve, `(STEPS,)`."""
        return np.linspace(0, self.strength.maximum, STEPS)


def each_way(*changes: Callable[[Tensor, float], Tensor]) -> Callable[[Tensor, float], Tensor]:
    """The first change for the first picture, the second for the second, and so on in turn."""

    def apply(pictures: Tensor, strength: float) -> Tensor:
        found = pictures.clone()
        for place, change in enumerate(changes):
            if len(part := pictures[place :: len(changes)]):
                found[place :: len(changes)] = change(part, strength)
        return found

    return apply


def moved(
    pictures: Tensor, *, angle: float = 0, right: float = 0, down: float = 0,
    scale: float = 1, shear: float = 0,
) -> Tensor:  # fmt: skip
    """An affine map about the middle: degrees against the clock, shifts in shares of the side."""
    height, width = pictures.shape[-2:]
    found: Tensor = tv.affine(
        pictures, angle=-angle, translate=[right * width, down * height], scale=scale,
        shear=[shear, 0.0], interpolation=BETWEEN,
    )  # fmt: skip
    return found


def blurred(pictures: Tensor, sigma: float) -> Tensor:
    """A Gaussian of `sigma` pixels, cut at 3 σ."""
    side = 2 * math.ceil(3 * sigma) + 1
    found: Tensor = tv.gaussian_blur(pictures, [side, side], [sigma, sigma])
    return found


def noisy(pictures: Tensor, sigma: float, seed: int = 0) -> Tensor:
    """Gaussian noise on every value; the same draws at every strength."""
    drawn = torch.randn(pictures.shape, generator=generator(seed, "survival noise"))
    return pictures + sigma * drawn


def erased(pictures: Tensor, share: float, seed: int = 0) -> Tensor:
    """A black square of that share of the area, somewhere fully inside."""
    height, width = pictures.shape[-2:]
    sides = [round(math.sqrt(share) * side) for side in (height, width)]
    places = torch.rand(len(pictures), 2, generator=generator(seed, "survival erasing"))
    found = pictures.clone()
    for one, place in zip(found, places.tolist(), strict=True):
        top, left = (
            int(part * (whole - side + 1))
            for part, whole, side in zip(place, (height, width), sides, strict=True)
        )
        one[:, top : top + sides[0], left : left + sides[1]] = 0
    return found


def _strength(label: str, most: float, step: float, unit: str = "") -> Parameter:
    return Parameter("strength", label, 0, 0, most, step, unit)


CHANGES = Registry[Change](
    N_("transformation"),
    Change(
        "rotation", N_("Rotation"), N_("every second one the other way"),
        _strength(N_("turned by"), 180, 5, "°"),
        each_way(lambda x, s: moved(x, angle=s), lambda x, s: moved(x, angle=-s)),
    ),
    Change(
        "shift", N_("Shift"), N_("in turn to the right, the left, down and up"),
        _strength(N_("moved by, in % of the side"), 60, 1),
        each_way(
            lambda x, s: moved(x, right=s / 100), lambda x, s: moved(x, right=-s / 100),
            lambda x, s: moved(x, down=s / 100), lambda x, s: moved(x, down=-s / 100),
        ),
    ),
    Change(
        "scale", N_("Scale"), N_("in turn larger and smaller by that factor: 2 to the power"),
        _strength(N_("doublings"), 2.4, 0.1),
        each_way(lambda x, s: moved(x, scale=2**s), lambda x, s: moved(x, scale=2**-s)),
    ),
    Change(
        "shear", N_("Shear"), N_("every second one the other way"),
        _strength(N_("sheared by"), 72, 2, "°"),
        each_way(lambda x, s: moved(x, shear=s), lambda x, s: moved(x, shear=-s)),
    ),
    Change(
        "blur", N_("Blur"), N_("σ of a Gaussian, in pixels of the picture that is read"),
        _strength("σ", 4.8, 0.1), blurred,
    ),
    Change(
        "noise", N_("Noise"), N_("σ of Gaussian noise; white is 1, black is 0"),
        _strength("σ", 1.2, 0.02), noisy,
    ),
    Change(
        "brightness", N_("Brightness"), N_("in turn brighter and darker: 2 to the power"),
        _strength(N_("doublings"), 6, 0.1),
        each_way(
            lambda x, s: tv.adjust_brightness(x, 2**s), lambda x, s: tv.adjust_brightness(x, 2**-s)
        ),
    ),
    Change(
        "contrast", N_("Contrast"), N_("the share of every distance from the mean that is gone"),
        _strength(N_("less, in %"), 99, 1), lambda x, s: tv.adjust_contrast(x, 1 - s / 100),
    ),
    Change(
        "erasing", N_("Erasing"), N_("a black square somewhere, in % of the area"),
        _strength(N_("erased, in %"), 90, 1), lambda x, s: erased(x, s / 100),
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Survival:
    """The share of `count` pictures with the same answer as unchanged: `(judges, STEPS)`."""

    strengths: Floats
    same: Floats
    count: int

    def half(self, judge: int) -> float | None:
        """The strength at which the share first falls below one half; None where it never does."""
        shares = self.same[judge]
        below = np.flatnonzero(shares < HALF)
        if not len(below):
            return None
        place = int(below[0])
        (x0, x1), (y0, y1) = self.strengths[place - 1 : place + 1], shares[place - 1 : place + 1]
        return float(x0 + (y0 - HALF) / (y0 - y1) * (x1 - x0))


def survival(
    material: Material, change: Change, told: Callable[[float], None] = lambda share: None
) -> Survival:
    """Change up to `MOST_PICTURES` pictures at each strength; `told` gets the share done."""
    pictures, strengths = material.pictures()[:MOST_PICTURES], change.strengths()
    return survived(pictures, material.judges, change, strengths, told)


def survived(
    pictures: Tensor, judges: tuple[Judge, ...], change: Change, strengths: Floats,
    told: Callable[[float], None] = lambda share: None,
) -> Survival:  # fmt: skip
    """:func:`survival` for any pictures `(N, C, H, W)`, N ≥ 1."""
    plain = [judge.answers(pictures) for judge in judges]
    same = np.ones((len(judges), len(strengths)))
    for place, strength in enumerate(strengths):
        changed = change.changed(pictures, float(strength))
        for row, judge in enumerate(judges):
            same[row, place] = float((judge.answers(changed) == plain[row]).double().mean())
            told((place + (row + 1) / len(judges)) / len(strengths))
    return Survival(strengths, same, len(pictures))


def share_interval(successes: float, count: int) -> tuple[float, float]:
    """Wilson's interval (1927) of 95 % for a share of `count` ≥ 1 independent trials."""
    z = float(ndtri((1 + COVERED) / 2))
    share, room = successes / count, z * z / count
    middle = (share + room / 2) / (1 + room)
    half = z / (1 + room) * math.sqrt(share * (1 - share) / count + room / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)
