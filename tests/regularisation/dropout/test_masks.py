"""Each step another network: masks, what they leave, and what their mean is, against PyTorch."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer.regularisation.dropout.masks import (
    DROPCONNECT,
    DROPOUT,
    MOST,
    SCHEMES,
    Head,
    Scheme,
    different,
    head,
    masks,
    passed,
    repeated,
    scaled,
)
from explainer.regularisation.dropout.small_network import (
    PLACES,
    SLOPE,
    UNITS,
    SmallNetwork,
    digits,
    trained,
)

OTHERS = (3, 4)
EVERY = ((np.arange(2**UNITS)[:, None] >> np.arange(UNITS)) & 1).astype(bool)
ALL = np.ones_like(EVERY)


@cache
def network(seed: int) -> SmallNetwork:
    return trained(PLACES["both"], seed)


def heads(seed: int, count: int = 40) -> list[tuple[Head, int]]:
    data = digits()
    return [
        (head(network(seed), data.validation_inputs[row]), int(data.validation_labels[row]))
        for row in range(count)
    ]


def made_up(seed: int = 0) -> Head:
    generator = np.random.default_rng(seed)
    shapes = ((12,), (12, 12), (12,), (10, 12), (10,))
    inputs, *others = (generator.normal(size=shape).astype(np.float32) for shape in shapes)
    return Head(np.abs(inputs), *others)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.slug)
def test_more_masks_begin_with_the_same_and_a_larger_probability_keeps_the_same(
    scheme: Scheme,
) -> None:
    few, many = (masks(scheme, 5, count, (0.5, 0.3)) for count in (7, 100))
    larger = masks(scheme, 5, 100, (0.6, 0.9))
    for place, size in enumerate(scheme.sizes):
        assert many[place].shape == (100, size)
        np.testing.assert_array_equal(few[place], many[place][:7])
        assert (many[place] <= larger[place]).all()
        assert larger[place].sum() > many[place].sum()
    assert (masks(scheme, 6, 7, (0.5, 0.3))[0] != few[0]).any()


@pytest.mark.parametrize("seed", OTHERS)
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.slug)
def test_each_is_kept_with_its_keep_probability(scheme: Scheme, seed: int) -> None:
    for kept, keep in zip(masks(scheme, seed, MOST, (0.2, 0.7)), (0.2, 0.7), strict=True):
        error = np.sqrt(keep * (1 - keep) / kept.size)
        assert abs(kept.mean() - keep) < 4 * error
        of_each = np.abs(kept.mean(axis=0) - keep) / np.sqrt(keep * (1 - keep) / MOST)
        assert of_each.max() < 5


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.slug)
def test_every_mask_gives_what_pytorch_gives_where_the_same_is_dropped(scheme: Scheme) -> None:
    one, keeps = made_up(), (0.4, 0.7)
    kept = masks(scheme, 1, 20, keeps)
    found = passed(one, scheme, kept, keeps)
    inputs, *parts = (torch.from_numpy(part) for part in vars(one).values())
    for step in range(20):
        first, last = (
            torch.from_numpy(mask[step]).float() / keep
            for mask, keep in zip(kept, keeps, strict=True)
        )
        if scheme == DROPOUT:
            hidden = F.leaky_relu(F.linear(inputs * first, parts[0], parts[1]), SLOPE)
            logits = F.linear(hidden * last, parts[2], parts[3])
        else:
            hidden = F.leaky_relu(F.linear(inputs, parts[0] * first.view(12, 12), parts[1]), SLOPE)
            logits = F.linear(hidden, parts[2] * last.view(10, 12), parts[3])
        np.testing.assert_allclose(found.hidden[step], hidden, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(found.logits[step], logits, rtol=1e-4, atol=1e-4)


def test_the_logits_are_distributed_as_those_of_dropout_in_pytorch() -> None:
    one = made_up(3)
    found = passed(one, DROPOUT, masks(DROPOUT, 8, MOST, (0.5, 0.5)), (0.5, 0.5)).logits
    inputs, first, first_bias, last, last_bias = (
        torch.from_numpy(part) for part in vars(one).values()
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        sums = F.linear(F.dropout(inputs.expand(40_000, -1), 0.5), first, first_bias)
        hidden = F.leaky_relu(sums, SLOPE)
        logits = F.linear(F.dropout(hidden, 0.5), last, last_bias).numpy()
    error = np.sqrt(found.var(axis=0) / len(found) + logits.var(axis=0) / len(logits))
    assert (np.abs(found.mean(axis=0) - logits.mean(axis=0)) < 4.5 * error).all()
    np.testing.assert_allclose(found.std(axis=0), logits.std(axis=0), rtol=0.08)


def test_where_all_is_kept_both_schemes_are_the_network() -> None:
    one, __ = heads(OTHERS[0], 1)[0]
    whole = scaled(one)
    for scheme in SCHEMES:
        kept = masks(scheme, 0, 3, (1, 1))
        np.testing.assert_allclose(
            passed(one, scheme, kept, (1, 1)).logits, np.repeat(whole.logits, 3, 0), atol=1e-4
        )
    logits = network(OTHERS[0]).logits(digits().validation_inputs[:1])
    np.testing.assert_allclose(whole.logits, logits, atol=1e-4)
    assert whole.probabilities.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("seed", OTHERS)
def test_over_all_masks_without_a_bend_the_mean_logit_is_the_scaled_one_not_the_probability(
    seed: int,
) -> None:
    gaps = []
    for one, label in heads(seed):
        found, whole = passed(one, DROPOUT, (ALL, EVERY), (1, 0.5)), scaled(one)
        np.testing.assert_allclose(found.logits.mean(axis=0), whole.logits[0], atol=1e-3)
        gaps.append(abs(found.probabilities.mean(axis=0) - whole.probabilities[0])[label])
    assert np.median(gaps) > 5e-4
    assert max(gaps) > 0.05


@pytest.mark.parametrize("seed", OTHERS)
def test_with_masks_before_a_bend_they_differ_often_by_less_than_300_masks_can_tell(
    seed: int,
) -> None:
    gaps, errors = [], []
    for one, label in heads(seed):
        exact = passed(one, DROPOUT, (EVERY, ALL), (0.5, 1)).logits[:, label].mean()
        gaps.append(abs(exact - scaled(one).logits[0, label]))
        kept = masks(DROPOUT, seed, 1000, (0.5, 0.5))
        logits = passed(one, DROPOUT, kept, (0.5, 0.5)).logits[:, label]
        errors.append(logits.std() / np.sqrt(300))
    assert (np.array(gaps) > 1e-3).mean() > 0.5
    assert max(gaps) > 0.05
    assert (np.array(gaps) < 2 * np.array(errors)).mean() > 0.6


@pytest.mark.parametrize("seed", OTHERS)
def test_dropconnect_has_the_variance_of_independent_weights_in_the_last_layer(seed: int) -> None:
    """Var z = Σ (w h)² (1 − q)/q, and the mean of the scaled network (Wan et al. 2013)."""
    one, __ = heads(seed, 1)[0]
    found = passed(one, DROPCONNECT, masks(DROPCONNECT, seed, MOST, (1, 0.4)), (1, 0.4)).logits
    hidden = scaled(one).hidden[0]
    formula = ((one.last * hidden) ** 2).sum(axis=1) * 0.6 / 0.4
    apart = np.abs(found.mean(axis=0) - scaled(one).logits[0])
    assert (apart < 4.5 * np.sqrt(formula / MOST)).all()
    np.testing.assert_allclose(found.var(axis=0), formula, rtol=0.15)


def test_what_is_always_kept_makes_no_other_mask() -> None:
    assert different(DROPOUT, (0.5, 0.5)) == 24
    assert different(DROPOUT, (1, 0.1)) == 12
    assert different(DROPCONNECT, (0.5, 0.5)) == 144 + 120
    assert different(DROPCONNECT, (0.9, 1)) == 144
    assert different(DROPOUT, (1, 1)) == 0


def test_repeats_are_counted_in_both_layers_together() -> None:
    first = np.array([[1, 0], [1, 0], [1, 0], [0, 0], [1, 0]], bool)
    last = np.array([[1], [1], [0], [1], [1]], bool)
    assert repeated((first, last)) == 2
    assert repeated((first[:1], last[:1])) == 0


@pytest.mark.parametrize("seed", OTHERS)
def test_a_mask_that_comes_twice_is_rare_unless_few_are_possible(seed: int) -> None:
    for scheme in SCHEMES:
        assert repeated(masks(scheme, seed, MOST, (0.5, 0.5))) <= 2
    expected = 1000 - 4096 * (1 - (1 - 1 / 4096) ** 1000)
    assert abs(repeated(masks(DROPOUT, seed, 1000, (1, 0.5))) - expected) < 40
