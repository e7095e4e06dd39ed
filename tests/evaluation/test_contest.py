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
from explainer.evaluation.leaderboard import MOST_LOOKS, READER, expected_best, guesses
from explainer.evaluation.submissions import (
    MOST_MODELS,
    MOST_SEED,
    Submission,
    added,
    answers,
    count,
    next_seed,
    read,
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


def test_networks_miss_the_same_digits_so_choosing_among_them_adds_little() -> None:
    added_by_choice, of_their_own = [], []
    for seed in (SEED, SEED + 1):
        right = np.array(right_answers(seed, [Model("w", 1, one) for one in range(20)]))
        shown, hidden = right[:, :200].mean(1), right[:, MOST_DEVELOPMENT:].mean(1)
        best = shown.argmax()
        added_by_choice.append(shown[best] - shown.mean() - hidden[best] + hidden.mean())
        of_their_own.append(expected_best(200, 20, hidden.mean()) - hidden.mean())
        assert np.asarray(np.corrcoef(right[:, MOST_DEVELOPMENT:]))[0, 1:].mean() > 0.5
    assert np.mean(added_by_choice) < 0.5 * np.mean(of_their_own)


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


@pytest.mark.parametrize(("text", "wanted"), [("", 0), ("w1:4,w0:9", 5), ("w0:9", 0)])
def test_the_next_network_has_a_seed_of_its_own(text: str, wanted: int) -> None:
    assert next_seed(read(text), "w", 1) == wanted


def test_guessers_and_models_answer_in_the_order_of_their_submission() -> None:
    found = answers(SEED, read("g2,k1,g1"))
    coins = guesses(SEED, READER)
    np.testing.assert_array_equal(found[[0, 1, 3]], coins[1:4])
    np.testing.assert_array_equal(found[2], right_answers(SEED, [Model("k", 1)])[0])
    assert answers(SEED, ()).shape == (0, MOST_DEVELOPMENT + HIDDEN)
