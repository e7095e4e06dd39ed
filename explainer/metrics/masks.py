r"""How well a mask meets the true one: pixels counted, and boundaries compared.

With the pixels that are right (hits TP, and TN), false alarms (FP) and misses (FN):
$\text{IoU} = \frac{TP}{TP+FP+FN}$, $\text{Dice} = \frac{2TP}{2TP+FP+FN} = \frac{2\,IoU}{1+IoU}$,
which is the F1 of the pixels. A number that is not defined is None.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]
NEITHER, HIT, FALSE_ALARM, MISS = range(4)
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


@dataclass(frozen=True)
class Counts:
    """How many pixels are hits, false alarms, misses, and rightly left out."""

    hits: int
    false_alarms: int
    misses: int
    neither: int

    @property
    def union(self) -> int:
        """The pixels of either mask."""
        return self.hits + self.false_alarms + self.misses

    @property
    def accuracy(self) -> float | None:
        """The share of all pixels that are right; None where there is no pixel."""
        pixels = self.union + self.neither
        return (self.hits + self.neither) / pixels if pixels else None

    @property
    def iou(self) -> float | None:
        """Intersection over union; None where both masks are empty."""
        return self.hits / self.union if self.union else None

    @property
    def dice(self) -> float | None:
        """Twice the intersection over the sum of both areas; None where both are empty."""
        return 2 * self.hits / (self.hits + self.union) if self.union else None


def dice_of(iou: float) -> float:
    """The Dice coefficient of a mask with that IoU."""
    return 2 * iou / (1 + iou)


def counts(truth: Mask, answer: Mask) -> Counts:
    """Of two masks `(H, W)`."""
    found = np.bincount(regions(truth, answer).ravel(), minlength=4)
    return Counts(
        int(found[HIT]), int(found[FALSE_ALARM]), int(found[MISS]), int(found[NEITHER])
    )  # fmt: skip


def regions(truth: Mask, answer: Mask) -> Codes:
    """Each pixel's kind: `NEITHER`, `HIT`, `FALSE_ALARM` or `MISS`, `(H, W)`."""
    codes = np.array([[NEITHER, FALSE_ALARM], [MISS, HIT]], np.uint8)
    return codes[truth.astype(np.intp), answer.astype(np.intp)]


def boundary(mask: Mask) -> Mask:
    """The pixels of a mask with one beside, above or below that is not of it.

    The edge of the picture is no boundary: an object goes on behind it.
    """
    solid = mask.astype(np.uint8)
    inner = cv2.erode(solid, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=(1.0,) * 4)
    return np.asarray(mask & (inner == 0))


@dataclass(frozen=True)
class BoundaryScore:
    """Shares of boundary pixels near the other boundary; None where there is no pixel to ask."""

    precision: float | None
    recall: float | None

    @property
    def f(self) -> float | None:
        """The harmonic mean; 0 where just one mask has a boundary, None where neither has."""
        both = [one for one in (self.precision, self.recall) if one is not None]
        if not both:
            return None
        if len(both) < 2 or not sum(both):
            return 0.0
        return 2 * both[0] * both[1] / sum(both)


def boundary_score(truth: Mask, answer: Mask, tolerance: float) -> BoundaryScore:
    """Boundary precision and recall (Csurka et al. 2013), within `tolerance` pixels, Euclidean.

    Precision is the share of the answer's boundary near the true one, recall that of the true one
    near the answer's.
    """
    true, given = boundary(truth), boundary(answer)
    return BoundaryScore(_near(given, true, tolerance), _near(true, given, tolerance))


def _near(points: Mask, others: Mask, tolerance: float) -> float | None:
    if not points.any():
        return None
    if not others.any():
        return 0.0
    far = cv2.distanceTransform(
        (~others).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )  # fmt: skip
    return float((far[points] <= tolerance + 1e-4).mean())
