"""The models of the contest learn, are alike, and come back from a link as they were sent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from explainer.evaluation.contest import (
    HIDDEN,
    KINDS,
    MOST_DEVELOPMENT,
    TRAINING,
    Model,
    contest,
    right_answers,
    truth,
)
from explainer.evaluation.leaderboard import MOST_LOOKS, READER, flattered, guesses
from explainer.evaluation.submissions import (
    MOST_MODELS,
    MOST_SEED,
    Submission,
    added,
    answers,
    count,
    fresh_seeds,
    read,
    room,
    written,
)

SEED = 1011
MODELS = st.builds(
    lambda kind, place, seed: Model(
        kind.letter, place % len(kind.settings), seed if kind.seeded else 0
    ),
    st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, MOST_SEED),
)  # fmt: skip


def test_every_model_is_much_better_than_a_guesser() -> None:
    models = [Model(kind.letter, len(kind.settings) // 2) for kind in KINDS]
    for one in right_answers(SEED, models):
        assert one.shape == (MOST_DEVELOPMENT + HIDDEN,)
        assert one[MOST_DEVELOPMENT:].mean() > 0.75


def test_neighbours_are_those_of_scikit_learn() -> None:
    found = contest(SEED)
    oracle = KNeighborsClassifier(3).fit(found.training, truth(TRAINING))
    wanted = oracle.predict(found.asked[:300]) == truth(300)
    assert (right_answers(SEED, [Model("k", 1)])[0][:300] == wanted).mean() > 0.99


def test_the_digits_to_learn_from_are_asked_for_nowhere() -> None:
    found = contest(SEED)
    far = (found.training**2).sum(1) - 2 * found.asked @ found.training.T
    assert ((found.asked**2).sum(1) + far.min(1) > 1e-4).all()


def test_networks_miss_the_same_digits_so_less_than_half_as_much_is_luck() -> None:
    luck, of_their_own = [], []
    for seed in range(SEED, SEED + 4):
        for place in range(len(KINDS[2].settings)):
            models = [Model("w", place, one) for one in range(20)]
            shown, true, alone = flattered(np.array(right_answers(seed, models)), 200)
            luck.append(shown - true)
            of_their_own.append(alone)
    assert np.mean(luck) < 0.5 * np.mean(of_their_own)
    assert (np.array(luck) < of_their_own).all()


def test_luck_is_the_lead_on_the_board_that_hidden_digits_do_not_show() -> None:
    right = np.zeros((2, MOST_DEVELOPMENT + HIDDEN), bool)
    right[0, :60] = right[1, :40] = True
    right[0, MOST_DEVELOPMENT : MOST_DEVELOPMENT + HIDDEN // 5] = True
    shown, true, alone = flattered(right, 100)
    assert [shown, true] == pytest.approx([0.1, 0.1])
    draws = np.random.default_rng(9).binomial(100, 0.1, (20_000, 2)).max(1) / 100
    assert alone == pytest.approx(draws.mean() - 0.1, abs=1e-3)


def test_models_with_mistakes_of_their_own_are_flattered_by_as_much_as_luck_alone() -> None:
    generator = np.random.default_rng(10)
    size = MOST_DEVELOPMENT + HIDDEN
    found = [flattered(generator.random((20, size), np.float32) < 0.9, 200) for __ in range(60)]
    shown, true, alone = np.mean(found, axis=0)
    assert shown - true == pytest.approx(alone, abs=0.004)


def test_a_network_answers_alone_as_among_others() -> None:
    together = right_answers(SEED + 2, [Model("w", 0, one) for one in range(3)])[1]
    alone = KINDS[2].answers(SEED + 2, KINDS[2].settings[0], [1])[0] == truth()
    assert (together == alone).mean() > 0.999


@given(st.lists(st.one_of(st.integers(1, 40), MODELS), max_size=12))
def test_a_link_brings_back_what_it_was_given(more: list[Submission]) -> None:
    submitted = added((), *more)
    assert read(written(submitted)) == submitted
    assert count(submitted) == count(more)


def test_what_is_no_submission_is_left_out_and_there_are_bounds() -> None:
    assert read("x3,k9,k,g0,g-2,w1:9999,k1:5,t0,,g²,g7") == (Model("k", 1), Model("t", 0), 7)
    assert count(read("g9999,g9999,k0")) == MOST_LOOKS
    assert len(read(",".join(["k0"] * 900))) == MOST_MODELS
    assert read("g5,g6") == (11,)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", [0, 1]), ("w1:4,w0:9", [5, 6]), ("w0:9", [0, 1]), ("w1:998", [999, 0]),
     ("w1:999,w1,w1:2", [1, 3])],
)  # fmt: skip
def test_the_next_networks_have_seeds_of_their_own(text: str, wanted: list[int]) -> None:
    assert fresh_seeds(read(text), "w", 1, 2) == wanted


def test_a_link_brings_back_the_networks_after_the_last_seed() -> None:
    before = read(f"w2:{MOST_SEED}")
    submitted = added(before, *(Model("w", 2, one) for one in fresh_seeds(before, "w", 2, 20)))
    assert count(submitted) == 21
    assert read(written(submitted)) == submitted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", (MOST_LOOKS, MOST_MODELS)), ("g7,k1", (MOST_LOOKS - 8, MOST_MODELS - 1)),
     ("g1000,k0", (0, 0)), ("g980", (20, 20)), (",".join(["t1"] * 60), (940, 0))],
)  # fmt: skip
def test_there_is_room_for_so_many_more(text: str, wanted: tuple[int, int]) -> None:
    assert room(read(text)) == wanted


def test_guessers_and_models_answer_in_the_order_of_their_submission() -> None:
    found = answers(SEED, read("g2,k1,g1"))
    coins = guesses(SEED, READER)
    np.testing.assert_array_equal(found[[0, 1, 3]], coins[1:4])
    np.testing.assert_array_equal(found[2], right_answers(SEED, [Model("k", 1)])[0])
    assert answers(SEED, ()).shape == (0, MOST_DEVELOPMENT + HIDDEN)
