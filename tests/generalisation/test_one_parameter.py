"""A sine through any labels, in exact numbers and in those that a computer has."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from explainer.generalisation.one_parameter import POINTS, Sine, digits, drawn


def test_every_labelling_of_seven_points_is_learned() -> None:
    for labels in product((-1, 1), repeat=7):
        assert Sine(labels).right == 7


def test_in_exact_numbers_a_point_is_never_further_than_a_tenth_of_a_turn_from_a_crest() -> None:
    for labels in product((-1, 1), repeat=7):
        turns = Fraction(int("".join(map(str, digits(labels)))))
        for place, label in enumerate(labels, start=1):
            halves = turns / 10**place % 2
            crest = Fraction(1, 2) if label > 0 else Fraction(3, 2)
            assert abs(halves - crest) <= Fraction(1, 10)


def test_the_form_in_the_books_is_right_as_well_but_near_to_zero() -> None:
    for labels in product((-1, 1), repeat=6):
        whole = 1 + sum((1 - one) // 2 * 10**place for place, one in enumerate(labels, start=1))
        halves = [Fraction(whole, 10**place) % 2 for place in range(1, 7)]
        assert [1 if 0 < one < 1 else -1 for one in halves] == list(labels)
        assert min(min(one % 1, 1 - one % 1) for one in halves) < 0.12


@pytest.mark.parametrize("seed", range(40))
def test_double_precision_holds_the_labels_of_the_page_and_single_six(seed: int) -> None:
    labels = drawn(seed)
    assert Sine(labels).right == POINTS
    assert Sine(labels[:6], "float32").right == 6


def test_single_precision_loses_the_first_points() -> None:
    missed = np.zeros(POINTS)
    for seed in range(40):
        sine = Sine(drawn(seed), "float32")
        missed += np.array(sine.said) != sine.labels
    assert (missed[:4] > 0).all()
    assert not missed[6:].any()


def test_the_digits_are_the_labels() -> None:
    assert digits((1, -1, 1)) == (4, 5, 4, 4)
    assert Sine((1, -1, 1)).omega == pytest.approx(4544 * np.pi)


def test_a_label_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not \\(1, 0\\)"):
        Sine((1, 0))


def test_draws_differ() -> None:
    assert len({drawn(seed) for seed in range(20)}) == 20
