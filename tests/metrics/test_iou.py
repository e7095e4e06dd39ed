"""IoU, GIoU and DIoU against torchvision, and what the page says of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torchvision.ops import box_iou, distance_box_iou, generalized_box_iou

from explainer.metrics.boxes.iou import (
    DIOU,
    GIOU,
    IOU,
    MEASURES,
    Values,
    agreement,
    areas_of,
    boxes_of,
    intersection,
)

ORACLES = {"iou": box_iou, "giou": generalized_box_iou, "diou": distance_box_iou}
SEEDS = range(100, 140)
WHOLE = arrays.arrays(
    np.int64, st.tuples(st.integers(0, 6), st.just(4)), elements=st.integers(0, 12)
)


def boxes(corners: np.ndarray) -> Values:
    """Boxes `(N, 4)` of any two corners: some without a width, a height, or either."""
    pairs = corners.reshape(-1, 2, 2)
    return np.concatenate([pairs.min(axis=1), pairs.max(axis=1)], axis=1).astype(np.float64)


def random_box(generator: np.random.Generator, side: float = 40) -> Values:
    start = generator.uniform(0, 100, 2)
    return np.concatenate([start, start + generator.uniform(5, side, 2)])


@pytest.mark.parametrize("slug", MEASURES.slugs)
@given(WHOLE, WHOLE)
def test_all_pairs_are_as_torchvision_has_them(slug: str, first: Values, second: Values) -> None:
    """Where a measure divides 0 by 0, ours is undefined, and IoU's is so in torchvision as well."""
    a, b = boxes(first), boxes(second)
    found = agreement(a, b, MEASURES[slug])
    wanted = ORACLES[slug](torch.from_numpy(a), torch.from_numpy(b)).numpy()
    assert found.shape == (len(a), len(b))
    empty = (areas_of(a)[:, None] == 0) & (areas_of(b) == 0)
    assert np.isnan(found[empty]).all()
    np.testing.assert_allclose(found[~empty], wanted[~empty], atol=1e-6)
    assert np.isfinite(found[~empty]).all()


@given(WHOLE)
def test_a_box_agrees_fully_with_itself_alone(corners: Values) -> None:
    a = boxes(corners)
    a = a[areas_of(a) > 0]
    for measure in MEASURES:
        values = agreement(a, a, measure)
        np.testing.assert_allclose(np.diag(values), 1)
        same = (a[:, None] == a).all(axis=2)
        assert (values[~same] < 1).all()
        assert (values >= measure.low).all()


@given(WHOLE, WHOLE)
def test_what_two_boxes_share_has_the_area_that_iou_counts(first: Values, second: Values) -> None:
    for a in boxes(first):
        for b in boxes(second):
            common = intersection(a, b)
            shared = 0.0 if common is None else float(areas_of(common[None])[0])
            union = float(areas_of(np.stack([a, b])).sum()) - shared
            if union > 0:
                assert agreement([a], [b])[0, 0] == pytest.approx(shared / union)


@pytest.mark.parametrize("rows", [
    [[0, 0, 1]], [0, 0, 1, 1], [[2, 0, 1, 1]], [[0, 2, 1, 1]], [[0, 0, np.nan, 1]],
    [[0, 0, np.inf, 1]],
])  # fmt: skip
def test_what_is_no_box_is_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match="box"):
        boxes_of(rows)


def test_no_boxes_have_no_pairs() -> None:
    assert agreement([], []).shape == (0, 0)
    assert agreement([], [[0, 0, 1, 1]]).shape == (0, 1)


def test_half_of_each_box_shared_is_a_third_and_two_thirds_are_a_half() -> None:
    assert agreement([[0, 0, 6, 6]], [[3, 0, 9, 6]])[0, 0] == pytest.approx(1 / 3)
    assert agreement([[0, 0, 6, 6]], [[2, 0, 8, 6]])[0, 0] == pytest.approx(1 / 2)


@pytest.mark.parametrize("side", [8, 16, 32, 64, 128])
def test_the_shift_of_a_square_has_a_closed_form(side: float) -> None:
    shifts = np.linspace(0, 2 * side, 41)
    there = np.stack([shifts, 0 * shifts, shifts + side, 0 * shifts + side], axis=1)
    found = agreement([[0, 0, side, side]], there)[0]
    np.testing.assert_allclose(found, np.maximum(side - shifts, 0) / (side + shifts), atol=1e-12)
    for share, level in ((3, 0.5), (7, 0.75)):
        off = side / share
        assert agreement([[0, 0, side, side]], [[off, 0, off + side, side]])[0, 0] == pytest.approx(
            level
        )


def slope(box: Values, truth: Values, measure: str) -> float:
    """How steep a measure is where the box stands, by moving it a little."""
    small = 1e-4
    ways = np.array([[small, 0], [0, small]])
    there = [box + sign * np.tile(way, 2) for way in ways for sign in (1, -1)]
    values = agreement(there, truth[None], MEASURES[measure])[:, 0]
    return float(np.hypot(*(values[::2] - values[1::2]) / (2 * small)))


@pytest.mark.parametrize("seed", SEEDS)
def test_apart_only_iou_has_no_slope(seed: int) -> None:
    generator = np.random.default_rng(seed)
    box, truth = random_box(generator), random_box(generator)
    box += 110  # right of and below whatever the truth can be
    assert agreement([box], [truth])[0, 0] == 0
    assert slope(box, truth, "iou") == 0
    assert min(slope(box, truth, "giou"), slope(box, truth, "diou")) > 1e-5


@pytest.mark.parametrize("seed", SEEDS)
def test_inside_of_another_box_only_diou_has_a_slope(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = np.array([0.0, 0, 100, 100])
    start = generator.uniform(5, 30, 2)
    box = np.concatenate([start, start + generator.uniform(10, 35, 2)])
    assert agreement([box], [truth], GIOU) == pytest.approx(agreement([box], [truth], IOU))
    assert max(slope(box, truth, "iou"), slope(box, truth, "giou")) < 1e-9
    assert slope(box, truth, "diou") > 1e-4
    middle = box + np.tile(50 - (box[:2] + box[2:]) / 2, 2)
    assert agreement([middle], [truth], DIOU) > agreement([box], [truth], DIOU)
