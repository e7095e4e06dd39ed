"""Orders of the pictures: what each is, and what it costs, on seeds that the page does not show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.descent.batch_race import COUNT
from explainer.descent.shuffling import (
    ANEW,
    BATCH,
    NEVER,
    ONCE,
    ORDERS,
    SORTED,
    Shuffled,
    rows,
    shuffled,
)

SEEDS = (61, 62)


@cache
def found(rate: float = 0.3, epochs: int = 2) -> Shuffled:
    return shuffled(rate, SEEDS, epochs=epochs)


def test_each_order_has_every_picture_once_and_is_what_it_is_called() -> None:
    labels = np.tile(np.arange(40) % 10, (4, 1))
    orders = rows(labels, [np.random.default_rng(one) for one in range(4)], 1)
    np.testing.assert_array_equal(np.sort(orders, 1), np.tile(np.arange(40), (4, 1)))
    np.testing.assert_array_equal(orders[NEVER], np.arange(40))
    assert (np.diff(labels[SORTED, orders[SORTED]]) >= 0).all()
    for order in (ANEW, ONCE):
        assert (orders[order] != np.arange(40)).any()


def test_sorted_pictures_cost_much_and_the_other_orders_next_to_nothing() -> None:
    one = found()
    worse = one.against_anew(SORTED, one.last_loss)
    assert worse[0] > 0.3
    for order in (ONCE, NEVER):
        assert abs(one.against_anew(order, one.last_loss)[0]) < worse[0] / 20
    assert one.against_anew(SORTED, one.wrong)[0] > 0.1


def test_sorted_pictures_make_a_saw_with_teeth_that_grow_with_the_rate() -> None:
    teeth = []
    for rate in (0.03, 0.3):
        losses = found(rate, 2).loss
        teeth.append(np.abs(np.diff(losses[:, SORTED], axis=0)).mean())
    assert teeth[1] > 2 * np.abs(np.diff(losses[:, ANEW], axis=0)).mean()
    assert teeth[1] > 3 * teeth[0]


def test_the_last_epoch_alone_is_judged_and_all_begin_alike() -> None:
    one = found(0.03, 2)
    batches = COUNT // BATCH
    assert one.steps[-1] == 2 * batches
    assert one.loss.shape == (len(one.steps), len(ORDERS), len(SEEDS))
    assert len(one.wrong) == (one.steps > batches).sum()
    assert one.loss[0].std(0).max() < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.03, 0.1, 0.3])
def test_what_is_said_of_eight_epochs_holds_at_every_rate(rate: float) -> None:
    one = shuffled(rate, (61, 62, 63, 64, 65, 66))
    worse = one.against_anew(SORTED, one.last_loss)
    assert worse[1] > 0
    for order in (ONCE, NEVER):
        assert abs(one.against_anew(order, one.last_loss)[0]) < worse[0] / 20
