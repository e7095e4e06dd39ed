"""Numbers that tell two faults apart: cuts by hand, and of real runs the number made for them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from explainer.clinic.case import case_with
from explainer.clinic.gathered import RUNS, gathered, pairs
from explainer.clinic.instruments import INSTRUMENTS
from explainer.clinic.likeness import distances, heights, taken_for
from explainer.clinic.run import run
from explainer.clinic.telling import best_cut, best_told, telling
from explainer.clinic.telltales import TELLTALES, Telltale

SEEDS = (41_001, 41_002)


def test_a_cut_lies_in_the_middle_of_the_widest_gap() -> None:
    cut = best_cut(np.array([1.0, 2.0]), np.array([4.0, 9.0]))
    assert (cut.place, cut.upwards) == (3.0, True)
    assert not best_cut(np.array([4.0, 9.0]), np.array([1.0, 2.0])).upwards


def test_a_cut_is_as_right_as_a_tree_of_one_question() -> None:
    rng = np.random.default_rng(4)
    for _ in range(5):
        one, other = rng.normal(0, 1, 9), rng.normal(0.7, 1, 9)
        cut = best_cut(one, other)
        inputs = np.concatenate([one, other])[:, None]
        kinds = np.repeat([0, 1], 9)
        tree = DecisionTreeClassifier(max_depth=1).fit(inputs, kinds)
        assert cut.right(one, other) >= tree.score(inputs, kinds) * 18 - 1e-9
        assert cut.right(one, other) == sum(
            (value > cut.place) == (cut.upwards == bool(kind))
            for value, kind in zip(inputs[:, 0], kinds, strict=True)
        )


def test_values_that_are_all_equal_part_nothing() -> None:
    cut = best_cut(np.zeros(3), np.zeros(3))
    assert cut.right(np.zeros(3), np.zeros(3)) == 3


def test_no_number_parts_nothing_and_is_named_by_no_cut() -> None:
    none = np.full(3, math.nan)
    assert best_cut(none, none).right(none, none) == 0
    cut = best_cut(np.array([1.0, math.nan]), np.array([4.0, math.nan]))
    assert (cut.place, cut.right(np.array([1.0, math.nan]), np.array([4.0, math.nan]))) == (2.5, 2)


def test_where_all_is_dead_no_layer_has_a_gradient_and_there_is_no_reach() -> None:
    dead, vanishing = ([run(case_with(slug, seed), steps=6) for seed in (41_002, 42_003)]
                       for slug in ("dead", "vanishing"))  # fmt: skip
    assert all((one.gradient_norms == 0).all() for one in dead)
    found = telling(TELLTALES["reach"], dead, vanishing)
    assert np.isnan(found.heights[0]).all()
    assert np.isfinite(found.heights[1]).all()
    assert found.right <= 2
    assert (found.gap, found.room) == (None, -1)
    assert best_told(dead, vanishing, 1)[0].telltale.slug != "reach"


@pytest.mark.parametrize("telltale", TELLTALES, ids=lambda one: one.slug)
def test_each_axis_takes_any_number(telltale: Telltale) -> None:
    found = telltale.heights([*telltale.span, math.inf, -math.inf, 0.0])
    np.testing.assert_allclose(found[:4], [0, 1, 1, 0])
    assert ((found >= 0) & (found <= 1)).all()
    assert np.isnan(telltale.heights([math.nan])).all()
    assert telltale.written(math.nan) == "–"
    ticks = telltale.heights(telltale.ticks)
    assert 5 <= len(ticks) <= 7
    assert (np.diff(ticks) > 0).all()
    assert telltale.instrument in INSTRUMENTS


def test_runs_are_gathered_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainer.clinic.gathered.run", lambda case: run(case, steps=2))
    asked = pairs(("ascent", "dead"), SEEDS)
    assert asked == [("ascent", SEEDS[0]), ("dead", SEEDS[0]),
                     ("ascent", SEEDS[1]), ("dead", SEEDS[1])]  # fmt: skip
    short = {one: run(case_with(*one), steps=2) for one in asked[1:]}
    for one, record in short.items():
        RUNS.put(one, record)
    told: list[float] = []
    found = gathered(asked, told=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
    assert found[1:] == list(short.values())
    assert RUNS.get(asked[0]) is found[0]
    RUNS.clear()


def test_every_number_is_measured_on_every_fault_however_short_the_run() -> None:
    for slug in ("batch-norm", "rate-high", "dead"):
        record = run(case_with(slug, SEEDS[0]), steps=1)
        assert all(isinstance(one.of(record), float) for one in TELLTALES)


def test_a_layer_that_does_not_move_is_told_by_its_steps() -> None:
    well, ill = ([run(case_with(slug, seed), steps=15) for seed in SEEDS]
                 for slug in ("healthy", "frozen"))  # fmt: skip
    found = telling(TELLTALES["least"], well, ill)
    assert found.right == 4
    assert found.gap is not None
    assert (found.values[1] == 0).all()
    assert best_told(well, ill, 3)[0].telltale.instrument == "steps"
    assert len({one.telltale.instrument for one in best_told(well, ill, 3)}) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other", "instruments", "most"),
    [("dead", "vanishing", {"units", "gradients", "steps"}, 9),
     ("healthy", "frozen", {"steps"}, 9),
     ("scaled", "batch-norm", {"batch", "fresh"}, 12)],
)  # fmt: skip
def test_one_number_parts_what_curves_do_not(
    one: str, other: str, instruments: set[str], most: int
) -> None:
    """What the prose says of the pairs, over seeds that the page has not."""
    records = gathered(pairs((one, other), range(42_000, 42_006)))
    apart = distances(np.stack([heights(each) for each in records[0::2] + records[1::2]]))
    kinds, seeds = np.divmod(np.arange(12), 6)
    assert (taken_for(apart, kinds, seeds) == kinds).sum() <= most
    best = best_told(records[0::2], records[1::2], 1)[0]
    assert best.right == 12
    assert best.telltale.instrument in instruments
    if other == "vanishing":
        assert max(TELLTALES["reach"].of(each) for each in records[1::2]) < 0.06


@pytest.mark.slow
def test_with_leaked_pictures_both_accuracies_are_near_the_top_and_fresh_ones_tell() -> None:
    for seed in range(42_100, 42_104):
        record = run(case_with("leak", seed))
        assert record.looks is not None
        assert min(record.train_accuracy[-4:].mean(), record.validation_accuracy[-1]) > 0.95
        assert record.validation_loss[-1] > record.train_loss[-4:].mean()
        assert record.looks.fresh_accuracy < record.validation_accuracy[-1] - 0.05
