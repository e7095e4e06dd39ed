"""Random features: NumPy and scikit-learn are oracles of the fit; the peak, and what melts it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from explainer.generalisation.random_features import (
    CLASSES,
    RIDGES,
    TRAINING,
    WIDTHS,
    Descent,
    descent,
    drawn,
    errors,
    features,
)

SEEDS = (41, 42)
SOME = (25, 35, 100, 160, 180, 200, 220, 240, 400, 1600)
NONE, GOOD = 0, 1


@cache
def found() -> Descent:
    return descent(SEEDS, SOME, (0.0, 0.1))


@pytest.mark.parametrize("width", [30, 120])
@pytest.mark.parametrize("ridge", [0.0, 0.01])
def test_errors_are_those_of_other_libraries(width: int, ridge: float) -> None:
    data = drawn(7, 150, count=60)
    learned, test = (one[:, :width] / np.sqrt(width) for one in features(data))
    if ridge:
        model = Ridge(ridge, fit_intercept=False, solver="cholesky").fit(learned, data.labels)
        weights = model.coef_.T
    else:
        weights = np.linalg.lstsq(learned, data.labels, rcond=None)[0]
    of_test, of_training = errors(data, (width,), (ridge,))[:, :, 0, 0]
    for place in range(2):
        ten = weights[:, CLASSES * place : CLASSES * (place + 1)]
        labels = data.labels[:, CLASSES * place : CLASSES * (place + 1)]
        expected = np.square(test @ ten - data.test_labels).sum(1).mean()
        assert of_test[place] == pytest.approx(expected, rel=1e-5)
        expected = np.square(learned @ ten - labels).sum(1).mean()
        assert of_training[place] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_dead_pixels_and_features_are_left_out() -> None:
    data = drawn(7, 150, count=60)
    assert (data.inputs.max(0) > data.inputs.min(0)).all()
    dead = replace(data, directions=np.where(np.arange(150) == 3, 0.0, data.directions))
    assert features(dead)[0].shape == (60, 149)
    assert features(dead)[1].shape == (1000, 149)


def test_a_fifth_of_the_second_labels_is_wrong() -> None:
    true, noisy = (drawn(7, 10).labels[:, start : start + CLASSES] for start in (0, CLASSES))
    assert (true != noisy).any(1).sum() == TRAINING / 5
    assert (noisy.sum(1) == 1).all()


def test_in_every_draw_the_peak_is_near_as_many_features_as_digits() -> None:
    for draw in found().errors[:, 0, :, NONE]:
        for line in draw:
            peak = SOME[int(line.argmax())]
            assert abs(peak - TRAINING) <= 0.2 * TRAINING
            assert line.max() > 100 * line[: SOME.index(100)].min()
    assert found().peak(noisy=True) == found().peak(noisy=False) == TRAINING


def test_past_the_peak_the_error_falls_below_the_valley_before_it() -> None:
    medians = np.median(found().errors[:, 0, :, NONE], axis=0)
    before = medians[:, : SOME.index(TRAINING)].min(1)
    assert (medians[:, -1] < before).all()
    assert (before[:, None] <= medians[:, [SOME.index(160)]]).all()
    assert (medians[1] > medians[0]).all()


def test_training_error_is_nothing_past_the_threshold() -> None:
    training = found().errors[:, 1, :, NONE]
    assert (training[..., SOME.index(100)] > 0.05).all()
    assert (training[..., SOME.index(220) :] < 1e-12).all()


def test_a_ridge_leaves_no_peak_and_more_features_only_help() -> None:
    medians = np.median(found().errors[:, 0, :, GOOD], axis=0)
    assert (np.diff(medians, axis=1) < 0.01).all()
    assert (medians[:, -1] <= np.median(found().errors[:, 0, :, NONE], axis=0)[:, -1]).all()


def test_widths_and_ridges_of_the_page() -> None:
    assert len(WIDTHS) >= 12
    assert TRAINING in WIDTHS
    assert RIDGES[0] == 0
    assert list(RIDGES) == sorted(RIDGES)
    assert RIDGES[-1] == 10
