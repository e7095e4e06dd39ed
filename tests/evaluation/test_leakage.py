"""The four leaks: the scripts report what the page does, and each leaks as much as is said."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explainer.evaluation.leakage import LEAKS, Measured, measured
from explainer.evaluation.leakage_script import FILES, leak_file, leak_script
from explainer.evaluation.leaks import near_groups, scaling, with_copies, with_drift
from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, interval, judged


def found(slug: str, *settings: int, seeds: range = range(100, 116)) -> np.ndarray:
    """What is reported, what without the leak, and what is true: `(3, settings, seeds)`."""
    return np.array([LEAKS[slug].measure(seed, settings) for seed in seeds]).transpose(1, 2, 0)


def verdict(values: np.ndarray) -> str:
    return judged(*interval(values.tolist())[1:])


@pytest.mark.parametrize(
    ("slug", "setting"), [("features", 700), ("copies", 35), ("time", 60), ("scaling", 110)]
)
def test_the_script_reports_the_first_draw(
    slug: str, setting: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak = LEAKS[slug]
    if slug in FILES:
        (tmp_path / FILES[slug]).write_bytes(leak_file(slug, setting))
    path = tmp_path / "leak.py"
    path.write_text(leak_script(slug, setting), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(path))
    every = (setting, 5000) if slug == "features" else (setting,)
    reported, closed, __ = leak.measure(0, every)[:, 0]
    assert names["reported"].mean() == pytest.approx(reported, abs=0.011)
    assert names["closed"].mean() == pytest.approx(closed, abs=0.011)


def test_features_chosen_by_the_labels_make_a_coin_predictable() -> None:
    reported, closed, truth = found("features", 100, 1000, 5000)
    assert (reported - truth).mean(1)[1] > 0.28
    assert reported[1].mean() > 0.8
    assert 0.86 < reported[2].mean() < 0.94
    assert reported[1].mean() > reported[0].mean()
    assert verdict(closed[1] - truth[1]) == NOISE
    assert abs(truth.mean() - 0.5) < 0.02


def test_copies_flatter_by_their_share_and_kept_together_they_do_not() -> None:
    reported, closed, truth = found("copies", 0, 30, 60, seeds=range(100, 124))
    assert verdict(reported[0] - truth[0]) != AHEAD
    assert interval((reported - truth)[1].tolist())[1] > 0.04
    assert (reported - truth)[2].mean() > (reported - truth)[1].mean()
    assert verdict((closed - truth).mean(0)) == BEHIND  # fewer pictures teach, at every share
    assert ((closed - truth).mean(1) > -0.05).all()


@pytest.mark.parametrize("seed", [3, 4])
def test_the_lab_s_detector_finds_the_copies_and_nothing_else(seed: int) -> None:
    data, __, origin = with_copies(seed, 30)
    groups = near_groups(data.pictures)
    same = groups[:, None] == groups
    np.testing.assert_array_equal(same, origin[:, None] == origin)


def test_shuffled_time_flatters_where_there_is_drift_and_only_there() -> None:
    reported, closed, truth = found("time", 0, 90, 30, 60, seeds=range(100, 124))
    assert interval((reported - truth)[1].tolist())[1] > 0.05
    assert verdict(reported[0] - truth[0]) != AHEAD
    assert verdict(closed[0] - truth[0]) == BEHIND
    assert verdict(closed[1] - truth[1]) == NOISE
    assert verdict(closed[2] - truth[2]) == BEHIND
    assert verdict(closed[3] - truth[3]) == NOISE


def test_days_go_on_turning_after_the_last_one() -> None:
    data, later = with_drift(5, 0)
    turned, after = with_drift(5, 180)
    np.testing.assert_allclose(data.pictures[0], turned.pictures[0], atol=1e-5)
    np.testing.assert_allclose(turned.pictures[-1], data.pictures[-1, ::-1, ::-1], atol=1e-4)
    assert (data.labels == turned.labels).all()
    assert np.abs(later.pictures - after.pictures).max() > 0.5


def test_scaling_before_the_split_leaks_a_little() -> None:
    reported, closed, truth = np.array(
        [scaling(seed, (60, 510)) for seed in range(200, 248)]
    ).transpose(1, 2, 0)
    added = (reported - closed).mean(1)
    assert [verdict(one) for one in reported - closed] == [AHEAD, AHEAD]
    assert 0.01 < added[0] < 0.035
    assert 0.002 < added[1] < 0.009
    assert (reported - truth).mean(1)[1] < 0.02


def test_measures_come_leak_by_leak() -> None:
    told: list[float] = []
    seen: list[int] = []
    leaks = [
        replace(one, control=replace(one.control, maximum=30))
        for one in (LEAKS["time"], LEAKS["copies"])
    ]
    done = measured(leaks, (7, 8), told=told.append, seen=lambda so_far: seen.append(len(so_far)))
    assert (seen, told) == ([1, 2], [0.25, 0.5, 0.75, 1.0])
    one: Measured = done["copies"]
    np.testing.assert_array_equal(one.truth[1], LEAKS["copies"].measure(8, range(0, 31, 5))[2])
    mean, low, high = one.excess(one.place(30))
    assert low < mean < high
