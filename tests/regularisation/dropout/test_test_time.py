"""Test time: the factors against PyTorch, the means over masks, and what is said of both."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer.regularisation.dropout.small_network import (
    KEEP,
    PLACES,
    SLOPE,
    digits,
    leaky,
    trained,
)
from explainer.regularisation.dropout.test_time import (
    FACTORS,
    Bend,
    Factors,
    factors,
    judged,
    mask_chances,
)
from explainer.ui.dropout.test_time import SCRIPT

OTHERS = (21, 22, 23)


@cache
def measured(keep: float) -> Factors:
    return factors(keep, seeds=OTHERS)


@cache
def bend(seed: int) -> Bend:
    network = trained(PLACES["before"], seed)
    return Bend(network, network.activations(digits().validation_inputs[:60], 2))


def test_loss_and_accuracy_are_those_of_pytorch() -> None:
    logits = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
    labels = np.arange(50) % 10
    accuracy, loss = judged(logits, labels)
    both = torch.from_numpy(logits), torch.from_numpy(labels)
    assert loss == pytest.approx(float(F.cross_entropy(*both)), rel=1e-5)
    assert accuracy == pytest.approx(float((both[0].argmax(1) == both[1]).float().mean()))


def test_at_the_keep_probability_the_network_is_the_one_that_inverted_dropout_trained() -> None:
    data = digits()
    network = trained(PLACES["both"], OTHERS[0], keep=0.7)
    expected = judged(network.logits(data.validation_inputs), data.validation_labels)
    accuracy, loss = measured(0.7).at(0.7)
    assert accuracy[0] == pytest.approx(expected[0], abs=0.002)
    assert loss[0] == pytest.approx(expected[1], rel=1e-3)
    assert FACTORS[28] == pytest.approx(0.7)


@pytest.mark.slow
def test_a_mix_up_costs_accuracy_and_at_one_half_nothing() -> None:
    rare = measured(0.9)
    assert (rare.at(0.9)[0] - rare.at(0.1)[0] > 0.3).all()
    some = measured(0.7)
    assert (some.at(0.7)[0].mean() - some.at(0.3)[0].mean()) > 0.02
    half = measured(0.5)
    assert np.array_equal(half.at(0.5)[0], half.at(1 - 0.5)[0])


@pytest.mark.parametrize("keep", [0.9, 0.7, 0.5])
def test_above_the_keep_probability_less_is_lost_than_far_below(keep: float) -> None:
    found = measured(keep)
    right, silent, full = (found.at(factor)[0].mean() for factor in (keep, keep / 6, 1.0))
    assert right - full < right - silent


@pytest.mark.parametrize("seed", OTHERS)
@pytest.mark.parametrize("keep", [0.05, 0.5, 0.9, 1.0])
def test_before_the_bend_the_mean_is_the_scaled_one_and_after_it_never_below(
    seed: int, keep: float
) -> None:
    found = bend(seed)
    before, after = found.means(keep)
    scaled = found.scaled(keep)
    np.testing.assert_allclose(before, scaled, atol=5e-5)
    assert (after - leaky(scaled)).min() > -5e-5
    if keep == 1:
        np.testing.assert_allclose(after, leaky(scaled), atol=5e-5)
    elif keep == KEEP:
        assert (after - leaky(scaled)).mean() > 0.01 * leaky(scaled).mean()


def test_the_distribution_of_one_unit_is_that_of_dropout_in_pytorch() -> None:
    found = bend(OTHERS[0])
    sums, chances = found.sums(4, 3), mask_chances(KEEP)
    assert chances.sum() == pytest.approx(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        inputs = torch.from_numpy(found.inputs[4]).expand(40_000, -1)
        weights = torch.from_numpy(found.network.weights[2][3])
        drawn = F.dropout(inputs, KEEP) @ weights + float(found.network.biases[2][3])
        bent = F.leaky_relu(drawn, SLOPE)
    for values, sample in ((sums, drawn), (leaky(sums), bent)):
        mean = float(chances @ values)
        error = float(sample.std()) / len(sample) ** 0.5
        assert abs(mean - float(sample.mean())) < 3 * error
    assert found.means(KEEP)[0, 4, 3] == pytest.approx(float(chances @ sums), abs=1e-4)


def test_both_forms_run_as_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(SCRIPT, "script", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 3
