"""Mirrors: which answers survive a flip, and which letters become other letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explainer.registry import Registry
from explainer.regularisation.augmentation.judges import Judge
from explainer.regularisation.augmentation.survival import share_interval
from explainer.words import N_

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDE, PLAY = 96, 10
"""Of the square in which a letter is drawn, and by how far two letters may be moved to match."""
ALIKE = 0.935
"""The correlation from which a mirrored letter counts as one of the alphabet."""
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Flip:
    """A mirror by name: the axis of `(N, C, H, W)` that is turned round."""

    slug: str
    title: str
    axis: int

    def flipped(self, pictures: Tensor) -> Tensor:
        """The pictures `(N, C, H, W)` mirrored."""
        return pictures.flip(self.axis)


FLIPS = Registry[Flip](
    N_("flip"),
    Flip("horizontal", N_("left and right"), -1),
    Flip("vertical", N_("top and bottom"), -2),
)


@dataclass(frozen=True)
class Kept:
    """How many of `count` pictures keep their answer, and the interval of 95 % for the share."""

    same: int
    count: int

    @property
    def share(self) -> float:
        """The share that keeps its answer, in [0, 1]."""
        return self.same / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's."""
        return share_interval(self.same, self.count)


def kept_by_class(
    judge: Judge, flip: Flip, pictures: Tensor, labels: Tensor, *, upright: bool = False
) -> tuple[Kept, ...]:
    """For each class how many pictures are read as that class: mirrored, or `upright`."""
    answers = judge.answers(pictures if upright else flip.flipped(pictures))
    return tuple(
        Kept(int((answers[labels == one] == one).sum()), int((labels == one).sum()))
        for one in range(len(judge.classes))
    )


def kept_answers(judge: Judge, flip: Flip, pictures: Tensor) -> Kept:
    """How many pictures have the answer of the picture that is not mirrored."""
    same = judge.answers(flip.flipped(pictures)) == judge.answers(pictures)
    return Kept(int(same.sum()), len(pictures))


@cache
def letter(name: str) -> Codes:
    """A letter as thin strokes of A. V. Hershey's alphabet (1967) that comes with OpenCV."""
    drawn = np.zeros((3 * SIDE, 3 * SIDE), np.uint8)
    cv2.putText(drawn, name, (SIDE, 2 * SIDE), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 255, 5, cv2.LINE_AA)
    return _in_middle(drawn)


def _in_middle(drawn: Codes) -> Codes:
    left, top, width, height = cv2.boundingRect(drawn)
    found = np.zeros((SIDE, SIDE), np.uint8)
    y, x = (SIDE - height) // 2, (SIDE - width) // 2
    found[y : y + height, x : x + width] = drawn[top : top + height, left : left + width]
    return found


def likeness(one: Codes, other: Codes) -> float:
    """The largest correlation of two pictures `(SIDE, SIDE)`, one moved by up to `PLAY` pixels."""
    room = np.pad(other, PLAY)
    return float(cv2.matchTemplate(room, one, cv2.TM_CCOEFF_NORMED).max())


@cache
def mirrored_letters(slug: str) -> tuple[tuple[str, str, float], ...]:
    """Each letter, that which its mirror image is most like, and their correlation."""
    turn: Callable[[Codes], Codes] = np.fliplr if slug == "horizontal" else np.flipud
    rows = []
    for name in LETTERS:
        mirror = np.ascontiguousarray(turn(letter(name)))
        alike = {other: likeness(mirror, letter(other)) for other in LETTERS}
        best = max(alike, key=lambda other: (round(alike[other], 3), other == name))
        rows.append((name, best, alike[best]))
    return tuple(rows)
