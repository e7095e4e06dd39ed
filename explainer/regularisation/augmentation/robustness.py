"""How accuracy falls as test pictures are changed, with that change in training and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from explainer.registry import Registry
from explainer.regularisation.augmentation.small_networks import (
    STEPS,
    Change,
    Floats64,
    as_they_come,
    by_steps,
    divided,
    learned,
)
from explainer.training.augmentation.augmentation import uniform
from explainer.training.augmentation.geometry import assembled, warped
from explainer.training.augmentation.pipeline import step
from explainer.training.augmentation.pixels import noised
from explainer.training.data.shifted import blurred, turned
from explainer.words import N_

SIZE, SEEDS, TESTED = 500, (0, 1, 2, 3), 500
BLURRIEST = 1.5


@dataclass(frozen=True)
class Test:
    """A change by name: its strengths at test, evenly spaced, and the change in training.

    `apply(pictures, strength)` takes `(N, C, H, W)`; up to `trained` it is known from training.
    """

    __test__ = False  # no test of pytest's

    slug: str
    title: str
    axis: str
    strengths: tuple[float, ...]
    trained: float
    apply: Callable[[Tensor, float], Tensor]
    change: Change


def right(pictures: Tensor, pixels: float) -> Tensor:
    """Each picture moved to the right by so many pixels, black where it leaves a gap."""
    move = torch.full((len(pictures),), -2 * pixels / pictures.shape[3])
    return warped(pictures, assembled([[1, 0, move], [0, 1, 0]], move))


def noisy(pictures: Tensor, sigma: float) -> Tensor:
    """Gaussian noise, the same draws for every strength."""
    return noised(pictures, torch.Generator().manual_seed(0), sigma=sigma)


def blurring(
    inputs: Tensor, targets: Tensor, classes: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """A blur up to `BLURRIEST` for all of a batch, another for the next."""
    sigma = float(uniform(1, 0, BLURRIEST, generator))
    return blurred(inputs, sigma=sigma), targets


TESTS = Registry[Test](
    N_("change"),
    Test(
        "rotation", N_("Rotation"), N_("turned by (°)"), tuple(range(0, 91, 10)), 30,
        lambda pictures, degrees: turned(pictures, degrees=degrees),
        by_steps((step("rotation", degrees=30),)),
    ),
    Test(
        "shift", N_("Shift"), N_("moved to the right by (pixels of 14)"), tuple(range(7)), 3,
        right, by_steps((step("shift", share=0.2),)),
    ),
    Test(
        "blur", N_("Blur"), N_("σ of the blur (pixels of 14)"),
        (0, 0.5, 1, 1.5, 2, 2.5), BLURRIEST,
        lambda pictures, sigma: blurred(pictures, sigma=sigma), blurring,
    ),
    Test(
        "noise", N_("Noise"), N_("σ of the noise (white is 1)"),
        (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), 0.3, noisy, by_steps((step("noise", sigma=0.3),)),
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Robustness:
    """Accuracy `(strengths, 2, S)` for each change, by its slug: without it and with it."""

    accuracy: dict[str, Floats64]

    def mean_over(self, slug: str) -> Floats64:
        """The mean over all strengths `(2, S)`."""
        return np.asarray(self.accuracy[slug].mean(axis=0))


def _over(change: Change | None, slugs: tuple[str, ...], size: int, seeds: tuple[int, ...],
          steps: int) -> dict[str, Floats64]:  # fmt: skip
    """Accuracy `(strengths, S)` of networks that learned with `change`, under each test."""
    data = divided("digits")
    stack = learned(data, size, seeds, change, steps=steps)
    inputs, labels = data.validation_inputs[:TESTED], data.validation_labels[:TESTED]
    return {
        slug: np.array(
            [
                stack.accuracy(TESTS[slug].apply(inputs, strength), labels)
                for strength in TESTS[slug].strengths
            ]
        )
        for slug in slugs
    }


def robustness(
    seeds: tuple[int, ...] = SEEDS,
    size: int = SIZE,
    *,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Robustness:
    """Networks for digits without a change and with each of the four, tried at all strengths."""
    slugs = tuple(one.slug for one in TESTS)
    jobs = [partial(_over, None, slugs, size, seeds, steps)]
    jobs += [partial(_over, one.change, (one.slug,), size, seeds, steps) for one in TESTS]
    found = dict(as_they_come(jobs, told))
    return Robustness(
        {
            slug: np.stack([found[0][slug], found[place][slug]], axis=1)
            for place, slug in enumerate(slugs, start=1)
        }
    )
