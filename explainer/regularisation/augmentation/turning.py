"""A digit that is turned: what a network says at each angle, and where it changes its mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explainer.regularisation.augmentation.judges import Judge, test_digits
from explainer.regularisation.augmentation.survival import moved

STEP, MOST = 5, 180
ANGLES = np.arange(-MOST, MOST + 1, STEP)
EXAMPLES = 10
"""How many of each digit are turned; each both ways."""
Floats = NDArray[np.floating]


def example(digit: int, which: int) -> Tensor:
    """One of MNIST's test digits in the field, `(1, 1, 36, 36)`; `which` counts from 0."""
    pictures, labels = test_digits()
    return pictures[labels == digit][which : which + 1]


def turned(pictures: Tensor, angle: float) -> Tensor:
    """Pictures `(N, C, H, W)` turned about the middle by so many degrees, against the clock."""
    return moved(pictures, angle=angle) if angle else pictures


def over_angles(judge: Judge, picture: Tensor) -> Floats:
    """Probabilities `(angles, classes)` for a picture `(1, C, H, W)` at each of `ANGLES`."""
    rows = torch.cat([turned(picture, float(angle)) for angle in ANGLES])
    return np.asarray(judge.probabilities(rows).numpy())


def change_of_mind(right: NDArray[np.bool_], sign: int = 1) -> NDArray[np.float64]:
    """The first angle in that direction at which a digit is read wrong, in degrees from 0 up.

    `right` `(angles, N)` says whether it is read right at each of `ANGLES`; the result is `(N,)`,
    infinite where it is read right all the way to 180°.
    """
    middle = len(ANGLES) // 2
    way = right[middle:] if sign > 0 else right[middle::-1]
    wrong = ~way
    first = wrong.argmax(0) * float(STEP)
    return np.where(wrong.any(0), first, np.inf)


@dataclass(frozen=True, eq=False)
class Changes:
    """Angles in degrees at which digits stop being read as what they are: `(10, examples × 2)`.

    Of each digit every example was turned against the clock and with it; infinite for never.
    `at_half_turn` `(10, 10)` counts what the examples of each digit are read as at 180°.
    """

    angles: NDArray[np.float64]
    at_half_turn: NDArray[np.int64]

    def quartiles(self, digit: int) -> tuple[float, float, float]:
        """Lower quartile, median, upper quartile as order statistics, which may be infinite."""
        ordered = np.sort(self.angles[digit])
        low, middle, high = (
            float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])
            for share in (0.25, 0.5, 0.75)
        )
        return low, middle, high


def changes(
    judge: Judge,
    told: Callable[[float], None] = lambda share: None,
    rows: tuple[Tensor, Tensor] | None = None,
) -> Changes:
    """Turn `EXAMPLES` of each digit, of the test digits or of `rows` (pictures, labels)."""
    pictures, labels = rows or test_digits()
    some = torch.cat([pictures[labels == digit][:EXAMPLES] for digit in range(10)])
    truth = torch.arange(10).repeat_interleave(EXAMPLES)
    read = np.empty((len(ANGLES), len(truth)), np.int64)
    for place, angle in enumerate(ANGLES):
        read[place] = judge.answers(turned(some, float(angle))).numpy()
        told((place + 1) / len(ANGLES))
    right = read == truth.numpy()
    both = np.stack([change_of_mind(right, sign) for sign in (1, -1)], 1)
    half = [np.bincount(one, minlength=10) for one in read[-1].reshape(10, EXAMPLES)]
    return Changes(both.reshape(10, 2 * EXAMPLES), np.stack(half))
