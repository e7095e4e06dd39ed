"""The Ladder tells what its paper says, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.evaluation.ladder import STEPS, news, told


def by_the_paper(scores: list[Fraction], step: Fraction) -> list[Fraction]:
    """Algorithm 1 of Blum and Hardt (2015), for accuracies in place of losses."""
    best: Fraction | None = None
    found = []
    for score in scores:
        if best is None or score > best + step:
            best = step * floor(score / step + Fraction(1, 2))
        found.append(best)
    return found


@given(st.integers(1, 300), st.data())
def test_what_is_told_is_what_the_paper_s_algorithm_releases(
    size: int, data: st.DataObject
) -> None:
    right = data.draw(st.lists(st.integers(0, size), min_size=1, max_size=30))
    wanted = by_the_paper([Fraction(one, size) for one in right], Fraction(1, STEPS))
    np.testing.assert_allclose(told(right, size), [float(one) for one in wanted])


def test_a_score_that_is_better_by_a_step_and_no_more_is_not_told() -> None:
    board = told([50, 55, 56, 61, 40, 62], 100)
    assert board.tolist() == pytest.approx([0.5, 0.5, 0.55, 0.6, 0.6, 0.6])
    assert news(board).tolist() == [True, False, True, True, False, False]


def test_nothing_submitted_is_nothing_told() -> None:
    assert not len(news(told([], 100)))
