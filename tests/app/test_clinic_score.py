"""The score of the clinic: what a try is worth, and what a link can say of it."""

from __future__ import annotations

import pytest

from explainer.ui.clinic.score import Score, score_of


def test_a_fault_named_at_once_is_a_point_and_by_the_curves_alone_is_counted() -> None:
    found = Score().after(1, right=True, looks=0).after(1, right=True, looks=2)
    assert found == Score(seen=2, first=2, curves=1)
    assert found.points == 2


def test_the_second_try_is_half_a_point_and_the_third_none() -> None:
    wrong = Score().after(1, right=False, looks=0)
    assert (wrong.seen, wrong.points) == (1, 0)
    assert wrong.after(2, right=True, looks=0) == Score(seen=1, second=1)
    third = wrong.after(2, right=False, looks=0).after(3, right=True, looks=0)
    assert third == wrong
    assert wrong.after(2, right=True, looks=0).points == 0.5


def test_a_link_carries_the_score() -> None:
    found = Score(12, 7, 3, 2)
    assert score_of(found.text) == found
    assert Score().text == ""


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2.3", "2.1.0.0.0", "a.b.c.d", "-1.0.0.0", "3.1.2.0", "3.2.1.2", "1e3.0.0.0",
     "99999.0.0.0", "3..1.0", "inf.nan.0.0"],
)  # fmt: skip
def test_what_no_visit_can_have_come_to_is_none(text: str) -> None:
    assert score_of(text) is None
