"""A smaller model, on seeds that the page does not show; and where a curve crosses a level."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.generalisation.smaller import (
    EQUAL,
    FAMILIES,
    Grown,
    Smaller,
    gained,
    smaller,
)
from explainer.training.instruments.student import AHEAD, BEHIND, judged

SEEDS = (71, 72)
TRIED = (("one", "8"), ("one", "32"), ("three", "32"), ("convolution", "2"))
END = 2.0


@cache
def found() -> Smaller:
    return smaller(FAMILIES, SEEDS, only=lambda family, size: (family, size) in TRIED)


@cache
def equal() -> dict[str, Grown]:
    return {one.family: one for one in smaller(EQUAL, SEEDS).grown}


def test_the_narrower_network_has_no_smaller_gap_at_equal_training_accuracy() -> None:
    narrow, wide = found().of("one")
    for level in (0.8, 0.9):
        assert narrow.gap(level).mean() > wide.gap(level).mean() - 0.01


def test_in_the_end_the_narrower_network_is_worse() -> None:
    narrow, wide = found().of("one")
    assert (narrow.at(END)[1] < wide.at(END)[1]).all()


def test_fewer_layers_have_a_smaller_gap() -> None:
    _, flat = found().of("one")
    (deep,) = found().of("three")
    for level in (0.95, END):
        assert (flat.at(level)[1] > deep.at(level)[1]).all()


def test_a_convolution_with_a_fifteenth_of_the_parameters_is_no_worse() -> None:
    _, flat = found().of("one")
    (few,) = found().of("convolution")
    assert 15 * few.parameters < flat.parameters
    assert gained(few, flat, 0.9)[0] > -0.02


def test_a_smaller_network_learns_less_by_heart() -> None:
    narrow, wide = found().of("one")
    assert (narrow.by_heart < wide.by_heart - 0.1).all()


def test_four_networks_have_equally_many_parameters_to_one_percent() -> None:
    counts = [one.members[0][1].parameters for one in EQUAL]
    assert max(counts) < 1.01 * min(counts)


@pytest.mark.slow
def test_equally_many_parameters_have_unequal_gaps_and_unequal_capacity() -> None:
    flat, deep, convolution, coarse = (equal()[one.slug] for one in EQUAL)
    assert (deep.at(END)[1] < flat.at(END)[1] - 0.1).all()
    assert gained(convolution, flat, END)[0] > 0
    assert abs(gained(coarse, flat, END)[0]) < 0.06
    for one in (flat, deep, coarse):
        assert (convolution.by_heart > one.by_heart).all()
    assert (coarse.by_heart < flat.by_heart - 0.15).all()


@pytest.mark.slow
def test_over_four_seeds_the_verdicts_are_those_that_the_page_speaks_of() -> None:
    whole = smaller(FAMILIES, (74, 75, 76, 77))
    for level in (0.8, 0.9, 0.95):
        for small, large in whole.pairs(level):
            if small.family == large.family:
                assert judged(*gained(small, large, level)[1:]) != AHEAD
    for small, large in whole.pairs(END):
        if small.family == large.family:
            assert judged(*gained(small, large, END)[1:]) == BEHIND
    flat = {size.size: size for size in whole.of("one")}
    deep = {size.size: size for size in whole.of("three")}
    assert judged(*gained(flat["64"], deep["64"], 0.95)[1:]) == AHEAD
    for family in FAMILIES:
        means = [one.by_heart.mean() for one in whole.of(family.slug)]
        assert means == sorted(means)


def made_up(inside: list[float], outside: list[float]) -> Grown:
    return Grown("one", "1", 10, np.array([inside]), np.array([outside]), np.array([0.1]))


def test_a_level_is_crossed_on_a_straight_line_between_two_measurements() -> None:
    one = made_up([0.0, 0.5, 1.0], [0.0, 0.4, 0.6])
    assert one.at(0.75)[1] == pytest.approx([np.interp(0.75, [0.5, 1.0], [0.4, 0.6])])
    assert one.gap(0.75) == pytest.approx([0.25])
    assert one.gap(END) == pytest.approx([0.4])


def test_what_is_reached_at_once_or_never() -> None:
    one = made_up([0.5, 0.6], [0.3, 0.4])
    assert one.at(0.5)[1] == pytest.approx([0.3])
    assert np.isnan(one.gap(0.9)).all()


def test_only_networks_that_reach_the_level_are_compared() -> None:
    sizes = [made_up([0.0, end], [0.0, 0.5]) for end in (0.7, 0.95, 1.0)]
    whole = Smaller(tuple(sizes))
    assert whole.pairs(0.9) == ((sizes[1], sizes[2]),)
    assert whole.pairs(0.99) == ()


def test_depth_is_compared_at_equal_width_and_a_convolution_with_the_widest() -> None:
    whole = found()
    pairs = [(small.family, large.family) for small, large in whole.pairs(0.8)]
    assert pairs == [("one", "one"), ("one", "three"), ("convolution", "one")]
