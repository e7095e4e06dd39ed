"""How alike drawn curves are, and who is taken for whom, by hand and against scikit-learn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from explainer.clinic.likeness import (
    POINTS,
    distances,
    filled,
    heights,
    in_a_row,
    nearest_others,
    taken_for,
)


def record(losses: list[float], right: list[float]) -> Any:
    """A record with these curves, the same in training and in validation."""
    lines = np.array(losses), np.array(right)
    return SimpleNamespace(
        steps=np.arange(len(losses)), train_loss=lines[0], validation_loss=lines[0],
        train_accuracy=lines[1], validation_accuracy=lines[1],
    )  # fmt: skip


def test_heights_are_of_a_logarithmic_axis_from_a_hundredth_to_a_hundred() -> None:
    found = heights(record([100, 1, 0.01, 1e-9], [0.1, 0.5, 0.9, 1]), 3)
    assert found.shape == (4, POINTS)
    np.testing.assert_allclose(found[:2, 0], 1)
    np.testing.assert_allclose(found[:2, -1], 0)
    np.testing.assert_allclose(found[2:, [0, -1]], [[0.1, 1], [0.1, 1]])


def test_what_is_no_number_is_a_gap_and_counts_as_the_worst() -> None:
    gone = heights(record([1.0, np.nan], [0.1, np.nan]), 1)
    assert np.isnan(gone[:, -1]).all()
    beyond = heights(record([1.0, np.inf], [0.1, 0.1]), 1)
    assert np.nanmax(beyond) <= 1
    apart = distances(np.stack([gone, heights(record([1.0, 1.0], [0.1, 0.1]), 1)]))
    assert np.isfinite(apart).all()
    assert apart[0, 1] > 0.1


def test_a_run_that_ends_early_is_drawn_as_far_as_it_came() -> None:
    found = heights(record([1.0, 1.0], [0.5, 0.5]), POINTS - 1)
    assert np.isfinite(found[:, :2]).all()
    assert np.isnan(found[:, 2:]).all()


def test_distances_are_root_mean_squares() -> None:
    curves = np.random.default_rng(1).uniform(size=(3, 4, POINTS))
    apart = distances(curves)
    np.testing.assert_allclose(apart, apart.T)
    np.testing.assert_allclose(apart[0, 2], np.sqrt(((curves[0] - curves[2]) ** 2).mean()))


def test_lookalikes_stand_beside_each_other() -> None:
    places = np.array([0.0, 9.0, 1.0, 10.0, 2.0])
    order = in_a_row(np.abs(places[:, None] - places[None]))
    assert sorted(order) == list(range(5))
    assert np.abs(np.diff(places[order])).sum() == 10
    assert in_a_row(np.zeros((1, 1))) == [0]
    assert nearest_others(np.abs(places[:, None] - places[None]), 2)[4] == [2, 0]


def test_a_run_of_the_same_seed_is_never_the_nearest() -> None:
    places = np.array([0.0, 10.0, 20.0, 1.0, 11.0, 21.0])  # each seed's pair beside each other
    kinds, seeds = np.divmod(np.arange(6), 3)
    apart = np.abs(places[:, None] - places[None])
    np.testing.assert_array_equal(taken_for(apart, kinds, np.arange(6)), 1 - kinds)
    np.testing.assert_array_equal(taken_for(apart, kinds, seeds), [0, 1, 1, 0, 0, 1])


def test_the_nearest_other_run_is_scikit_learns() -> None:
    rng = np.random.default_rng(5)
    kinds = np.repeat(np.arange(3), 6)
    curves = rng.normal(kinds[:, None, None] / 4 + 0.5, 0.3, (18, 4, POINTS)).clip(0, 1)
    taken = taken_for(distances(curves), kinds, np.arange(18))
    flat = curves.reshape(18, -1)
    theirs = cross_val_predict(KNeighborsClassifier(1), flat, kinds, cv=LeaveOneOut())
    np.testing.assert_array_equal(taken, theirs)


def test_a_run_that_was_lost_leaves_no_gap_in_what_holds_all_runs() -> None:
    curves = np.full((2, 3, 4, POINTS), 0.4)
    curves[0, 1, :, 5:] = np.nan
    found = filled(curves)
    np.testing.assert_array_equal(found[0, 1, :, 5:], np.repeat([[1.0], [1], [0], [0]], 75, 1))
    np.testing.assert_array_equal(found[1], curves[1])
