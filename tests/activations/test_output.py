"""Sigmoid and softmax at the output: probabilities, losses and gradients by other ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_softmax, softmax

from explainer.activations.output import (
    SIGMOID,
    SOFTMAX,
    cross_entropy,
    hopeless,
    logit_gradient,
    squared_error,
)
from tests.drawing import examples

LOGITS = st.lists(st.floats(-8, 8), min_size=3, max_size=5)


@given(LOGITS, st.integers(0, 2))
@examples(40)
def test_both_gradients_are_probability_less_target(logits: list[float], target: int) -> None:
    wanted = np.eye(len(logits))[target]
    sigmoid, soft = SIGMOID.answer(logits, target), SOFTMAX.answer(logits, target)
    np.testing.assert_allclose(sigmoid.probabilities, expit(logits), rtol=1e-12)
    np.testing.assert_allclose(soft.probabilities, softmax(logits), rtol=1e-12)
    np.testing.assert_allclose(sigmoid.gradient, expit(logits) - wanted, atol=1e-12)
    np.testing.assert_allclose(soft.gradient, softmax(logits) - wanted, atol=1e-12)
    assert soft.loss == pytest.approx(-log_softmax(logits)[target])
    signs = 2 * wanted - 1
    assert sigmoid.loss == pytest.approx(-np.log(expit(signs * np.array(logits))).sum())


def test_softmax_does_not_notice_what_is_added_to_all_and_sigmoids_do() -> None:
    logits, raised = [2.0, 1.0, -1.0], [3.0, 2.0, 0.0]
    for head, same in ((SOFTMAX, True), (SIGMOID, False)):
        before, after = (head.answer(one, 0).probabilities for one in (logits, raised))
        assert np.allclose(before, after) == same


def test_one_logit_moves_one_sigmoid_and_all_of_softmax() -> None:
    for head, changed in ((SIGMOID, [False, True, False]), (SOFTMAX, [True, True, True])):
        before = head.answer([2.0, 1.0, -1.0], 0).gradient
        after = head.answer([2.0, 2.0, -1.0], 0).gradient
        assert [bool(one) for one in np.abs(after - before) > 1e-9] == changed


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_gradients_of_the_losses_are_the_formulas(target: float) -> None:
    z = np.linspace(-8, 8, 33)
    p = expit(z)
    np.testing.assert_allclose(logit_gradient(cross_entropy, z, target), p - target, atol=1e-12)
    wanted = 2 * (p - target) * p * (1 - p)
    np.testing.assert_allclose(logit_gradient(squared_error, z, target), wanted, atol=1e-12)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_where_squared_error_sends_one_percent(target: float) -> None:
    edge = hopeless(target)
    assert np.sign(edge) == (1 if target == 0 else -1)
    p = expit(edge)
    assert 2 * p * (1 - p) == pytest.approx(0.01)
    further = np.array([1.1 * edge])
    assert logit_gradient(squared_error, further, target) / logit_gradient(
        cross_entropy, further, target
    ) < 0.01  # fmt: skip
