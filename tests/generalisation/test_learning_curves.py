"""What the words say of error over the number of pictures, over seeds that no page shows."""

from __future__ import annotations

from functools import cache

import numpy as np

from explainer.generalisation.learning_curves import LearningCurve, learning_curve

SEEDS, SIZES = (21, 22), (20, 500, 4000)


@cache
def found(width: int) -> LearningCurve:
    return learning_curve(width, SIZES, SEEDS)


def test_training_error_rises_with_the_data_and_validation_error_falls() -> None:
    narrow = found(3)
    assert (np.diff(narrow.training.mean(1)) > 0).all()
    assert (np.diff(narrow.validation.mean(1)) < 0).all()


def test_a_narrow_network_is_biased_and_more_units_take_off_more_than_its_gap() -> None:
    narrow, wide = found(3), found(128)
    assert narrow.gap[0] < 0.06
    saved = narrow.validation[-1].mean() - wide.validation[-1].mean()
    assert saved > 2 * narrow.gap[0]


def test_a_wide_network_learns_by_heart_and_is_the_better_one_at_every_size() -> None:
    wide = found(128)
    assert (wide.training[:2] == 0).all()
    assert (wide.validation.mean(1) < found(3).validation.mean(1)).all()
    assert wide.gap[0] > 0.03


def test_what_the_last_quadrupling_took_off_and_what_is_left_for_more_pictures() -> None:
    errors = np.array([[0.6, 0.5], [0.4, 0.4], [0.3, 0.2]])
    made_up = LearningCurve(9, (10, 20, 40), np.full((3, 2), 0.1), errors)
    np.testing.assert_allclose(made_up.limit, (0.1, 0.25))
    np.testing.assert_allclose(made_up.gain, (0.3, 0.3, 0.3))
    np.testing.assert_allclose(made_up.gap[0], 0.15)
    np.testing.assert_allclose(made_up.gap_share, 0.6)


def test_the_gap_is_most_of_a_wide_network_s_error_and_little_of_a_narrow_one_s() -> None:
    assert found(3).gap_share < 0.3
    assert found(128).gap_share > 0.55


def test_sizes_are_told_and_shown_one_by_one() -> None:
    shares: list[float] = []
    sizes: list[tuple[int, ...]] = []
    learning_curve(
        0, (20, 30), (1,), steps=2, told=shares.append, seen=lambda one: sizes.append(one.sizes)
    )
    assert shares == [0.5, 1]
    assert sizes == [(20,), (20, 30)]
