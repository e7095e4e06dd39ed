"""A tanh network with weight decay: autograd's gradient, and what small weights make of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from explainer.regularisation.bends import PLACES, sample_of
from explainer.regularisation.hidden_units import (
    HIDDEN,
    STRENGTHS,
    Fitted,
    answers,
    fitted,
    loss_and_gradient,
)

UNSEEN = range(200, 208)


@cache
def networks(sample: int) -> tuple[Fitted, ...]:
    return fitted(sample)


@pytest.mark.parametrize("seed", range(3))
def test_loss_and_gradient_are_autograds(seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters, points = generator.standard_normal(3 * HIDDEN + 1), sample_of(seed)
    loss, gradient = loss_and_gradient(parameters, points.x, points.y, 0.03)
    given = torch.tensor(parameters, requires_grad=True)
    weights, biases, out = given[:-1].reshape(3, HIDDEN)
    x, y = torch.tensor(points.x), torch.tensor(points.y)
    said = torch.tanh(torch.outer(x, weights) + biases) @ out + given[-1]
    wanted = (said - y).square().mean() / 2 + 0.015 * (weights.square().sum() + out.square().sum())
    assert loss == pytest.approx(wanted.item())
    np.testing.assert_allclose(gradient, torch.autograd.grad(wanted, given)[0].numpy(), atol=1e-12)
    np.testing.assert_allclose(answers(parameters, points.x), said.detach().numpy())


@pytest.mark.parametrize("sample", UNSEEN)
def test_a_stronger_penalty_leaves_smaller_weights_and_straighter_units(sample: int) -> None:
    found = networks(sample)
    assert [one.strength for one in found] == list(STRENGTHS)
    assert (np.diff([one.mean_weight for one in found]) < 0).all()
    assert (np.diff([one.training for one in found]) > 0).all()
    bent = [np.nanmax(np.abs(one.unit - PLACES)) for one in found]
    assert bent[0] > 0.3
    assert bent[2] < 0.02
    assert (np.diff(bent) < 0).all()


def test_some_of_it_predicts_better_than_next_to_none() -> None:
    better = [networks(sample)[1].validation < networks(sample)[0].validation for sample in UNSEEN]
    assert np.mean(better) > 0.7


def test_one_sample_gives_one_answer() -> None:
    first, again = networks(200), fitted(200)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.curve, other.curve)
