"""Networks that learn past their best moment: how sure they are, by recipe."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explainer.generalisation.small_stack import BATCH, digits
from explainer.likelihood.calibrated import (
    RATE,
    RECIPES,
    SEEDS,
    STEPS,
    WIDTH,
    Asked,
    Scores,
    _Stack,
    asked,
    scores,
)
from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, interval, judged

FRESH_SEEDS = (100, 101, 102, 103)
FIRST, BEST, LAST = STEPS[0], 160, STEPS[-1]
PLAIN, SMOOTHED, DROPPED = range(3)


@pytest.fixture(scope="module")
def found() -> Asked:
    assert not set(FRESH_SEEDS) & set(SEEDS)
    return asked(FRESH_SEEDS, steps=(FIRST, BEST, LAST))


@pytest.fixture(scope="module")
def measured(found: Asked) -> Scores:
    return scores(found)


@pytest.fixture(scope="module")
def two() -> Scores:
    return scores(asked(FRESH_SEEDS[:2], steps=(FIRST, BEST, LAST)))


def test_two_networks_of_each_recipe_show_all_that_is_said(two: Scores) -> None:
    """Directions alone; the intervals are those of the slow tests."""
    first, best, last = two.gap
    plain, smoothed, dropped = last
    assert (first[PLAIN] < 0).all()
    assert (plain > 0.03).all()
    assert (two.surprise[2, PLAIN] > two.surprise[1, PLAIN]).all()
    assert (best[DROPPED] < best[PLAIN]).all()
    assert ((dropped > 0) & (dropped < plain)).all()
    assert (smoothed < -0.09).all()
    assert (two.temperatures[[PLAIN, DROPPED]] > 1).all()
    assert (two.temperatures[SMOOTHED] < 1).all()
    assert (two.cooled < two.error[-1]).all()


def verdict(values: np.ndarray) -> str:
    __, low, high = interval(values.tolist())
    return judged(low, high)


@pytest.mark.slow
def test_first_not_sure_enough_and_in_the_end_too_sure(measured: Scores) -> None:
    assert verdict(measured.gap[0, PLAIN]) == BEHIND
    assert verdict(measured.gap[-1, PLAIN]) == AHEAD
    assert 0.03 < measured.gap[-1, PLAIN].mean() < 0.08


@pytest.mark.slow
def test_the_surprise_rises_while_the_answers_hardly_change(measured: Scores) -> None:
    later = measured.surprise[2, PLAIN] - measured.surprise[1, PLAIN]
    assert verdict(later) == AHEAD
    assert measured.wrong[2, PLAIN].mean() <= measured.wrong[1, PLAIN].mean() + 0.002


@pytest.mark.slow
def test_dropout_ends_less_too_sure_and_smoothing_not_sure_enough(measured: Scores) -> None:
    plain, smoothed, dropped = measured.gap[-1]
    assert verdict(measured.gap[1, DROPPED]) == BEHIND != verdict(measured.gap[1, PLAIN])
    assert verdict(plain - dropped) == AHEAD
    assert 0.3 < dropped.mean() / plain.mean() < 0.7
    assert verdict(dropped) == AHEAD
    assert verdict(smoothed + 0.09) == BEHIND


@pytest.mark.slow
def test_in_accuracy_the_three_are_within_noise(measured: Scores) -> None:
    for other in (SMOOTHED, DROPPED):
        assert verdict(measured.wrong[-1, other] - measured.wrong[-1, PLAIN]) == NOISE


@pytest.mark.slow
def test_one_temperature_mends_each(measured: Scores) -> None:
    assert (measured.temperatures[[PLAIN, DROPPED]] > 1).all()
    assert (measured.temperatures[SMOOTHED] < 1).all()
    for recipe in (PLAIN, SMOOTHED, DROPPED):
        assert verdict(measured.error[-1, recipe] - measured.cooled[recipe]) == AHEAD
    assert np.ptp(measured.cooled.mean(1)) < 0.008


def test_the_networks_are_those_that_torch_trains() -> None:
    """Three steps against autograd and Adam as in the paper, all recipes with their targets."""
    data, seeds = digits(60, (7, 8)), (7, 8)
    stack = _Stack(seeds)
    first = [one.detach().clone().requires_grad_() for one in stack._networks.parameters]
    moments = [(torch.zeros_like(one), torch.zeros_like(one)) for one in first]
    random = torch.Generator().manual_seed(1)
    for step in (1, 2, 3):
        noise = torch.rand(2, BATCH, WIDTH, generator=random)
        inputs, labels = data.inputs[:, :BATCH], data.labels[:, :BATCH]
        stack.step(inputs, labels, noise)
        losses = []
        for place, recipe in enumerate(RECIPES):
            for seed in range(2):
                weights, bias, last, last_bias = (one[2 * place + seed] for one in first)
                hidden = torch.relu(inputs[seed] @ weights + bias)
                kept = hidden * (noise[seed] < recipe.keep) / recipe.keep
                outputs = kept @ last + last_bias
                losses.append(
                    cross_entropy(outputs, labels[seed], label_smoothing=recipe.smoothing)
                )
        for one, (mean, square), slope in zip(
            first, moments, torch.autograd.grad(torch.stack(losses).sum(), first), strict=True
        ):
            mean.mul_(0.9).add_(0.1 * slope)
            square.mul_(0.999).add_(0.001 * slope**2)
            corrected = (square / (1 - 0.999**step)).sqrt() + 1e-8
            one.data -= RATE * mean / (1 - 0.9**step) / corrected
    for ours, theirs in zip(stack._networks.parameters, first, strict=True):
        np.testing.assert_allclose(ours.detach(), theirs.detach(), rtol=1e-3, atol=1e-5)


def test_the_recipes_start_alike() -> None:
    stack = _Stack((3, 4))
    for one in stack._networks.parameters:
        assert torch.equal(one[:2], one[2:4])
        assert torch.equal(one[:2], one[4:])


@pytest.mark.slow
def test_what_is_asked_has_its_shape(found: Asked) -> None:
    shape = (3, len(RECIPES), len(FRESH_SEEDS), 1000, 10)
    assert found.fresh.shape == found.validation.shape == shape
