"""Batch norm against PyTorch's own, and what the page says of it against what was measured."""

from __future__ import annotations

import copy
from collections.abc import Generator

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explainer.gradients.depth.norm_findings import Findings, drift, findings, mean_drift
from explainer.gradients.depth.norm_training import (
    NormSettings,
    NormStudy,
    layer_sums,
    study,
)
from explainer.gradients.depth.running_statistics import norms_of, running
from explainer.gradients.depth.steepness import along_the_step


def ended(going: Generator[float, None, NormStudy]) -> NormStudy:
    """The study at the end of its training; its shares rise from 0 to 1."""
    shares = []
    while True:
        try:
            shares.append(next(going))
        except StopIteration as end:
            assert shares == sorted(shares)
            assert shares[-1] == 1
            trained: NormStudy = end.value
            return trained


@pytest.fixture(scope="module")
def trained() -> NormStudy:
    """The study that the page opens with."""
    return ended(study(NormSettings()))


@pytest.fixture(scope="module")
def found(trained: NormStudy) -> Findings:
    """What is found with it."""
    return findings(trained)


@pytest.mark.parametrize("momentum", [0.1, 0.02])
def test_running_statistics_are_those_that_pytorch_keeps(
    trained: NormStudy, momentum: float
) -> None:
    norm, inputs = nn.BatchNorm1d(5, momentum=momentum), torch.randn(40, 5, generator=_generator())
    single = nn.BatchNorm1d(5, momentum=1.0)
    means, variances = [], []
    for part in torch.split(inputs, 8):
        norm(part)
        single(part)
        assert single.running_mean is not None
        assert single.running_var is not None
        means.append(single.running_mean.double().numpy()[None].copy())
        variances.append(single.running_var.double().numpy()[None].copy())
    ours = running(means, variances, momentum, np.zeros((1, 5)))
    assert norm.running_mean is not None
    assert norm.running_var is not None
    np.testing.assert_allclose(ours.means[0], norm.running_mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.variances[0], norm.running_var, rtol=1e-5)


def test_training_is_that_of_a_plain_loop_with_pytorchs_momentum() -> None:
    settings = NormSettings(steps=12, layers=2, width=16)
    recorded = ended(study(settings)).normed
    for norm in norms_of(recorded.model):
        assert norm.momentum == 1.0
    usual = recorded.evaluating(0.1)
    last = norms_of(usual)[0]
    assert last.running_mean is not None
    weights = 0.1 * 0.9 ** np.arange(12)[::-1]
    wanted = sum(w * one[0] for w, one in zip(weights, recorded.batch_means, strict=True))
    np.testing.assert_allclose(last.running_mean, wanted, rtol=1e-4, atol=1e-6)


def test_after_batch_norm_a_unit_has_the_mean_beta_and_the_spread_gamma(
    trained: NormStudy,
) -> None:
    last = trained.normed.moments[-1]
    np.testing.assert_allclose(last.after.means, last.beta, atol=1e-3)
    np.testing.assert_allclose(last.after.spreads, last.gamma, rtol=1e-2)


def test_the_sums_are_those_of_the_layers(trained: NormStudy) -> None:
    inputs, model = trained.data.train_inputs[:9], trained.plain.model
    before, after = layer_sums(model, "sigmoid", inputs)
    first = next(one for one in model if isinstance(one, nn.Linear))
    torch.testing.assert_close(before[0], first(inputs.flatten(1)).detach())
    assert [one.shape for one in before] == [(9, 64)] * 3
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other)


def test_one_picture_alone_is_refused(found: Findings) -> None:
    assert found.refusal.startswith("Expected more than 1 value per channel")
    with pytest.raises(ValueError, match="batch_size is 1"):
        next(study(NormSettings(batch_size=1)))


def test_batch_norm_rescues_the_three_sigmoid_layers(found: Findings) -> None:
    assert found.evaluation > 0.93
    assert found.plain < 0.85


def test_answers_scatter_more_in_smaller_batches(found: Findings) -> None:
    by_size = {one.size: one for one in found.by_batch}
    assert by_size[2].accuracies.mean() < 0.7 < 0.94 < by_size[256].accuracies.mean()
    assert by_size[2].answers.std() > 5 * by_size[64].answers.std()


def test_a_momentum_that_is_too_small_leaves_the_statistics_at_their_beginning(
    found: Findings,
) -> None:
    last = {one.momentum: one.accuracies[-1] for one in found.by_momentum}
    assert last[0.1] > 0.93
    assert last[0.001] < 0.6
    assert pytest.approx(0.75, abs=0.02) == 0.999**300
    early = {one.momentum: one.accuracies[one.steps.index(16)] for one in found.by_momentum}
    assert early[1.0] > 0.6 > 0.3 > early[0.1]


def test_its_own_statistics_take_a_change_of_brightness_away(found: Findings) -> None:
    by_shift = {one.shift: one for one in found.shifted}
    assert by_shift[0.8].own == pytest.approx(by_shift[0.0].own, abs=0.01)
    assert by_shift[0.8].running < 0.3


def test_the_sums_move_less_after_batch_norm(trained: NormStudy) -> None:
    without = np.median(drift(trained.plain, 2, mean_drift, after=False))
    after = np.median(drift(trained.normed, 2, mean_drift, after=True))
    assert after < without / 20


def test_the_gradient_changes_less_along_a_step_with_batch_norm(trained: NormStudy) -> None:
    without, normed = (
        np.median([one.change for one in run.along]) for run in (trained.plain, trained.normed)
    )
    assert normed < 0.85 * without


def test_along_a_step_of_a_plane_nothing_changes() -> None:
    inputs = torch.randn(20, 4, generator=_generator())
    labels = torch.zeros(20, dtype=torch.int64)
    model = nn.Linear(4, 1)  # one class: the loss is 0 wherever one goes
    step = along_the_step(model, inputs, labels, 0.1, 7)
    assert (step.low, step.high, step.change, step.step) == (0, 0, 0, 7)


def test_the_loss_along_a_step_is_the_loss_at_the_moved_weights() -> None:
    inputs, labels = torch.randn(30, 4, generator=_generator()), torch.arange(30) % 3
    model = nn.Linear(4, 3)
    with torch.no_grad():
        model.weight.copy_(torch.randn(3, 4, generator=_generator()))
        model.bias.zero_()
    before = copy.deepcopy(model)
    step = along_the_step(model, inputs, labels, 0.3, 0)
    torch.testing.assert_close(model.weight, before.weight, rtol=0, atol=0)
    loss = F.cross_entropy(model(inputs), labels)
    gradients = torch.autograd.grad(loss, [model.weight, model.bias])
    losses, changes = [float(loss.detach())], [0.0]
    for multiple in (0.5, 1, 2, 4):
        moved = [
            (one - multiple * 0.3 * slope).detach().requires_grad_()
            for one, slope in zip((model.weight, model.bias), gradients, strict=True)
        ]
        there = F.cross_entropy(F.linear(inputs, *moved), labels)
        slopes = torch.autograd.grad(there, moved)
        gaps = [(a - b).flatten() for a, b in zip(slopes, gradients, strict=True)]
        whole = torch.cat([one.flatten() for one in gradients]).norm()
        losses.append(float(there.detach()))
        changes.append(float(torch.cat(gaps).norm() / whole))
    assert step.low == pytest.approx(min(losses), rel=1e-5)
    assert step.high == pytest.approx(max(losses), rel=1e-5)
    assert step.change == pytest.approx(max(changes), rel=1e-4)


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)
