"""Shapes before a background that gives the class away: which augmentation takes it away?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from explainer.regularisation.augmentation.gains import Gain, gain_of
from explainer.regularisation.augmentation.small_networks import (
    Change,
    Divided,
    Floats64,
    as_they_come,
    by_steps,
    learned,
)
from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.words import N_

COUNT, TRAINING, STEPS, SEEDS = 1100, 600, 400, (0, 1, 2, 3)


@dataclass(frozen=True)
class Arm:
    """How the training pictures are changed; `swapped` puts them before any background."""

    title: str
    change: Change | None = None
    swapped: bool = False


ARMS = (
    Arm(N_("nothing changed")),
    Arm(N_("turned and moved"), by_steps((step("rotation"), step("shift", share=0.1)))),
    Arm(N_("colours changed"), by_steps((step("colour"),))),
    Arm(N_("backgrounds exchanged"), swapped=True),
)


@dataclass(frozen=True, eq=False)
class Backgrounds:
    """Accuracy `(arms, 2, S)`: before the class's own background, and before any."""

    accuracy: Floats64

    def gain(self, place: int) -> Gain:
        """Before any background, against nothing changed."""
        return gain_of(self.accuracy[place, 1], self.accuracy[0, 1])


@cache
def shapes_before(background: str) -> Divided:
    """The same shapes, halved, before their class's own background (`class`) or any (`random`)."""
    made = load("shapes", count=COUNT, background=background, jitter=0.2, rotation=15)
    inputs = avg_pool2d(made.inputs, 2)
    kept, rest = slice(TRAINING, None), slice(TRAINING)
    return Divided(
        inputs[rest], made.labels[rest], inputs[kept], made.labels[kept], len(made.classes)
    )  # fmt: skip


def _accuracies(arm: Arm, seeds: tuple[int, ...], steps: int) -> Floats64:
    """Before the own and before any background, `(2, S)`."""
    own, other = shapes_before("class"), shapes_before("random")
    data = own
    if arm.swapped:  # each shape twice: as it is, and before a background of any class
        inputs = torch.cat([own.inputs, other.inputs])
        data = replace(own, inputs=inputs, labels=torch.cat([own.labels, other.labels]))
    stack = learned(data, len(data.labels), seeds, arm.change, steps=steps)
    return np.array(
        [stack.accuracy(one.validation_inputs, one.validation_labels) for one in (own, other)]
    )


def backgrounds(
    seeds: tuple[int, ...] = SEEDS,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Backgrounds:
    """Every way to change the training pictures, each with all seeds."""
    jobs = [partial(_accuracies, arm, seeds, steps) for arm in ARMS]
    found = dict(as_they_come(jobs, told))
    return Backgrounds(np.stack([found[place] for place in range(len(ARMS))]))
