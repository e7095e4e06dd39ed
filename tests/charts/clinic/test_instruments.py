"""What the instruments show of a run: counts of what is drawn, and of one that overflowed none."""

from __future__ import annotations

from functools import cache

from explainer.charts.clinic.instruments import FEW, SHOWN
from explainer.charts.clinic.looks import Look
from explainer.charts.theme import LIGHT
from explainer.clinic.case import case_with
from explainer.clinic.record import Record
from explainer.clinic.run import run

SEED = 20_611


@cache
def overflowed() -> Record:
    """A run whose loss is no longer a number."""
    records = (run(case_with("rate-high", seed), 120) for seed in range(SEED, SEED + 40))
    return next(one for one in records if one.lost)


def shown(record: Record, instrument: str) -> Look:
    return SHOWN[instrument](record, LIGHT)


def test_labels_are_counted_in_the_pictures_that_are_drawn() -> None:
    record = run(case_with("healthy", SEED), 6)
    look = shown(record, "batch")
    assert look.figures is not None
    assert record.looks is not None
    for row, group in zip(look.figures.rows, look.pictures, strict=True):
        assert row[-1] == f"{len(set(group.labels))} in {len(group.codes)}"
    assert len(look.pictures[1].codes) == FEW


def test_what_is_no_longer_a_number_is_no_answer() -> None:
    record = overflowed()
    assert record.looks is not None
    assert (record.looks.worst_answers == -1).all()
    assert all(one.endswith("→ –") for one in shown(record, "worst").pictures[0].labels)
    look = shown(record, "answers")
    assert look.answers is None
    assert "no longer numbers" in look.note


def test_of_a_run_that_answers_no_sentence_stands_in_place_of_the_table() -> None:
    look = shown(run(case_with("healthy", SEED), 6), "answers")
    assert look.answers is not None
    assert not look.note
