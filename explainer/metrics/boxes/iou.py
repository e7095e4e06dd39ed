"""How well two boxes agree: intersection over union, and its kin that say more of boxes apart.

Boxes are float64 `(N, 4)`, rows of x0, y0, x1, y1 in pixels, x to the right and y downwards, with
the area (x1 − x0)(y1 − y0): no pixel is added. Where a value would be 0 ÷ 0 it is undefined, NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.registry import Registry
from explainer.words import N_

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Extents:
    """Along one axis, how far boxes a `(A, …)` and boxes b reach together; all broadcast.

    `shared` is the length of what both cover, `spanned` of the least that holds both, `between` the
    distance of their middles.
    """

    shared: Values
    spanned: Values
    between: Values

    @staticmethod
    def of(low_a: Values, high_a: Values, low_b: Values, high_b: Values) -> Extents:
        """From where to where each goes."""
        return Extents(
            np.maximum(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0),
            np.maximum(high_a, high_b) - np.minimum(low_a, low_b),
            (low_a + high_a - low_b - high_b) / 2,
        )


Score = Callable[[Extents, Extents, Values], Values]


def iou_of(across: Extents, down: Extents, areas: Values) -> Values:
    """IoU = |A ∩ B| ÷ |A ∪ B| in [0, 1]; `areas` is |A| + |B|."""
    shared = across.shared * down.shared
    return _ratio(shared, areas - shared)


def giou_of(across: Extents, down: Extents, areas: Values) -> Values:
    """GIoU = IoU − (|C| − |A ∪ B|) ÷ |C| in (−1, 1], C the least box that holds both.

    Rezatofighi et al. 2019, Generalized Intersection over Union.
    """
    union = areas - across.shared * down.shared
    return iou_of(across, down, areas) + _ratio(union, across.spanned * down.spanned) - 1


def diou_of(across: Extents, down: Extents, areas: Values) -> Values:
    """DIoU = IoU − d² ÷ c² in (−1, 1]: distance of the centres, diagonal of the box around both.

    Zheng et al. 2020, Distance-IoU Loss.
    """
    apart = across.between**2 + down.between**2
    return iou_of(across, down, areas) - _ratio(apart, across.spanned**2 + down.spanned**2)


@dataclass(frozen=True)
class Measure:
    """A score of two boxes: its name in links, its name for readers, from where it reaches to 1."""

    slug: str
    title: str
    low: float
    score: Score


MEASURES = Registry(
    N_("measure of two boxes"),
    Measure("iou", N_("IoU"), 0, iou_of),
    Measure("giou", N_("GIoU"), -1, giou_of),
    Measure("diou", N_("DIoU"), -1, diou_of),
)
IOU, GIOU, DIOU = MEASURES


def boxes_of(rows: ArrayLike) -> Values:
    """`rows` as boxes `(N, 4)`.

    Raises `ValueError` for another shape, and for a box that ends before it begins or is endless.
    """
    boxes = np.asarray(rows, dtype=np.float64)
    boxes = boxes.reshape(0, 4) if boxes.size == 0 else boxes
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes have the shape (N, 4), not {boxes.shape}")
    if not np.isfinite(boxes).all() or (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has finite corners, the second right of and below the first")
    return boxes


def areas_of(boxes: Values) -> Values:
    """The area of each box, `(N,)`, in square pixels."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def agreement(first: ArrayLike, second: ArrayLike, measure: Measure = IOU) -> Values:
    """How well each box of `first` `(A, 4)` agrees with each of `second` `(B, 4)`: `(A, B)`."""
    a, b = boxes_of(first), boxes_of(second)
    across, down = (
        Extents.of(a[:, None, side], a[:, None, side + 2], b[:, side], b[:, side + 2])
        for side in (0, 1)
    )
    return measure.score(across, down, areas_of(a)[:, None] + areas_of(b))


def intersection(first: Values, second: Values) -> Values | None:
    """What two boxes `(4,)` share, as a box; None where they share no area."""
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    return np.concatenate([low, high]) if (high > low).all() else None


def _ratio(part: Values, whole: Values) -> Values:
    """`part` ÷ `whole`, undefined where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
