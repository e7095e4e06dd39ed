"""Linear classifiers for many λ: scikit-learn on small problems, the conditions of a minimum."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from explainer.regularisation.proximal import Fitted, Floats, Labels, fit

LAMBDAS = (0.003, 0.03)


def problem(classes: int, seed: int) -> tuple[Floats, Labels]:
    """120 examples of 12 inputs, of which four matter."""
    generator = np.random.default_rng(seed)
    inputs = generator.standard_normal((120, 12)).astype(np.float32) + 0.5
    scores = inputs[:, :4] @ generator.standard_normal((4, classes))
    scores += generator.gumbel(size=scores.shape)
    return inputs, scores.argmax(axis=1)


def fitted(inputs: Floats, labels: Labels, classes: int, steps: int = 3000) -> Fitted:
    given, none = np.array(LAMBDAS, np.float32), np.zeros(2, np.float32)
    absolute, square = np.concatenate([given, none]), np.concatenate([none, given])
    return fit(inputs, labels, absolute, square, classes=classes, steps=steps)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_scikit_learns_minimum(classes: int, seed: int) -> None:
    inputs, labels = problem(classes, seed)
    found = fitted(inputs, labels, classes)
    for place, (share, strength) in enumerate((k, s) for k in (1.0, 0.0) for s in LAMBDAS):
        wanted = LogisticRegression(
            C=1 / (len(labels) * strength), l1_ratio=share, tol=1e-8, max_iter=50_000,
            solver="saga" if share else "lbfgs", random_state=0,
        ).fit(inputs, labels)  # fmt: skip
        size = np.abs(wanted.coef_).sum() if share else (wanted.coef_**2).sum() / 2
        loss = log_loss(labels, wanted.predict_proba(inputs)) + strength * size
        assert found.loss(inputs, labels)[place] + found.penalty[place] == pytest.approx(
            loss, abs=1e-4
        )
        weights = found.weights[place].T
        np.testing.assert_allclose(weights, wanted.coef_, atol=2e-2)
        assert ((weights == 0) == (np.abs(wanted.coef_) < 1e-6)).mean() > 0.94


def test_a_minimum_has_the_pull_of_lambda_on_every_weight_that_is_left() -> None:
    inputs, labels = problem(2, 3)
    found = fitted(inputs, labels, 2)
    for place, strength in enumerate(LAMBDAS):
        logits = found.logits(inputs)[place, :, 0].astype(np.float64)
        residual = labels - 1 / (1 + np.exp(-logits))
        pull, weights = inputs.T @ residual / len(labels), found.weights[place, :, 0]
        assert abs(residual.mean()) < 1e-4
        np.testing.assert_allclose(
            pull[weights != 0], strength * np.sign(weights[weights != 0]), atol=1e-4
        )
        assert (np.abs(pull[weights == 0]) <= strength + 1e-4).all()


def test_an_input_that_never_varies_gets_no_weight() -> None:
    inputs, labels = problem(2, 4)
    inputs[:, 5] = 0.7
    found = fitted(inputs, labels, 2, steps=50)
    assert not found.weights[:, 5].any()
    assert found.weights[2:].any(axis=(0, 2)).sum() == 11


def test_accuracy_counts_what_is_told_right() -> None:
    weights = np.array([[[1.0], [-1.0]]], np.float32)
    none = np.zeros(1, np.float32)
    one = Fitted(weights, np.array([[0.5]], np.float32), none, none)
    inputs = np.array([[1, 0], [0, 1], [0, 0.25]], np.float32)
    assert one.accuracy(inputs, np.array([1, 0, 0])) == pytest.approx(2 / 3)
    assert one.logits(inputs).ravel().tolist() == [1.5, -0.5, 0.25]


def test_progress_rises_and_stays_within_one() -> None:
    inputs, labels = problem(2, 5)
    none = np.zeros(1, np.float32)
    told: list[float] = []
    fit(inputs, labels, none, none, steps=100, told=told.append)
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] <= 1


def test_nothing_to_tell_apart_is_refused() -> None:
    none = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="nothing to tell apart"):
        fit(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), none, none, steps=1)
    with pytest.raises(ValueError, match="of 1 classes"):
        fit(np.ones((2, 2), np.float32), np.zeros(2, np.int64), none, none, classes=1, steps=1)
