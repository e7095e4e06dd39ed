from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score, jaccard_score

from explainer.metrics.mask_scenes import (
    SCENES,
    STARTS,
    Scene,
    answered_twice,
    coin_labels,
    eroded,
    otsu,
    own,
    shifted,
)
from explainer.metrics.mask_script import FILE, data, script
from explainer.metrics.masks import Mask, boundary, boundary_score, counts, dice_of, regions
from tests.drawing import examples

SHAPE = (7, 9)
MASKS = arrays(bool, SHAPE)


@examples(20)
@given(MASKS, MASKS)
def test_the_numbers_of_a_mask_are_those_of_scikit_learn(truth: Mask, answer: Mask) -> None:
    found, both = counts(truth, answer), (truth.ravel(), answer.ravel())
    assert found.accuracy == pytest.approx((truth == answer).mean())
    if not (truth | answer).any():
        assert found.iou is None
        assert found.dice is None
        return
    assert found.iou == pytest.approx(jaccard_score(*both))
    assert found.dice == pytest.approx(f1_score(*both))
    assert found.dice == pytest.approx(dice_of(found.iou or 0.0))
    assert (found.dice or 0.0) >= (found.iou or 0.0)


@examples(20)
@given(MASKS, MASKS, MASKS)
def test_iou_and_dice_put_masks_of_one_picture_in_the_same_order(
    truth: Mask, one: Mask, other: Mask
) -> None:
    first, second = counts(truth, one), counts(truth, other)
    if first.iou is not None and second.iou is not None:
        assert first.dice is not None
        assert second.dice is not None
        assert (first.iou > second.iou) == (first.dice > second.dice)


@examples(20)
@given(MASKS, MASKS)
def test_every_pixel_is_of_one_kind(truth: Mask, answer: Mask) -> None:
    found, kinds = counts(truth, answer), regions(truth, answer)
    assert found.union + found.neither == truth.size
    assert (kinds == 1).sum() == (truth & answer).sum()
    assert (kinds == 2).sum() == (answer & ~truth).sum()
    assert (kinds == 3).sum() == (truth & ~answer).sum()


def plain_boundary(mask: Mask) -> Mask:
    """By going through all pixels."""
    found = np.zeros_like(mask)
    for y, x in np.argwhere(mask):
        beside = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
        inside = [one for one in beside if 0 <= one[0] < SHAPE[0] and 0 <= one[1] < SHAPE[1]]
        found[y, x] = any(not mask[one] for one in inside)
    return found


def plain_share(points: Mask, others: Mask, tolerance: float) -> float | None:
    here, there = np.argwhere(points), np.argwhere(others)
    if not len(here):
        return None
    if not len(there):
        return 0.0
    far = np.linalg.norm(here[:, None] - there, axis=2).min(1)
    return float((far <= tolerance + 1e-9).mean())


@examples(20)
@given(MASKS, MASKS, st.sampled_from([0.0, 1.0, 1.5, 3.0]))
def test_boundaries_are_near_by_the_distance_of_all_pairs(
    truth: Mask, answer: Mask, tolerance: float
) -> None:
    true, mine = plain_boundary(truth), plain_boundary(answer)
    np.testing.assert_array_equal(boundary(answer), mine)
    found = boundary_score(truth, answer, tolerance)
    assert found.precision == pytest.approx(plain_share(mine, true, tolerance))
    assert found.recall == pytest.approx(plain_share(true, mine, tolerance))
    if found.precision is None and found.recall is None:
        assert found.f is None
    elif not found.precision or not found.recall:
        assert found.f == 0
    else:
        wanted = 2 / (1 / found.precision + 1 / found.recall)
        assert found.f == pytest.approx(wanted)


