"""Models on digits: scikit-learn is the oracle; what the words say holds for other digits."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from explainer.generalisation.decomposition import WAYS, Parts
from explainer.generalisation.pictures import (
    KINDS,
    TRAINING,
    Measured,
    digits,
    least,
    measured,
)

SEED, DRAWS = 11, 6


@cache
def found(slug: str, wrong: float, *capacities: int) -> Measured:
    return measured(replace(KINDS[slug], capacities=capacities), digits(wrong, SEED, DRAWS))


def parts(one: Measured, way: str = "squared") -> list[Parts]:
    data = one.digits
    return [WAYS[way].parts(each, data.test_labels, data.wrong) for each in one.outputs]


def means(one: Measured, name: str, way: str = "squared") -> list[float]:
    return [float(getattr(each, name).mean()) for each in parts(one, way)]


def networks(wrong: float) -> Measured:
    return found("networks", wrong, 2, 4, 8, 48)


def test_training_sets_have_no_digit_in_common_nor_with_the_test() -> None:
    data = digits(0.2, SEED, DRAWS)
    rows = np.concatenate([data.inputs.reshape(DRAWS * TRAINING, -1), data.test_inputs])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_a_share_of_the_labels_is_wrong() -> None:
    right, data = digits(0.0, SEED, DRAWS), digits(0.2, SEED, DRAWS)
    assert (right.labels != data.labels).mean() == 0.2
    assert (data.test_labels != data.test_drawn).mean() == 0.2
    assert (right.test_labels == right.test_drawn).all()
    assert (right.test_labels == data.test_labels).all()


def test_neighbours_are_those_of_scikit_learn() -> None:
    data = digits(0.0, SEED, DRAWS)
    oracle = KNeighborsClassifier(7).fit(data.inputs[2], data.labels[2])
    expected = oracle.predict_proba(data.test_inputs)
    np.testing.assert_allclose(KINDS["neighbours"].answers(data, 7)[2], expected, atol=1e-6)


def test_trees_are_those_of_scikit_learn_and_answer_for_all_ten_digits() -> None:
    data = digits(0.0, SEED, DRAWS)
    few = replace(data, labels=data.labels[:2] % 3, inputs=data.inputs[:2])
    said = KINDS["trees"].answers(few, 3)
    assert said.shape == (2, 1000, 10)
    assert not said[..., 3:].any()
    oracle = DecisionTreeClassifier(max_depth=3, random_state=SEED + 1)
    oracle.fit(few.inputs[1], few.labels[1])
    expected = oracle.predict_proba(data.test_inputs)
    np.testing.assert_allclose(said[1][:, :3], expected, atol=1e-6)


def test_what_is_there_is_shown_capacity_by_capacity() -> None:
    shares: list[float] = []
    seen: list[tuple[int, ...]] = []
    kind = replace(KINDS["neighbours"], capacities=(5, 1))
    measured(kind, digits(0.0, SEED, DRAWS), shares.append, lambda one: seen.append(one.capacities))
    assert shares == [0.5, 1]
    assert seen == [(5,), (5, 1)]


@pytest.mark.parametrize(("slug", "capacities"), [
    ("trees", (1, 4, 12)), ("neighbours", (100, 5, 1)),
])  # fmt: skip
def test_trees_and_neighbours_have_a_valley(slug: str, capacities: tuple[int, ...]) -> None:
    one = found(slug, 0.0, *capacities)
    bias, variance = means(one, "bias"), means(one, "variance")
    assert bias == sorted(bias, reverse=True)
    assert variance == sorted(variance)
    best = least(one, WAYS["squared"])
    assert best.place == 1
    assert best.low > 0


def test_ten_neighbours_outvote_wrong_labels() -> None:
    clean, noisy = (found("neighbours", wrong, 10, 3, 1) for wrong in (0.0, 0.2))
    assert least(clean, WAYS["squared"]).capacity == 3
    assert least(noisy, WAYS["squared"]).capacity == 10


def test_networks_have_no_valley_and_the_most_variance_where_they_are_narrow() -> None:
    one = networks(0.0)
    variance, error = means(one, "variance"), means(one, "error")
    assert np.argmax(variance) == 1
    assert variance[1] > 1.3 * variance[-1]
    assert error[-1] < error[-2]


@pytest.mark.slow
def test_wrong_labels_make_the_variance_of_networks_rise_and_the_bias_falls_as_much() -> None:
    one = networks(0.2)
    bias, variance, error = (means(one, name) for name in ("bias", "variance", "error"))
    assert variance[-1] > 1.3 * variance[1]
    assert bias[-1] < 0.6 * bias[1]
    assert abs(error[-1] - error[-2]) < 0.05 < error[0] - error[-1]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [0.0, 0.2])
def test_the_widest_networks_have_no_larger_error_than_narrow_ones(wrong: float) -> None:
    error = means(found("networks", wrong, 8, 128), "error")
    assert error[1] < error[0] + 0.02 * bool(wrong)


def test_variance_counts_little_for_a_tree_that_asks_once() -> None:
    first, *_others, last = parts(found("trees", 0.0, 1, 4, 12), "zero_one")
    assert first.factor < 0.3
    assert 0.4 < last.factor < 1


def test_a_least_error_of_nothing_has_no_share_of_bias() -> None:
    data = digits(0.0, SEED, DRAWS)
    perfect = np.repeat(np.eye(10, dtype=np.float32)[data.test_labels][None], DRAWS, 0)
    best = least(Measured(KINDS["trees"], data, (perfect,)), WAYS["squared"])
    assert best.error == 0
    assert np.isnan(best.bias)
