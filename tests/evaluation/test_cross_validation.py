"""Folds as scikit-learn cuts them, the scripts, and what the words say of orders and patients."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from explainer.evaluation.cross_validation import (
    CLASSIFIERS,
    EACH,
    FILE,
    SORTS,
    WAYS,
    Way,
    board_set,
    data_file,
    fold_scores,
    script,
)
from explainer.evaluation.patients import patients, reported
from explainer.training.instruments.student import AHEAD, interval, judged

SEED = 51


def silent(share: float) -> None:
    """Nobody is told."""


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.slug)
def test_the_nearest_digit_is_scikit_learn_s_for_every_way_to_split(way: Way) -> None:
    data = board_set(SORTS["patients"], SEED)
    if way.slug == "stratified":
        data = board_set(SORTS["digits"], SEED)
    given = {"count": 7, "seed": SEED}
    folds = way.splitter.folds(data.labels, data.groups, **given)
    parts = way.splitter.parts(data.labels, data.groups, **given)
    assert sorted(np.concatenate([test for __, test in parts])) == list(range(len(data)))
    assert all(set(folds[test]) == {fold} for fold, (__, test) in enumerate(parts))
    oracle = cross_val_predict(KNeighborsClassifier(1), data.inputs, data.labels, cv=parts)
    said = CLASSIFIERS["nearest"].predict(data, folds, silent)
    assert (said == oracle).mean() > 0.99  # of equally near ones another may come first


@pytest.mark.parametrize(
    ("sort", "way", "learner", "count"),
    [
        ("digits", "stratified", "nearest", 7),
        ("digits", "in_order", "logistic", 3),
        ("patients", "grouped", "network", 2),
        ("patients", "patient_out", "nearest", 2),
    ],
)
def test_the_script_reports_the_scores_of_the_board(
    sort: str, way: str, learner: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, chosen = board_set(SORTS[sort], SEED), CLASSIFIERS[learner]
    folds = WAYS[way].splitter.folds(data.labels, data.groups, count=count, seed=SEED)
    right = (chosen.predict(data, folds, silent) == data.labels) * 1.0
    (tmp_path / FILE).write_bytes(data_file(data))
    path = tmp_path / "board.py"
    path.write_text(script(WAYS[way], chosen, count, SEED), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    np.testing.assert_allclose(runpy.run_path(str(path))["scores"], fold_scores(right, folds))


def test_in_ten_folds_as_in_the_file_nothing_is_right() -> None:
    for seed in range(60, 64):
        data = board_set(SORTS["digits"], seed)
        folds = WAYS["in_order"].splitter.folds(data.labels, count=10)
        assert len(data) == 10 * EACH
        assert not (CLASSIFIERS["nearest"].predict(data, folds, silent) == data.labels).any()


def test_where_folds_cross_the_classes_of_the_file_half_is_right() -> None:
    found: dict[int, list[float]] = {11: [], 12: []}
    for seed in range(100, 120):
        data = board_set(SORTS["digits"], seed)
        for count, shares in found.items():
            folds = WAYS["in_order"].splitter.folds(data.labels, count=count)
            said = CLASSIFIERS["nearest"].predict(data, folds, silent)
            shares.append((said == data.labels).mean())
    assert all(0.4 < np.mean(shares) < 0.6 for shares in found.values())


@pytest.mark.parametrize("count", [5, 10])
def test_stratified_folds_hold_every_class_and_gain_two_points_or_so(count: int) -> None:
    found = []
    for seed in range(100, 180):
        data, row = board_set(SORTS["digits"], seed), []
        for way in ("shuffled", "stratified"):
            folds = WAYS[way].splitter.folds(data.labels, count=count, seed=seed)
            said = CLASSIFIERS["nearest"].predict(data, folds, silent)
            row.append((said == data.labels).mean())
        counts = np.array([np.bincount(data.labels[folds == one]) for one in range(count)])
        assert counts.min() >= EACH // count
        assert np.ptp(counts) <= 1
        found.append(row)
    shuffled, stratified = np.array(found).T
    mean, low, __ = interval((stratified - shuffled).tolist())
    assert low > 0
    assert 0.01 < mean < 0.03


def test_random_folds_flatter_patients_and_folds_by_patient_do_not() -> None:
    found = reported(seeds=range(100, 116))
    __, low, high = interval((found.random - found.truth).tolist())
    assert low > 0.3
    assert found.random.mean() > 0.94
    __, low, high = interval((found.grouped - found.truth).tolist())
    assert judged(low, high) != AHEAD
    assert low > -0.12


def test_one_picture_left_out_is_as_wrong_as_random_folds_and_one_patient_is_not() -> None:
    truth = reported(seeds=range(200, 208)).truth.mean()
    means = {}
    for way in ("one_out", "patient_out", "shuffled"):
        scores = []
        for seed in range(200, 208):
            data = patients(np.random.default_rng(seed))
            folds = WAYS[way].splitter.folds(data.labels, data.groups, count=10, seed=seed)
            said = CLASSIFIERS["nearest"].predict(data, folds, silent)
            scores.append((said == data.labels).mean())
        means[way] = np.mean(scores)
    assert means["one_out"] > truth + 0.3
    assert abs(means["one_out"] - means["shuffled"]) < 0.03
    assert abs(means["patient_out"] - truth) < 0.08
