from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from explainer.training.instruments.questions import QUESTIONS
from explainer.training.instruments.student import interval, judged
from explainer.training.instruments.verdict import (
    held_against,
    verdicts,
    winner,
)
from explainer.training.measurement.history import Point
from explainer.training.measurement.snapshot import RunView, Snapshot, Status
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import Score

ACCURACY, LOSS = QUESTIONS["accuracy"], QUESTIONS["loss"]
NAMES = ("Nothing", "Dropout 0.5", "", "L2")
Table = list[list[float | None]]


def point(**values: float) -> Point:
    zeros = dict.fromkeys(Point.__dataclass_fields__, 0.0)
    numbers: dict[str, Any] = {**zeros, "step": 1, **values}
    return Point(**numbers)


def view(recipe: int, seed: int, value: float | None, **changes: Any) -> RunView:
    """A run of which accuracy and loss have one value."""
    last = None if value is None else point(validation_measure=value, validation_loss=value)
    nothing: Any = None
    fields: dict[str, Any] = {
        "recipe": recipe,
        "seed": seed,
        "step": 1,
        "status": Status.TRAINING,
        "explanation": "",
        "curves": nothing,
        "last": last,
        "best": None,
        "test": None,
        "marks": (),
        "learning_rate": 0.1,
        "strengths": (),
    }
    return RunView(**{**fields, **changes})


def snapshot(table: Table, runs: tuple[RunView, ...] | None = None) -> Snapshot:
    """A race in which the run of a recipe (row) and a seed (column) has that value.

    Infinite ones have diverged.
    """
    made = runs or tuple(
        view(
            recipe,
            seed,
            value,
            status=Status.DIVERGED if value == math.inf else Status.TRAINING,
        )
        for recipe, row in enumerate(table)
        for seed, value in enumerate(row)
    )
    fields: dict[str, Any] = dict.fromkeys(Snapshot.__dataclass_fields__)
    fields["recipes"] = tuple(Recipe(name=NAMES[recipe]) for recipe in range(len(table)))
    fields["seeds"] = tuple(range(len(table[0])))
    return Snapshot(**{**fields, "runs": made})


def words(table: Table, slug: str = "accuracy") -> list[str]:
    return [one.word for one in verdicts(snapshot(table), QUESTIONS[slug])]


def test_an_interval_is_judged_by_its_side_of_0_and_is_noise_where_it_holds_0() -> None:
    pairs = ((0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1), (0.0, 0.0), (math.nan, math.nan))
    found = [judged(*pair) for pair in pairs]
    assert found == ["ahead", "behind", *["within noise"] * 3]


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=10))
def test_the_interval_is_that_of_scipy(values: list[float]) -> None:
    mean, low, high = interval(values)
    error = float(stats.sem(values))
    if error < 1e-9:  # SciPy has none for values that do not differ
        assert (low, high) == pytest.approx((mean, mean), abs=1e-7)
        return
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
    assert (low, high) == pytest.approx(expected, rel=1e-9)


def test_a_verdict_by_hand() -> None:
    # Differences 0.02, 0.03, 0.04: mean 0.03, s = 0.01, t = 4.3027, half = 4.3027 · 0.01 / √3.
    (found,) = verdicts(snapshot([[0.90, 0.91, 0.92], [0.92, 0.94, 0.96]]), ACCURACY)
    assert found.recipe == 1
    assert found.differences == pytest.approx((0.02, 0.03, 0.04))
    half = 4.3026527 * 0.01 / math.sqrt(3)
    assert (found.mean, found.low, found.high) == pytest.approx((0.03, 0.03 - half, 0.03 + half))
    assert found.word == "ahead"


def test_recipes_are_compared_seed_by_seed_and_not_as_two_heaps() -> None:
    # The seeds differ by far more than the recipes, which no unpaired test would tell apart.
    table: Table = [[0.5, 0.7, 0.9], [0.52, 0.721, 0.919]]
    assert words(table) == ["ahead"]
    assert stats.ttest_ind(*table).pvalue > 0.5
    assert stats.ttest_rel(*table).pvalue < 0.05


@given(st.lists(st.tuples(st.integers(0, 359), st.integers(0, 359)), min_size=2, max_size=10))
def test_a_word_is_said_where_the_paired_t_test_says_it(pairs: list[tuple[int, int]]) -> None:
    first, second = ([one / 359 for one in column] for column in zip(*pairs, strict=True))
    differences = np.subtract(second, first)
    if np.ptp(differences) < 1e-9:
        return
    result = stats.ttest_rel(second, first)
    if abs(result.pvalue - 0.05) < 1e-3:
        return
    expected = "within noise"
    if result.pvalue < 0.05:
        expected = "ahead" if result.statistic > 0 else "behind"
    assert words([list(first), list(second)]) == [expected]


