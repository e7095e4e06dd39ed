"""Batch sizes: steps against autograd, epochs, the rate that is chosen, and who is ahead when."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from explainer.descent.batch_race import COUNT, RATES, SIZES, Learner, Run, best_rate, race, run

SEEDS = (31, 32)


@cache
def runs() -> dict[int, Run]:
    return {
        size: run(size, length, rate, SEEDS)
        for size, length, rate in ((8, 256, 0.1), (128, 32, 1.0), (COUNT, 32, 1.0))
    }


def test_a_step_of_the_stack_is_a_step_of_autograd() -> None:
    learner = Learner((5, 6), (0.1, 0.3))
    inputs, targets = learner.batch(32)
    before = [torch.from_numpy(one.copy()).requires_grad_() for one in learner.parameters]
    first, bias, last, last_bias = before
    logits = torch.relu(torch.from_numpy(inputs) @ first + bias) @ last + last_bias
    truth = torch.from_numpy(targets).argmax(-1)
    losses = cross_entropy(logits.flatten(0, 1), truth.flatten(), reduction="none").view(2, 32)
    gradients = torch.autograd.grad(losses.mean(1).sum(), before)
    learner.step(inputs, targets)
    for now, old, slope in zip(learner.parameters, before, gradients, strict=True):
        for network, rate in enumerate((0.1, 0.3)):
            expected = (old[network] - rate * slope[network]).detach()
            np.testing.assert_allclose(now[network], expected, atol=2e-6)


def test_an_epoch_has_each_picture_once_and_the_next_one_another_order() -> None:
    learner = Learner((7,), (0.1,))
    epochs = [
        np.concatenate([learner.batch(128)[0][0] for __ in range(COUNT // 128)]) for __ in range(2)
    ]
    whole = learner.inputs[0]
    for epoch in epochs:
        np.testing.assert_array_equal(epoch[np.lexsort(epoch.T)], whole[np.lexsort(whole.T)])
    assert (epochs[0] != epochs[1]).any()


def test_the_rate_that_is_chosen_has_the_least_loss_and_is_larger_for_larger_batches() -> None:
    assert best_rate(128, (41,), (1e-4, 0.3, 100.0)) == 0.3
    assert best_rate(8, (41, 42)) < best_rate(128, (41, 42)) <= max(RATES)


@pytest.mark.slow
def test_no_rate_that_is_chosen_is_the_first_or_the_last_that_is_tried() -> None:
    chosen = [best_rate(size, (41, 42)) for size in SIZES]
    assert all(RATES[0] < one < RATES[-1] for one in chosen)
    assert chosen == sorted(chosen)


@pytest.mark.slow
def test_the_whole_set_leaps_up_in_some_seed_at_its_best_rate_and_comes_down_again() -> None:
    learner, losses = Learner((31, 32, 33, 34), 4 * (1.0,)), []
    for _step in range(256):
        learner.step(*learner.batch(COUNT))
        losses.append(learner.scores(learner.inputs, learner.labels)[0])
    found = np.array(losses[100:])
    leaps = found[1:] / np.minimum.accumulate(found)[:-1]
    assert leaps.max() > 1.5
    assert (found[-1] < found[0]).all()


def test_at_equal_pictures_small_batches_are_ahead_and_at_equal_steps_large_ones() -> None:
    found = runs()
    pictures = {size: one.at(2048 / size) for size, one in found.items()}
    assert (pictures[8] < pictures[128]).all()
    assert (pictures[128] < pictures[COUNT]).all()
    assert (found[8].at(32) > found[128].at(32)).all()


def test_a_loss_is_read_between_moments_and_nowhere_beyond_them() -> None:
    one = Run(8, 0.1, np.array([1, 4, 16]), np.array([[3.0], [2.0], [1.0]]), np.ones((3, 1)),
              np.array([2e-3]))  # fmt: skip
    np.testing.assert_allclose([one.at(2), one.at(16)], [[2.5], [1.0]])
    assert np.isnan([one.at(0.5), one.at(17)]).all()
    assert [one.steps_for(axis, 8) for axis in ("examples", "steps", "time")] == [1, 8, 4000]


def test_runs_are_seen_as_they_come_the_largest_first() -> None:
    seen: list[list[int]] = []
    told: list[float] = []
    found = race((64, 128), (4, 2), (31,), told=told.append,
                 seen=lambda so_far: seen.append([one.size for one in so_far]))  # fmt: skip
    assert (seen, told) == ([[128], [64, 128]], [0.5, 1])
    assert all((one.seconds > 0).all() and len(one.steps) == len(one.loss) for one in found)
