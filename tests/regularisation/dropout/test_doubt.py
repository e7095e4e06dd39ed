"""Monte Carlo dropout: the passes, their entropies, and the spread of a last layer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import entropy as nats
from torch import nn

from explainer.regularisation.dropout.doubt import (
    KEEP,
    WIDTHS,
    Doubter,
    doubt,
    entropy,
    factors,
    last_layer,
    measured,
    passes,
    spread,
)
from explainer.regularisation.proximal import Floats
from explainer.training.instruments.student import interval, intervals


def layers(seed: int = 0) -> list[nn.Linear]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return [nn.Linear(*pair) for pair in pairwise(WIDTHS)]


def untrained(dense: list[nn.Linear]) -> Doubter:
    return Doubter(
        tuple(3 * one.weight.detach().numpy() for one in dense),
        tuple(one.bias.detach().numpy() for one in dense),
    )


def pictures(count: int) -> Floats:
    return np.random.default_rng(1).random((count, WIDTHS[0]), np.float32)


def test_passes_are_those_of_dropout_in_pytorch() -> None:
    dense = layers()
    network, inputs = untrained(dense), pictures(2)
    found = passes(network, inputs, 3000, seed=4)
    for one in dense:
        one.weight.data *= 3
    dropped = nn.Dropout(1 - KEEP)
    model = nn.Sequential(dense[0], nn.ReLU(), dropped, dense[1], nn.ReLU(), dropped, dense[2])
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        rows = torch.from_numpy(inputs).repeat(3000, 1)
        theirs = model(rows).softmax(1).view(3000, 2, 10).numpy()
        alone = model.eval()(torch.from_numpy(inputs)).softmax(1).numpy()
    error = np.sqrt((found.var(axis=0) + theirs.var(axis=0)) / 3000)
    assert (np.abs(found.mean(axis=0) - theirs.mean(axis=0)) < 4.5 * error).all()
    np.testing.assert_allclose(found.std(axis=0), theirs.std(axis=0), rtol=0.35)
    np.testing.assert_allclose(network.scaled(inputs), alone, atol=1e-5)


def test_every_picture_meets_the_same_masks_however_many_go_at_once() -> None:
    network, inputs = untrained(layers(1)), pictures(600)
    together = passes(network, inputs, 40)
    np.testing.assert_allclose(together[:, [7]], passes(network, inputs[[7]], 40), atol=1e-5)
    assert together.sum(axis=2) == pytest.approx(1, abs=1e-4)
    assert np.ptp(together[:, 0], axis=0).max() > 0.01


def test_two_sure_networks_that_differ_are_one_bit_all_between() -> None:
    sure = np.array([[[1, 0]], [[0, 1]]], np.float32)
    found = doubt(sure)
    assert (found.all[0], found.within[0], found.between[0]) == pytest.approx((1, 0, 1))
    torn = doubt(np.full((5, 1, 2), 0.5, np.float32))
    assert (torn.all[0], torn.within[0], torn.between[0]) == pytest.approx((1, 1, 0))


def test_entropies_are_scipys_and_the_parts_add_up() -> None:
    rows = np.random.default_rng(2).dirichlet(np.full(10, 0.3), (30, 4)).astype(np.float32)
    np.testing.assert_allclose(entropy(rows), nats(rows, base=2, axis=-1), atol=1e-5)
    found = doubt(rows)
    np.testing.assert_allclose(found.within + found.between, found.all, atol=1e-5)
    assert (found.between > 0).all()


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 1.0])
def test_the_formula_is_the_variance_over_every_mask(keep: float) -> None:
    generator = np.random.default_rng(3)
    weights, hidden = generator.normal(size=(4, 10)), np.abs(generator.normal(size=10))
    every = (np.arange(1024)[:, None] >> np.arange(10)) & 1
    likely = (keep**every * (1 - keep) ** (1 - every)).prod(axis=1)
    logits = (every / keep * hidden) @ weights.T
    mean = likely @ logits
    variance = likely @ (logits - mean) ** 2
    np.testing.assert_allclose(mean, weights @ hidden, rtol=1e-9)
    np.testing.assert_allclose(spread(weights, hidden, keep), variance, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", [21, 22])
def test_what_is_measured_agrees_with_the_formula_within_its_error(seed: int) -> None:
    generator = np.random.default_rng(seed)
    weights = generator.normal(size=(10, 128)).astype(np.float32)
    bias, hidden = np.zeros(10, np.float32), np.abs(generator.normal(size=128)).astype(np.float32)
    found = measured(last_layer(weights, bias, hidden, factors(1000, 128, 0.5, seed)))
    formula = np.sqrt(spread(weights, hidden, 0.5))
    assert (np.abs(found.deviation - formula) < 4 * found.deviation_error).all()
    assert (np.abs(found.mean - weights @ hidden) < 4.5 * found.mean_error).all()


def test_the_error_of_a_deviation_is_how_far_it_strays_from_sample_to_sample() -> None:
    rows = np.random.default_rng(5).exponential(size=(200, 2000))
    found = measured(rows)
    assert found.deviation_error.mean() == pytest.approx(found.deviation.std(), rel=0.12)
    assert found.mean_error.mean() == pytest.approx(found.mean.std(), rel=0.08)


def test_nothing_dropped_has_no_spread() -> None:
    found = measured(np.ones((10, 3), np.float32))
    assert not found.deviation.any()
    assert not found.deviation_error.any()


def test_the_interval_of_a_mean_is_students() -> None:
    values = np.random.default_rng(6).random((30, 3), np.float32)
    expected = [interval(column.tolist()) for column in values.T]
    np.testing.assert_allclose(intervals(values), expected, rtol=1e-4)