def test_no_difference_at_all_is_said_to_be_none() -> None:
    assert words([[0.9, 0.8, 0.7], [0.9, 0.8, 0.7]]) == ["the same in every seed"]
    assert words([[0.9, 0.8], [0.8, 0.9]]) == ["within noise"]


def test_less_is_ahead_where_less_is_better() -> None:
    table: Table = [[1.0, 1.1, 1.2], [0.5, 0.61, 0.7], [2.0, 2.11, 2.2], [1.1, 1.0, 1.2]]
    assert words(table, "loss") == ["ahead", "behind", "within noise"]
    assert words(table, "accuracy") == ["behind", "ahead", "within noise"]


def test_one_seed_says_no_more_than_that() -> None:
    (found,) = verdicts(snapshot([[0.5], [0.9]]), ACCURACY)
    assert found.word == "one seed"
    assert found.mean == pytest.approx(0.4)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_what_is_not_measured_yet_has_no_verdict() -> None:
    assert words([[None, None], [0.5, 0.6]]) == []
    assert words([[0.5, None, 0.7], [0.5, 0.6, 0.7]]) == ["within noise"]
    (found,) = verdicts(snapshot([[0.5, None], [0.5, 0.6]]), ACCURACY)
    assert found.word == "one seed"
    assert math.isnan(found.differences[1])


def test_every_seed_diverged_is_behind() -> None:
    (found,) = verdicts(snapshot([[0.5, 0.6], [math.inf, math.inf]]), LOSS)
    assert (found.word, found.mean) == ("behind", math.inf)
    (found,) = verdicts(snapshot([[math.inf, math.inf], [0.5, 0.6]]), LOSS)
    assert (found.word, found.mean) == ("ahead", -math.inf)
    assert words([[math.inf, math.inf], [math.inf, math.inf]], "loss") == ["within noise"]


def test_a_recipe_that_diverges_now_and_then_is_not_ahead() -> None:
    inf = math.inf
    steady: list[float | None] = [1.0, 1.1, 1.2, 1.3]
    better: list[float | None] = [0.5, 0.61, 0.7, inf]
    worse: list[float | None] = [2.0, 2.11, 2.2, inf]
    assert words([steady, [0.5, 0.61, 0.7, 0.8]], "loss") == ["ahead"]
    assert words([steady, better], "loss") == ["within noise"]
    assert words([steady, worse], "loss") == ["behind"]
    (found,) = verdicts(snapshot([steady, better]), LOSS)
    assert found.mean == pytest.approx(-0.4967, abs=1e-4)
    assert found.differences[3] == inf
    assert words([steady, [0.5, inf, inf, inf]], "loss") == ["within noise"]


def test_a_run_that_diverged_keeps_the_accuracy_measured_last() -> None:
    run = view(0, 0, 0.3, status=Status.DIVERGED)
    assert ACCURACY.value(run) == 0.3
    assert LOSS.value(run) == math.inf


def test_every_question_reads_its_own_number() -> None:
    last = point(
        train_measure=0.99,
        validation_measure=0.9,
        validation_loss=0.4,
        zero_share=0.25,
    )
    best = point(validation_measure=0.92)
    run = view(0, 0, None, last=last, best=best, test=Score(0.5, 0.89))
    found = {entry.slug: entry.value(run) for entry in QUESTIONS}
    expected = {
        "accuracy": 0.9,
        "loss": 0.4,
        "best": 0.92,
        "test": 0.89,
        "gap": 0.09,
        "zeros": 0.25,
    }
    assert found == pytest.approx(expected)
    assert [entry.value(view(0, 0, None)) for entry in QUESTIONS] == [None] * len(QUESTIONS)
    assert all(entry.better in (1, -1) and entry.scale > 0 for entry in QUESTIONS)


def test_an_unknown_question_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no question 'speed'; there are accuracy, loss"):
        QUESTIONS["speed"]


def test_the_winner_is_ahead_of_all_others() -> None:
    table: Table = [[0.90, 0.91, 0.92], [0.92, 0.94, 0.96], [0.70, 0.71, 0.72]]
    recipe, sentence = winner(snapshot(table), ACCURACY)
    assert recipe == 1
    assert sentence == (
        "Dropout 0.5 is ahead of Nothing, the next best, by 3.0 points (0.5 to 5.5)."
    )