@pytest.mark.parametrize(("one", "other"), [(0.5, 0.3), (0, 0), (0, 0.5), (0.5, 0), (1, 1)])
def test_the_script_gives_the_same_numbers(
    one: float, other: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, tolerance = np.random.default_rng(5), 1.0
    truth, answer = (random.random(SHAPE) < share for share in (one, other))
    file = np.load(io.BytesIO(data(truth, answer)))
    names: dict[str, float] = {}
    monkeypatch.setattr(np, "load", lambda name: {FILE: file}[name])
    exec(script(tolerance), names)
    found, near = counts(truth, answer), boundary_score(truth, answer, tolerance)
    for name, value in (("accuracy", found.accuracy), ("iou", found.iou), ("dice", found.dice),
                        ("boundary_f", near.f)):  # fmt: skip
        assert names[name] == pytest.approx(np.nan if value is None else value, nan_ok=True)


@pytest.mark.parametrize("scene", SCENES, ids=lambda one: one.slug)
def test_every_start_is_a_mask_of_its_scene(scene: Scene) -> None:
    view = scene.load()
    assert view.photo.shape == (*view.truth.shape, 3)
    assert 0.01 < view.truth.mean() < 0.6
    for start in STARTS:
        for by in (0, 6, 300):
            found = start.make(view, by)
            assert found.shape == view.truth.shape
            assert found.dtype == bool
    for moves in ("shifted", "eroded"):
        np.testing.assert_array_equal(STARTS[moves].make(view, 0), view.truth)


def test_the_photo_has_24_coins_each_in_one_piece() -> None:
    labels = coin_labels()
    assert labels.max() == 24
    areas = np.bincount(labels.ravel())[1:]
    assert areas.min() > 1000
    assert areas.max() < 3500


def test_an_eroded_disc_has_the_smaller_radius_and_a_full_mask_stays() -> None:
    y, x = np.mgrid[:60, :60]
    far = np.hypot(x - 30, y - 30)
    inner = eroded(far <= 20, 5)
    assert far[inner].max() <= 16
    assert inner[far <= 14].all()
    assert eroded(np.ones((4, 4), bool), 9).all()
    assert not shifted(np.ones((4, 4), bool), 4).any()


def test_a_photo_of_one_colour_has_a_mask_too() -> None:
    grey = np.full((3, 400, 3), 90, np.uint8)
    view = own(grey)
    assert view.truth.shape == view.photo.shape[:2]
    assert max(view.truth.shape) == 208
    assert otsu(grey).shape == (3, 400)


def test_an_empty_mask_of_one_coin_passes_by_accuracy_alone() -> None:
    truth = SCENES["coin"].load().truth
    found = counts(truth, np.zeros_like(truth))
    assert found.accuracy == pytest.approx(0.98, abs=0.005)
    assert found.iou == 0


def scored(truth: Mask, answer: Mask, tolerance: float) -> tuple[float, float]:
    """IoU and boundary F."""
    area, edge = counts(truth, answer).iou, boundary_score(truth, answer, tolerance).f
    assert area is not None
    assert edge is not None
    return area, edge


@pytest.mark.parametrize("slug", SCENES.slugs)
@pytest.mark.parametrize("tolerance", [1, 2, 4])
def test_up_to_the_tolerance_a_shift_costs_the_boundary_nothing_and_much_beyond(
    slug: str, tolerance: int
) -> None:
    truth = SCENES[slug].load().truth
    areas, edges = zip(*(scored(truth, shifted(truth, by), tolerance)
                         for by in range(tolerance + 2)), strict=True)  # fmt: skip
    assert min(edges[:-1]) > 0.99
    assert edges[-1] < 0.7
    steps = -np.diff(areas)
    assert steps.min() > 0.03
    assert steps.max() < 0.11


@pytest.mark.parametrize("slug", SCENES.slugs)
def test_a_rough_mask_has_more_of_the_area_than_of_the_boundary(slug: str) -> None:
    truth = SCENES[slug].load().truth
    for make in (shifted, eroded):
        for by in (3, 4, 5):
            area, edge = scored(truth, make(truth, by), 2)
            assert edge < area - 0.15


def test_averages_of_iou_and_of_dice_prefer_different_answers() -> None:
    one, other = answered_twice()
    assert one.iou > other.iou + 0.03
    assert other.dice > one.dice + 0.05
    for found in (one, other):
        for iou, by, label in zip(found.ious, found.shifts, (1, 6), strict=True):
            coin = coin_labels() == label
            moved = np.roll(coin, by, axis=1)
            wanted = jaccard_score(coin.ravel(), moved.ravel())
            assert iou == pytest.approx(wanted, abs=0.02)
