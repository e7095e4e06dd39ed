"""Two autoencoders: the closed forms of what lost units cost, and what the words say of them."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from explainer.regularisation.dropout.features import Autoencoder, Measured, Pair, learn_pair


@cache
def small() -> Measured:
    generator = np.random.default_rng(5)
    looked, drawn = generator.normal(size=(2, 6, 9)).astype(np.float32)
    bias, ground = generator.normal(size=6), generator.normal(size=9)
    pictures = generator.random((7, 9)).astype(np.float32)
    network = Autoencoder(looked, bias.astype(np.float32), drawn, ground.astype(np.float32))
    return Measured(network, pictures)


def by_hand(one: Measured, missing: tuple[int, ...]) -> float:
    hidden = one.hidden.astype(np.float64)
    hidden[:, list(missing)] = 0
    given = hidden @ one.network.drawn + one.network.ground
    return float(np.square(given - one.pictures).sum(axis=1).mean())


@cache
def learned(seed: int) -> Pair:
    return learn_pair(seed, epochs=4)


@pytest.mark.parametrize("missing", range(7))
def test_the_error_is_the_mean_over_every_choice_of_missing_units(missing: int) -> None:
    errors = [by_hand(small(), chosen) for chosen in combinations(range(6), missing)]
    assert small().error(missing) == pytest.approx(np.mean(errors), rel=1e-9)


def test_what_one_missing_unit_costs_is_the_difference_that_it_makes() -> None:
    costs = [by_hand(small(), (unit,)) - by_hand(small(), ()) for unit in range(6)]
    np.testing.assert_allclose(small().alone, costs, rtol=1e-9, atol=1e-9)


def test_progress_rises_to_all_of_it_and_the_weights_are_shown_on_the_way() -> None:
    shares: list[float] = []
    walls: list[float] = []
    found = learn_pair(
        3,
        epochs=1,
        told=shares.append,
        seen=lambda one, other: walls.append(abs(one - other).max()),
    )
    assert shares == [0.5, 1.0]
    assert len(walls) == 1
    assert walls[0] > 0
    assert found.without.network.drawn.shape == (128, 784)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22])
def test_with_dropout_units_are_silent_more_often_and_speak_lower(seed: int) -> None:
    pair = learned(seed)
    assert pair.dropout.silent > 2 * pair.without.silent
    assert np.median(pair.dropout.means) < np.median(pair.without.means)


@pytest.mark.parametrize("seed", [21, 22])
def test_with_dropout_less_hangs_on_a_single_unit_but_the_whole_draws_worse(seed: int) -> None:
    without, dropout = learned(seed).both
    costs = [one.error(1) / one.error() - 1 for one in (without, dropout)]
    assert costs[0] > 5 * costs[1]
    assert dropout.error() > 1.5 * without.error()
    assert dropout.error(64) < without.error(64)
