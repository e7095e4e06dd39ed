"""The field of a box: the best agreement at every place, its contours' areas, and the way up."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.metrics.boxes.iou import IOU, MEASURES, Values, agreement
from explainer.metrics.boxes.iou_field import CELLS, Grid, best_truth, climb, field

SEEDS = range(40, 48)


def some(seed: int, count: int) -> Values:
    generator = np.random.default_rng(seed)
    starts = generator.uniform(0, 90, (count, 2))
    return np.concatenate([starts, starts + generator.uniform(4, 40, (count, 2))], axis=1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("slug", MEASURES.slugs)
def test_each_place_has_what_a_box_there_would_have(slug: str, seed: int) -> None:
    truths, grid = some(seed, 3), Grid(120, 90, 7)
    width, height = np.random.default_rng(seed).uniform(5, 60, 2)
    found = field((width, height), truths, grid, MEASURES[slug])
    assert found.shape == (len(grid.down), len(grid.across))
    there = [
        [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        for y in grid.down
        for x in grid.across
    ]
    best = agreement(there, truths, MEASURES[slug]).max(axis=1)
    np.testing.assert_allclose(found.ravel(), best, atol=1e-12)


def test_without_a_truth_a_field_is_undefined() -> None:
    found = field((5, 5), np.zeros((0, 4)), Grid(20, 10, 5), IOU)
    assert found.shape == (2, 4)
    assert np.isnan(found).all()


@pytest.mark.parametrize("size", [(1, 1), (8, 3000), (384, 303), (2000, 1500)])
def test_a_grid_covers_the_photo_with_few_places(size: tuple[float, float]) -> None:
    grid = Grid.over(*size)
    assert 1 <= len(grid.across) * len(grid.down) <= 1.3 * CELLS
    assert grid.across[-1] + grid.step / 2 >= size[0]
    assert grid.down[-1] + grid.step / 2 >= size[1]


def test_a_box_twice_as_wide_as_its_truth_reaches_a_half_and_no_more() -> None:
    found = field((60, 20), np.array([[40.0, 29.5, 70, 49.5]]), Grid(120, 90, 1), IOU)
    assert found.max() == pytest.approx(0.5)


def test_from_a_half_to_three_quarters_the_room_for_error_shrinks_to_a_sixth() -> None:
    """For a square of side 1 the room is 4(1 − k + k ln k), k = 2t ÷ (1 + t)."""
    found = field((200, 200), np.array([[200.0, 200, 400, 400]]), Grid(600, 600, 1), IOU)
    rooms = []
    for level in (0.5, 0.75):
        part = 2 * level / (1 + level)
        rooms.append(4 * (1 - part + part * np.log(part)))
        assert (found >= level).sum() / 200**2 == pytest.approx(rooms[-1], rel=0.02)
    assert rooms[1] / rooms[0] == pytest.approx(1 / 6, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_way_up_rises_with_each_step_and_ends_on_top(seed: int) -> None:
    grid, truths = Grid(140, 140, 2), some(seed, 1)
    found = field((20, 20), truths, grid, MEASURES["diou"])
    way = climb(found, 3, 137, grid)
    heights = [found[int(y / grid.step), int(x / grid.step)] for x, y in way]
    assert (np.diff(heights) > 0).all()
    assert heights[-1] == pytest.approx(found.max(), abs=0.02)


def test_on_flat_ground_there_is_no_way() -> None:
    truths, grid = np.array([[100.0, 100, 120, 120]]), Grid(140, 140, 2)
    start = climb(field((20, 20), truths, grid, IOU), 20, 20, grid)
    assert start == [(21, 21)]
    way = climb(field((20, 20), truths, grid, MEASURES["giou"]), 20, 20, grid)
    assert np.hypot(*(np.array(way[-1]) - 110)) < 3
    assert climb(np.zeros((1, 1)), 5, 5, Grid(1, 1, 1)) == [(0.5, 0.5)]


def test_the_best_truth_comes_with_its_areas() -> None:
    truths = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [5, 0, 15, 10]])
    best = best_truth(np.array([6.0, 0, 16, 10]), truths, IOU)
    assert best is not None
    assert (best.truth, best.shared, best.union) == (1, 90, 110)
    assert best.iou == pytest.approx(9 / 11)
    assert best_truth(truths[0], truths[:0], IOU) is None


def test_of_two_boxes_without_an_area_iou_is_undefined() -> None:
    empty = np.array([3.0, 3, 3, 3])
    best = best_truth(empty, empty[None], IOU)
    assert best is not None
    assert best.iou is None
