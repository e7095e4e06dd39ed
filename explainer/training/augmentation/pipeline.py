"""The registry of augmentations, and applying several of them to a batch.

Neighbouring geometric steps are combined into one map, so that a batch is read between its pixels
once however many of them there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor

from explainer.registry import Registry
from explainer.training.augmentation.augmentation import Augmentation
from explainer.training.augmentation.geometry import GEOMETRY, combined, warped
from explainer.training.augmentation.mixing import MIXING
from explainer.training.augmentation.pixels import PIXELS
from explainer.words import N_

AUGMENTATIONS = Registry[Augmentation](N_("augmentation"), *GEOMETRY, *PIXELS, *MIXING)


@dataclass(frozen=True)
class AugmentationStep:
    """One augmentation with its values, as it stands in a recipe; made by :func:`step`."""

    slug: str
    values: tuple[tuple[str, float], ...] = ()

    @property
    def record(self) -> Augmentation:
        """The registered augmentation."""
        return AUGMENTATIONS[self.slug]

    @property
    def idle(self) -> bool:
        """Whether it leaves everything as it is, with these values."""
        return self.record.idle(**dict(self.values))


def step(slug: str, **values: float) -> AugmentationStep:
    """A step with checked values; those left out take their defaults.

    Raises `ValueError` for an unknown augmentation or parameter and for a value out of its range.
    """
    entry = AUGMENTATIONS[slug]
    known = entry.defaults()
    for name in values:
        if name not in known:
            raise ValueError(f"{entry.title} has no parameter {name!r}; it has {', '.join(known)}")
    pairs = ((p.name, p.check(values.get(p.name, p.default))) for p in entry.parameters)
    return AugmentationStep(slug, tuple(pairs))


class Scale(Protocol):
    """What brings inputs to the range that a network sees, and back; a `Normaliser` is one."""

    def apply(self, inputs: Tensor) -> Tensor: ...

    def invert(self, inputs: Tensor) -> Tensor: ...


def augment(
    inputs: Tensor,
    targets: Tensor,
    classes: int,
    steps: tuple[AugmentationStep, ...],
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Apply `steps` in their order to pictures `(B, C, H, W)` in [0, 1] or points `(B, 2)`.

    Targets are int64 `(B,)`, and stay so unless a step mixes examples: then they are float32
    `(B, classes)` with rows of sum 1. Steps for pictures leave points as they are. Nothing is
    changed in place; without steps the arguments themselves come back.
    """
    usable = [one for one in steps if inputs.dim() == 4 or not one.record.pictures_only]
    for geometric, group in groupby(usable, key=lambda one: one.record.maps is not None):
        together = list(group)
        if geometric and len(together) > 1:
            inputs = warped(inputs, _one_map(inputs, together, generator))
            continue
        for one in together:
            values = dict(one.values)
            inputs, targets = one.record.apply(inputs, targets, classes, generator, **values)
    return inputs, targets


def augment_normalised(
    inputs: Tensor,
    targets: Tensor,
    classes: int,
    steps: tuple[AugmentationStep, ...],
    generator: torch.Generator,
    scale: Scale,
) -> tuple[Tensor, Tensor]:
    """:func:`augment` for inputs that are normalised by `scale`: there and back again."""
    if not steps:
        return inputs, targets
    raw, targets = augment(scale.invert(inputs), targets, classes, steps, generator)
    return scale.apply(raw), targets


def _one_map(inputs: Tensor, steps: list[AugmentationStep], generator: torch.Generator) -> Tensor:
    size = (inputs.shape[2], inputs.shape[3])
    drawn = (
        one.record.maps(len(inputs), size, generator, **dict(one.values))
        for one in steps
        if one.record.maps is not None
    )
    return reduce(combined, drawn)
