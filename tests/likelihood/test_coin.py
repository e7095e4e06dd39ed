"""The likelihood of a coin, and a prior that is worth some tosses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from scipy.optimize import minimize_scalar
from scipy.stats import beta, binom
from torch.nn.functional import binary_cross_entropy

from explainer.likelihood.belief_script import coin_script
from explainer.likelihood.coin import MOST, TOSSED, Coin, relative, tosses

GRID = np.linspace(0.01, 0.99, 99)


@pytest.mark.parametrize(("heads", "count"), [(0, 1), (3, 7), (14, 20), (200, 200)])
def test_the_log_likelihood_is_the_sum_of_a_curve_for_each_toss(heads: int, count: int) -> None:
    of_each = heads * [np.log(GRID)] + (count - heads) * [np.log(1 - GRID)]
    found = Coin(heads, count).log_likelihood(GRID)
    np.testing.assert_allclose(found, np.sum(of_each, axis=0), rtol=1e-12)


def test_it_is_the_binomials_but_for_the_number_of_orders() -> None:
    off = binom.logpmf(14, 20, GRID) - Coin(14, 20).log_likelihood(GRID)
    np.testing.assert_allclose(off, off[0])


def test_the_negative_mean_is_binary_cross_entropy() -> None:
    truth = torch.tensor([1.0] * 14 + [0.0] * 6).double()
    for p in GRID:
        wanted = binary_cross_entropy(torch.full((20,), p).double(), truth)
        assert float(Coin(14, 20).cross_entropy(p)) == pytest.approx(float(wanted))


@given(some.data())
def test_the_maximum_a_posteriori_is_where_the_posterior_is_highest(data: some.DataObject) -> None:
    count = data.draw(some.integers(1, MOST))
    heads = data.draw(some.integers(0, count))
    mode, worth = data.draw(some.floats(0.05, 0.95)), data.draw(some.floats(0.5, 100))
    one = Coin(heads, count, mode, worth)

    def against(p: float) -> float:
        prior = beta.logpdf(p, 1 + worth * mode, 1 + worth * (1 - mode))
        return -float(one.log_likelihood(p) + prior)

    found = minimize_scalar(against, bounds=(0, 1), method="bounded", options={"xatol": 1e-9})
    assert one.maximum_a_posteriori == pytest.approx(found.x, abs=1e-5)
    moved = one.maximum_a_posteriori - one.share
    assert moved == pytest.approx(worth / (count + worth) * (mode - one.share))


def test_the_prior_is_that_of_beta_and_fades_as_the_tosses_grow() -> None:
    off = beta.logpdf(GRID, 1 + 10 * 0.3, 1 + 10 * 0.7) - Coin(1, 2, 0.3, 10).log_prior(GRID)
    np.testing.assert_allclose(off, off[0])
    moved = [Coin(7 * n, 10 * n, 0.5, 10).maximum_a_posteriori - 0.7 for n in (10, 100, 1000)]
    np.testing.assert_allclose(np.divide(moved[:-1], moved[1:]), 10, rtol=0.1)
    assert Coin(3, 7).maximum_a_posteriori == Coin(3, 7).share


def test_in_the_mean_loss_the_same_prior_is_n_times_weaker() -> None:
    for count in (10, 40):
        one = Coin(7 * count // 10, count, 0.5, 10)
        mean = one.cross_entropy(GRID) - one.log_prior(GRID) / count
        summed = -one.log_likelihood(GRID) - one.log_prior(GRID)
        np.testing.assert_allclose(count * mean, summed)


def test_what_cannot_be_has_no_likelihood() -> None:
    assert float(Coin(1, 2).log_likelihood(0)) == float(Coin(1, 2).log_likelihood(1)) == -np.inf
    assert float(Coin(0, 2).log_likelihood(0)) == 0
    assert relative(Coin(5000, 9000).log_likelihood(GRID)).max() == 1


def test_copies_leave_the_maximum_and_narrow_the_top() -> None:
    one, four = Coin(7, 10), Coin(28, 40)
    assert one.share == four.share
    np.testing.assert_allclose(four.log_likelihood(GRID), 4 * one.log_likelihood(GRID))


@pytest.mark.parametrize("slug", TOSSED.slugs)
def test_tosses_are_near_their_truth(slug: str) -> None:
    seen = tosses(slug)
    assert len(seen) == MOST
    assert abs(seen.mean() - TOSSED[slug].truth) < 3 * (0.25 / MOST) ** 0.5


@pytest.mark.parametrize("one", [Coin(14, 20), Coin(3, 7, 0.3, 12.0)])
def test_the_script_gives_the_same(one: Coin) -> None:
    names: dict[str, float] = {}
    exec(coin_script(one, 0.6), names)
    assert names["log_likelihood"] == pytest.approx(float(one.log_likelihood(0.6)))
    assert names["cross_entropy"] == pytest.approx(float(one.cross_entropy(0.6)))
    assert names["maximum"] == pytest.approx(one.share, abs=1e-3)
    assert names["a_posteriori"] == pytest.approx(one.maximum_a_posteriori, abs=1e-3)
