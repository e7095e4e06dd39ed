"""A weight a pixel: which pictures, and what the words say of the weights, over other draws."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.regularisation.pixel_weights import (
    LAMBDAS,
    PAIRS,
    SIDE,
    TRAINING,
    Pair,
    both,
    of_pair,
    of_ten,
    pixel_weights,
    rows_of_pair,
)
from explainer.regularisation.proximal import Fitted, Floats, Labels, fit
from explainer.training.data.registry import load

PAIR = PAIRS["3-8"]
CASES = [(PAIR, 3), (PAIR, 4), (PAIRS["4-9"], 3), (PAIRS["1-7"], 3)]


@cache
def refitted(pair: Pair, seed: int) -> tuple[Fitted, Floats, Labels]:
    """The same on another 600 of the 1,000 pictures, with fewer steps."""
    inputs, labels = rows_of_pair(pair)
    rows = np.random.default_rng(seed).permutation(len(labels))[:TRAINING]
    found = fit(inputs[rows], labels[rows], *both(LAMBDAS), steps=600)
    return found, inputs[rows], labels[rows]


@pytest.mark.parametrize("pair", PAIRS, ids=PAIRS.slugs)
def test_nothing_is_validated_on_what_was_learned(pair: Pair) -> None:
    data, examples = of_pair(pair), load("mnist-sample")
    assert len(data.labels) == 600
    assert len(data.validation_labels) == 400
    assert 0.45 < data.labels.mean() < 0.55
    learned = {row.tobytes() for row in data.inputs}
    assert not learned & {row.tobytes() for row in data.validation_inputs}
    test = {row.numpy().tobytes() for row in examples.inputs[examples.test_from :].flatten(1)}
    assert not test & learned
    first = {row.numpy().tobytes() for row in examples.inputs[examples.labels == pair.digits[0]]}
    assert (data.inputs[0].tobytes() in first) == (data.labels[0] == 0)


def test_ten_digits_are_validated_on_the_same_pictures_whatever_is_drawn() -> None:
    one, other = of_ten(100, 1), of_ten(100, 2)
    np.testing.assert_array_equal(one.validation_labels, other.validation_labels)
    assert not np.array_equal(one.inputs, other.inputs)
    validated = {row.tobytes() for row in one.validation_inputs}
    assert len(one.validation_labels) == 1000
    assert not validated & {row.tobytes() for row in [*one.inputs, *other.inputs]}


def test_what_is_shown_is_what_was_learned() -> None:
    found, data = pixel_weights(PAIR), of_pair(PAIR)
    assert found.weights.shape == (2, len(LAMBDAS), SIDE**2)
    inkless = (data.inputs == data.inputs[0]).all(axis=0)
    assert found.inkless == pytest.approx(inkless.mean())
    np.testing.assert_allclose(found.zeros[1], inkless.mean())
    assert found.zeros[0, -1] == 1
    assert (np.diff(found.zeros[0]) >= 0).all()
    assert (np.diff(found.loss, axis=1) > -1e-6).all()
    assert found.accuracy[:, 2].min() > 0.93


@pytest.mark.parametrize(("pair", "seed"), CASES)
def test_under_l2_every_pixel_with_ink_keeps_a_weight_until_the_mean_digits_are_seen(
    pair: Pair, seed: int
) -> None:
    found, inputs, labels = refitted(pair, seed)
    square = found.weights[len(LAMBDAS) :, :, 0]
    inked = inputs.min(axis=0) < inputs.max(axis=0)
    assert ((square != 0) == inked).mean() > 0.999
    means = inputs[labels == 1].mean(axis=0) - inputs[labels == 0].mean(axis=0)
    alike = [np.corrcoef(one, means)[0, 1] for one in square]
    assert (np.diff(alike) > 0).all()
    assert alike[-1] > 0.92
    sizes = np.abs(square).sum(axis=1)
    assert (np.diff(sizes) < 0).all()
    across = np.abs(np.diff(square.reshape(-1, SIDE, SIDE), axis=2)).sum(axis=(1, 2))
    assert across[-1] / sizes[-1] < 0.85 * across[0] / sizes[0]


@pytest.mark.parametrize("seed", [3, 4])
def test_under_l1_what_speaks_for_an_8_lies_on_the_left_where_the_3_is_open(seed: int) -> None:
    found = refitted(PAIR, seed)[0]
    for place in (3, 4, 5):
        weights = np.clip(found.weights[place, :, 0].reshape(SIDE, SIDE), 0, None)
        assert weights[:, : SIDE // 2].sum() > 0.85 * weights.sum()


@pytest.mark.parametrize(("pair", "seed"), CASES)
def test_l1_leaves_few_pixels_and_none_at_the_end(pair: Pair, seed: int) -> None:
    found = refitted(pair, seed)[0]
    assert found.zeros[3] > 0.9
    assert not found.weights[len(LAMBDAS) - 1].any()
