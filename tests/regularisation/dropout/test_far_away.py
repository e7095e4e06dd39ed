"""How good the doubt is: what the page says of it, with networks and masks of other seeds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from explainer.regularisation.dropout.doubt import Doubter, doubter, passes
from explainer.regularisation.dropout.far_away import (
    KINDS,
    PICTURES,
    Far,
    Tenths,
    accuracy_error,
    far_away,
    more,
    tenths,
)
from explainer.regularisation.dropout.small_network import digits

OTHERS = (11, 12)
TOLD: list[float] = []


@cache
def network(seed: int) -> Doubter:
    return doubter(seed, TOLD.append)


@cache
def sorted_by_doubt(seed: int) -> Tenths:
    return tenths(network(seed))


@cache
def far(seed: int) -> dict[str, Far]:
    return {one.slug: one for one in far_away(network(seed), seed)}


def test_more_is_the_area_under_the_curve_ties_by_half() -> None:
    generator = np.random.default_rng(0)
    one, other = generator.integers(0, 9, 40) / 9, generator.integers(3, 12, 70) / 9
    labels = np.repeat([1, 0], [40, 70])
    theirs = roc_auc_score(labels, np.concatenate([one, other]))
    assert more(one.astype(np.float32), other.astype(np.float32)) == pytest.approx(theirs)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.slug)
def test_every_kind_has_the_size_and_the_range_of_digits(kind: object) -> None:
    inputs = digits().validation_inputs[:PICTURES]
    found = KINDS[getattr(kind, "slug", "")].make(inputs, np.random.default_rng(1))
    assert found.shape == (PICTURES, 784)
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize("seed", OTHERS)
def test_the_tenths_together_are_the_accuracy(seed: int) -> None:
    data, found = digits(), sorted_by_doubt(seed)
    mean = passes(network(seed), data.validation_inputs).mean(axis=0)
    assert found.pictures == 1000
    right = (mean.argmax(axis=1) == data.validation_labels).mean()
    assert found.masks.mean() == pytest.approx(right)
    assert right > 0.9
    assert TOLD[-1] == 1


@pytest.mark.parametrize("seed", OTHERS)
def test_doubt_sorts_and_on_digits_the_scaled_networks_own_as_well(seed: int) -> None:
    found = sorted_by_doubt(seed)
    for line in found.lines:
        assert line[-1] < 0.78
        assert line[:-1].mean() > 0.95
        wrong = 1 - line
        assert wrong[-3:].sum() > 0.8 * wrong.sum()
    masks, scaled = (line[-1] for line in found.lines)
    error = np.hypot(accuracy_error(masks, 100), accuracy_error(scaled, 100))
    assert abs(masks - scaled) < 2 * error


@pytest.mark.parametrize("seed", OTHERS)
def test_upright_nearly_all_masks_say_the_same_and_turned_they_scatter(seed: int) -> None:
    inputs = digits().validation_inputs[:PICTURES]
    agreement = {}
    for slug in ("digits", "turned"):
        rows = KINDS[slug].make(inputs, np.random.default_rng(0))
        says = passes(network(seed), np.ascontiguousarray(rows)).argmax(axis=2)  # (T, N)
        votes = np.stack([(says == digit).mean(axis=0) for digit in range(10)])
        agreement[slug] = np.median(votes.max(axis=0))
    assert agreement["digits"] > 0.95
    assert agreement["turned"] < 0.85
    assert far(seed)["turned"].between > 2 * far(seed)["digits"].between


@pytest.mark.parametrize("seed", OTHERS)
def test_turned_and_black_on_white_the_scaled_network_is_sure_and_the_masks_less(
    seed: int,
) -> None:
    turned, negative = far(seed)["turned"], far(seed)["negative"]
    assert turned.sure[1] > 0.25
    assert turned.sure[0] < 0.6 * turned.sure[1]
    assert negative.sure[1] > 0.5
    assert negative.sure[0] < 0.3
    assert negative.told[0] > negative.told[1] + 0.1


@pytest.mark.parametrize("seed", OTHERS)
def test_some_that_are_no_digits_get_a_sure_answer_and_shuffled_ones_are_told_by_plain_entropy(
    seed: int,
) -> None:
    assert max(one.sure[0] for slug, one in far(seed).items() if slug != "digits") > 0.02
    shuffled = far(seed)["shuffled"]
    assert shuffled.told[1] > shuffled.told[0] + 0.03
    assert shuffled.told[1] > 0.85


def test_the_error_of_a_share() -> None:
    assert accuracy_error(0.5, 100) == pytest.approx(0.05)
    assert accuracy_error(1.0, 100) == 0
