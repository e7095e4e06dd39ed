"""Gradient, products with the Hessian and sharpness against autograd and the whole Hessian."""

import numpy as np
import pytest
import torch
from torch import Tensor

from explainer.descent.tanh_network import Problem, peaks, problem, sharpness, slope


@pytest.fixture(scope="module")
def small() -> Problem:
    return problem(units=3, pictures=40)


def loss_of(given: Problem, weights: Tensor) -> Tensor:
    first, last, bias = given.split(weights)
    error = torch.tanh(given.inputs @ first) @ last + bias - given.targets
    return error.square().sum() / (2 * len(given.inputs))


@pytest.mark.parametrize("seed", [90, 91])
def test_the_slope_is_autograds(small: Problem, seed: int) -> None:
    weights = 2 * small.start(seed)
    found = slope(small, weights)
    np.testing.assert_allclose(found.loss, loss_of(small, weights))
    at = weights.clone().requires_grad_()
    known = torch.autograd.grad(loss_of(small, at), at)[0]
    np.testing.assert_allclose(found.gradient, known, atol=1e-12)
    slopes = torch.autograd.grad(loss_of(small, at), at, create_graph=True)[0]
    rows = [torch.autograd.grad(one, at, retain_graph=True)[0] for one in slopes]
    hessian = torch.stack(rows)
    vector = torch.randn(len(weights), generator=torch.Generator().manual_seed(seed)).double()
    np.testing.assert_allclose(found.product(vector), hessian @ vector, atol=1e-11)
    value, direction = sharpness(found.product, torch.ones_like(weights), 30)
    np.testing.assert_allclose(value, torch.linalg.eigvalsh(hessian)[-1], rtol=1e-6)
    np.testing.assert_allclose(hessian @ direction, value * direction, atol=1e-3 * value)


def test_the_sharpness_is_the_largest_eigenvalue_also_where_a_negative_one_is_larger() -> None:
    matrix = torch.diag(torch.tensor([-9.0, -1, 0, 2, 3])).double()
    value, __ = sharpness(lambda vector: matrix @ vector, torch.ones(5).double(), 5)
    np.testing.assert_allclose(value, 3)


def test_no_curvature_and_no_number_end_nothing() -> None:
    start = torch.ones(4).double()
    assert sharpness(torch.zeros_like, start)[0] == 0
    value, kept = sharpness(lambda vector: vector * float("nan"), start)
    assert np.isnan(value)
    assert kept is start


def test_many_networks_at_once_are_each_alone(small: Problem) -> None:
    rows = torch.stack([small.start(92), small.start(93)])
    together = slope(small, rows)
    for place, row in enumerate(rows):
        alone = slope(small, row)
        np.testing.assert_allclose(together.loss[place], alone.loss)
        np.testing.assert_allclose(together.gradient[place], alone.gradient, atol=1e-14)


def test_the_peak_is_the_highest_loss_of_plain_descent(small: Problem) -> None:
    weights, rates = small.start(94), np.array([0.05, 0.6, 50.0])
    found = peaks(small, weights, rates, 12)
    for rate, peak in zip(rates[:2], found, strict=False):
        at, highest = weights, 0.0
        for _ in range(12):
            here = slope(small, at)
            highest = max(highest, float(here.loss))
            at = at - rate * here.gradient
        np.testing.assert_allclose(peak, highest)
    assert found[2] > 1e6