def test_recipes_that_are_level_are_not_one_next_best() -> None:
    level: Table = [[0.90, 0.91, 0.92], [0.92, 0.94, 0.96], [0.90, 0.91, 0.92]]
    recipe, sentence = winner(snapshot(level), ACCURACY)
    assert recipe == 1
    assert sentence == (
        "Dropout 0.5 is ahead of the next best, which are level (Nothing, Recipe 3), "
        "by 3.0 points (0.5 to 5.5)."
    )
    both: Table = [[0.92, 0.94, 0.96], [0.92, 0.94, 0.96], [0.70, 0.71, 0.72]]
    assert winner(snapshot(both), ACCURACY) == (
        None,
        "Nothing and Dropout 0.5 are the same in every seed.",
    )
    endless: list[float | None] = [math.inf, math.inf]
    assert winner(snapshot([[0.5, 0.6], endless, endless]), LOSS) == (
        0,
        "Nothing is ahead of the next best, which are level (Dropout 0.5, Recipe 3).",
    )


def test_nobody_wins_within_noise_of_any_other() -> None:
    # The third is far behind on average, but so scattered that nothing can be said.
    table: Table = [[0.90, 0.91, 0.92], [0.92, 0.94, 0.96], [0.95, 0.30, 0.93]]
    recipe, sentence = winner(snapshot(table), ACCURACY)
    assert recipe is None
    assert sentence.startswith("Dropout 0.5 and Recipe 3 are within noise: 21.3 points (−")


def test_a_winner_needs_another_recipe_and_another_seed() -> None:
    assert winner(snapshot([[0.5, 0.6]]), ACCURACY) == (None, "There is nothing to compare yet.")
    nothing = snapshot([[None, None], [None, None]])
    assert winner(nothing, ACCURACY) == (None, "There is nothing to compare yet.")
    assert winner(snapshot([[0.5], [0.6]]), ACCURACY) == (
        None,
        "One seed cannot tell Dropout 0.5 from Nothing.",
    )


CLEAR: Table = [[0.90, 0.91, 0.92], [0.92, 0.94, 0.96]]
CLOSE: Table = [[0.90, 0.92, 0.94], [0.92, 0.91, 0.95]]


@pytest.mark.parametrize(
    ("table", "prediction", "slug", "sentence"),
    [
        (CLEAR, 1, "accuracy", "Dropout 0.5 is ahead of Nothing by 3.0 points (0.5 to 5.5)."),
        (CLEAR, 0, "accuracy", "Dropout 0.5 is ahead of Nothing by 3.0 points (0.5 to 5.5)."),
        (CLEAR, 0, "loss", "Nothing is ahead of Dropout 0.5 by 0.030 (0.005 to 0.055)."),
        (
            CLOSE,
            1,
            "accuracy",
            "Dropout 0.5 and Nothing are within noise: 0.7 points (−3.1 to 4.5).",
        ),
        (
            CLOSE,
            0,
            "accuracy",
            "Dropout 0.5 and Nothing are within noise: 0.7 points (−3.1 to 4.5).",
        ),
        ([[0.5], [0.6]], 1, "accuracy", "One seed cannot tell Dropout 0.5 from Nothing."),
        (CLEAR, 1, "test", "There is nothing to compare yet."),
        ([[0.5, 0.6], [math.inf, math.inf]], 0, "loss", "Nothing is ahead of Dropout 0.5."),
        ([[0.5, 0.6], [math.inf, math.inf]], 1, "loss", "Nothing is ahead of Dropout 0.5."),
        (
            [[0.5, 0.6, 0.7], [math.inf, 0.61, math.inf]],
            0,
            "loss",
            "Nothing and Dropout 0.5 are within noise, as some runs did not get to the end.",
        ),
        (
            [[0.9, 0.91, 0.92], [0.5, 0.51, 0.53], [0.8, 0.81, 0.83]],
            2,
            "accuracy",
            "Nothing is ahead of Recipe 3 by 9.7 points (8.2 to 11.1).",
        ),
        (
            [[0.9, 0.91, 0.92], [0.5, 0.51, 0.53], [0.8, 0.81, 0.83]],
            0,
            "accuracy",
            "Nothing is ahead of Recipe 3, the next best, by 9.7 points (8.2 to 11.1).",
        ),
    ],
)
def test_a_prediction_is_held_against_what_happened(
    table: Table, prediction: int, slug: str, sentence: str
) -> None:
    said = f"You said {NAMES[prediction] or f'Recipe {prediction + 1}'}. "
    assert held_against(prediction, snapshot(table), QUESTIONS[slug]) == said + sentence


def test_a_prediction_that_the_race_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="prediction is 2, but there are 2 recipes from 0"):
        held_against(2, snapshot(CLEAR), ACCURACY)


def test_a_race_that_was_closed_has_no_verdicts() -> None:
    closed = Snapshot(**{**vars(snapshot(CLEAR)), "runs": ()})
    assert verdicts(closed, ACCURACY) == ()
    assert winner(closed, ACCURACY)[0] is None
