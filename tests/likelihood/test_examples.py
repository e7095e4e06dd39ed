"""One digit and three losses; products of probabilities that become 0."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch.nn.functional import binary_cross_entropy, cross_entropy, gaussian_nll_loss

from explainer.likelihood.calibrated import test_digits as digits_to_test
from explainer.likelihood.calibration import answers
from explainer.likelihood.examples import by_surprise, example, logits, products


@pytest.mark.parametrize("place", [0, 137, 999])
def test_the_three_losses_are_torchs(place: int) -> None:
    one, label = example(place), torch.tensor([int(digits_to_test()[1][place])])
    given = torch.from_numpy(logits()[place : place + 1].copy())
    assert -np.log(one.categorical) == pytest.approx(float(cross_entropy(given, label)), abs=1e-9)
    even = torch.tensor(one.even, dtype=torch.float64).clamp(0, 1)
    truth = torch.tensor(float(one.label % 2 == 0)).double()
    wanted = float(binary_cross_entropy(even, truth))
    assert -np.log(one.bernoulli) == pytest.approx(wanted, abs=1e-9)
    assert one.density == pytest.approx(norm.pdf(one.ink, one.predicted, one.deviation))
    ink, predicted, variance = (
        torch.tensor(float(value)) for value in (one.ink, one.predicted, one.deviation**2)
    )
    wanted = float(gaussian_nll_loss(predicted, ink, variance, full=True))
    assert one.surprise == pytest.approx(wanted, rel=1e-5)


def test_the_line_is_of_greatest_likelihood() -> None:
    mean = np.mean([example(place).squared for place in range(0, 1000, 10)])
    assert 0.3 < mean < 0.8  # ½ on the digits that it was fitted to


def test_digits_go_from_the_most_surprising_one() -> None:
    order = by_surprise()
    chances = [example(int(place)).categorical for place in order[[0, 30, 300, 999]]]
    assert chances == sorted(chances)
    assert chances[0] < 0.01
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))


def test_a_guesser_underflows_after_as_many_labels_as_the_logarithms_say() -> None:
    found = products(np.full(1000, np.log(10)))
    assert found.none_left == (46, 324)
    assert float(np.prod(np.full(45, 0.1, np.float32))) > 0
    assert float(np.prod(np.full(46, 0.1, np.float32), dtype=np.float32)) == 0
    assert float(found.logs[-1]) == pytest.approx(-1000 * np.log(10), rel=1e-5)


def test_where_digits_are_moved_the_product_is_0_and_the_sum_is_not() -> None:
    given = answers(logits(by=2), digits_to_test()[1])
    found = products(given.surprise)
    single, double = found.none_left
    assert single is not None
    assert double is not None
    assert single < double < 1000
    assert float(found.logs[-1]) == pytest.approx(-given.surprise.sum(), rel=1e-5)
    assert found.single[single - 2] > 0 == found.single[single - 1]


def test_a_product_that_lasts_says_so_and_one_that_is_0_at_once_too() -> None:
    assert products(np.full(5, 0.1)).none_left == (None, None)
    assert products(np.full(5, np.inf)).none_left == (1, 1)
