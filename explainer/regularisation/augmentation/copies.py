"""Test-time augmentation: the mean of a network's outputs over changed copies of a picture.

Copy 0 is the picture itself. Every picture has draws of its own, so that what is measured over
pictures is measured over draws too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.registry import Registry
from explainer.regularisation.augmentation.judges import Judge
from explainer.regularisation.augmentation.survival import blurred
from explainer.training.augmentation.geometry import combined, rotations, shifts, warped
from explainer.training.augmentation.pixels import noised
from explainer.training.instruments.student import interval
from explainer.training.seeds import generator
from explainer.words import N_

COUNTS = (1, 2, 4, 8, 16)
PIXELS, DEGREES = 2, 15
TURNED, SIGMA, BLUR = 45, 0.4, 0.6
TESTED = 500
MEANS = ("probabilities", "logits")
REPEATS = 7
Floats = NDArray[np.floating]
Copy = Callable[[Tensor, int, torch.Generator], Tensor]


def _mirrored(pictures: Tensor, number: int, _drawn: torch.Generator) -> Tensor:
    return pictures.flip(-1) if number % 2 else pictures


def _shifts(pictures: Tensor, drawn: torch.Generator) -> Tensor:
    size = (pictures.shape[2], pictures.shape[3])
    return shifts(len(pictures), size, drawn, share=PIXELS / size[1])


def _turns(pictures: Tensor, drawn: torch.Generator) -> Tensor:
    size = (pictures.shape[2], pictures.shape[3])
    return rotations(len(pictures), size, drawn, degrees=DEGREES)


def _moved(pictures: Tensor, _number: int, drawn: torch.Generator) -> Tensor:
    return warped(pictures, _shifts(pictures, drawn))


def _turned(pictures: Tensor, _number: int, drawn: torch.Generator) -> Tensor:
    return warped(pictures, _turns(pictures, drawn))


def _both(pictures: Tensor, _number: int, drawn: torch.Generator) -> Tensor:
    return warped(pictures, combined(_turns(pictures, drawn), _shifts(pictures, drawn)))


@dataclass(frozen=True)
class Copying:
    """How copies are made: `copy(pictures, number, generator)` gives copy `number` ≥ 1 of each."""

    slug: str
    title: str
    copy: Copy

    def copies(self, pictures: Tensor, number: int, seed: int = 0) -> Tensor:
        """Copy `number` of pictures `(N, C, H, W)`; number 0 are the pictures."""
        if not number:
            return pictures
        return self.copy(pictures, number, generator(seed, "copies", self.slug, number))


COPYINGS = Registry[Copying](
    N_("way to copy"),
    Copying("flip", N_("mirrored"), _mirrored),
    Copying("shift", N_("shifted"), _moved),
    Copying("turn", N_("turned"), _turned),
    Copying("both", N_("shifted and turned"), _both),
    Copying("blur", N_("blurred"), lambda x, _number, _drawn: blurred(x, BLUR)),
)


@dataclass(frozen=True)
class Condition:
    """In what state test pictures come."""

    slug: str
    title: str
    spoil: Callable[[Tensor, torch.Generator], Tensor]

    def spoilt(self, pictures: Tensor, seed: int = 0) -> Tensor:
        """The pictures `(N, C, H, W)` in that state."""
        return self.spoil(pictures, generator(seed, "condition", self.slug))


CONDITIONS = Registry[Condition](
    N_("state of the pictures"),
    Condition("plain", N_("as they are"), lambda pictures, _drawn: pictures),
    Condition(
        "turned", N_("turned by up to 45°"),
        lambda pictures, drawn: warped(
            pictures,
            rotations(
                len(pictures), (pictures.shape[2], pictures.shape[3]), drawn, degrees=TURNED
            ),
        ),
    ),
    Condition(
        "noisy", N_("with noise, σ = 0.4"),
        lambda pictures, drawn: noised(pictures, drawn, sigma=SIGMA),
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outputs:
    """Logits `(copies, N, classes)` of each picture's copies, and the labels `(N,)`."""

    logits: Floats
    labels: NDArray[np.int64]

    def right(self, count: int, mean: str, first: int = 0) -> NDArray[np.bool_]:
        """Which pictures are read right by the mean over `count` copies from copy `first` on."""
        return np.asarray(
            mean_of(self.logits[first : first + count], mean).argmax(1) == self.labels
        )

    def gain(self, count: int, mean: str) -> tuple[float, float, float]:
        """By how much accuracy in [0, 1] is above one pass, paired by picture: mean, low, high.

        The interval is Student's, of 95 %.
        """
        more = self.right(count, mean).astype(float) - self.right(1, mean)
        return interval(more.tolist())


def mean_of(logits: Floats, mean: str) -> Floats:
    """The mean over copies `(K, N, classes)` of probabilities, or of logits: `(N, classes)`."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray((logits if mean == MEANS[1] else softmax(logits)).mean(0))


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis."""
    with np.errstate(invalid="ignore", over="ignore"):
        shifted = np.exp(logits - logits.max(-1, keepdims=True))
        return np.asarray(shifted / shifted.sum(-1, keepdims=True))


def outputs(
    judge: Judge, copying: Copying, pictures: Tensor, labels: Tensor,
    told: Callable[[float], None] = lambda share: None, seed: int = 0, count: int = COUNTS[-1],
) -> Outputs:  # fmt: skip
    """What a network says of `count` copies of each picture; `told` gets the share that is done."""
    found = []
    for number in range(count):
        found.append(judge.logits(copying.copies(pictures, number, seed)).numpy())
        told((number + 1) / count)
    return Outputs(np.stack(found), labels.numpy())


def seconds(judge: Judge, picture: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """How long the answer over K of `COUNTS` copies of `(1, C, H, W)` takes: medians in seconds.

    First with K passes one after another, then with all copies as one batch. The repeats take
    turns, so that what else the machine does falls on all alike.
    """
    judge.logits(picture)
    taken: dict[tuple[bool, int], list[float]] = {}
    for __ in range(REPEATS):
        for count in COUNTS:
            for together in (False, True):
                batch = picture.expand(count, -1, -1, -1).contiguous()
                parts = (batch,) if together else torch.split(batch, 1)
                begun = time.perf_counter()
                for part in parts:
                    judge.logits(part)
                taken.setdefault((together, count), []).append(time.perf_counter() - begun)
    alone, batched = (
        tuple(max(median(taken[together, count]), math.ulp(1)) for count in COUNTS)
        for together in (False, True)
    )
    return alone, batched
