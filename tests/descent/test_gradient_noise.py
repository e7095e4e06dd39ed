"""Gradient noise: gradients against autograd, its spread against the formula and NumPy."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from explainer.descent.batch_race import COUNT, Learner
from explainer.descent.gradient_noise import SIZES, Noise, gradients, noise, noises


@cache
def measured() -> list[Noise]:
    return noises(52, (10, 1000))


def test_the_gradient_of_each_picture_is_that_of_autograd() -> None:
    learner = Learner((8,), (0.1,))
    found = gradients(learner)
    assert found.shape == (COUNT, 196 * 16 + 16 + 160 + 10)
    parameters = [
        torch.from_numpy(one[0].astype(np.float64)).requires_grad_() for one in learner.parameters
    ]
    first, bias, last, last_bias = parameters
    for picture in (0, 17):
        inputs = torch.from_numpy(learner.inputs[0, picture].astype(np.float64))
        logits = torch.relu(inputs[None] @ first + bias) @ last + last_bias
        loss = cross_entropy(logits, torch.tensor([int(learner.labels[0, picture])]))
        whole = torch.cat([one.flatten() for one in torch.autograd.grad(loss, parameters)])
        np.testing.assert_allclose(found[picture], whole, atol=1e-9)


def test_the_plane_and_the_lengths_are_those_of_the_gradients_themselves() -> None:
    random = np.random.default_rng(3)
    each = random.standard_normal((64, 9)) * np.arange(1, 10) + 2
    found, true = noise(each), each.mean(0)
    assert found.length == np.linalg.norm(true)
    np.testing.assert_allclose(found.trace, np.cov(each.T, bias=True).trace())
    np.testing.assert_allclose(found.paths[:, -1], np.tile([1.0, 0.0], (len(found.paths), 1)),
                               atol=1e-9)  # fmt: skip
    unit = true / found.length
    across = each - true - np.outer((each - true) @ unit, unit)
    most = np.linalg.svd(across)[1][0] / found.length
    spots = found.paths[0] * np.arange(1, 65)[:, None]
    single = np.diff(spots, axis=0, prepend=np.zeros((1, 2)))
    np.testing.assert_allclose(np.linalg.norm(single[:, 1]), most, rtol=1e-6)
    np.testing.assert_allclose(np.sort(single[:, 0]), np.sort(each @ unit) / found.length)


def test_measured_distances_lie_on_the_formula_with_and_without_replacement() -> None:
    sizes = np.array(SIZES, float)
    for one in measured():
        np.testing.assert_allclose(one.repeated[1:], one.expected(sizes, replaced=True)[1:],
                                   rtol=0.35)  # fmt: skip
        np.testing.assert_allclose(one.without[2:-1], one.expected(sizes, replaced=False)[2:-1],
                                   rtol=0.25)  # fmt: skip
        assert one.without[-1] < 1e-6 < one.repeated[-1]
        halves = one.expected(sizes, replaced=True)
        np.testing.assert_allclose(halves[:-2] / halves[2:], 2)
        np.testing.assert_allclose(one.expected(one.critical, replaced=True), 1)


def test_late_in_training_a_larger_batch_is_needed() -> None:
    early, late = measured()
    assert late.length < 0.75 * early.length
    assert late.critical > 2 * early.critical
    eight = SIZES.index(8)
    assert np.median(late.cosine[eight]) < 0.25 < np.median(early.cosine[eight])
    assert (early.paths[:, 7, 0] > 0).mean() > 0.8
    for one in measured():
        assert (np.diff(np.median(one.cosine, axis=1)) > 0).all()
        np.testing.assert_allclose(one.cosine[-1], 1)
