"""Where a fault gives itself away: every fault has such a place in its own instrument."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.clinic.instruments import SHOWN, curves
from explainer.charts.clinic.looks import Look
from explainer.charts.clinic.marks import PLACES, marked
from explainer.charts.theme import LIGHT
from explainer.clinic.case import case_with
from explainer.clinic.faults import FAULTS, HEALTHY, Fault
from explainer.clinic.instruments import CURVES
from explainer.clinic.record import Record
from explainer.clinic.run import run

SEED = 611
ILL = [one for one in FAULTS if one.slug != HEALTHY]


@pytest.fixture(scope="module")
def record() -> Record:
    return run(case_with("frozen", SEED), steps=11)


def shown(record: Record, instrument: str) -> Look:
    return curves([record], LIGHT) if instrument == CURVES else SHOWN[instrument](record, LIGHT)


def pointed_out(look: Look) -> int:
    """How many places of a look are pointed out."""
    found = len(look.mark.lines) if look.mark else 0
    found += sum(one.marked for one in look.bars)
    found += len(look.figures.marked) if look.figures else 0
    return found + sum(len(one.marked) for one in look.pictures)


def test_every_fault_but_none_at_all_has_a_place() -> None:
    assert sorted(PLACES.slugs) == sorted(one.slug for one in ILL)


@pytest.mark.parametrize("fault", ILL, ids=lambda one: one.slug)
def test_the_place_is_in_the_instrument_that_shows_the_fault_best(
    fault: Fault, record: Record
) -> None:
    look = shown(record, fault.instrument)
    assert not pointed_out(look)
    assert pointed_out(marked(look, fault.slug, record))


def test_of_a_frozen_layer_it_is_the_line_that_stays_at_zero(record: Record) -> None:
    case = case_with("frozen", SEED)
    mark = marked(shown(record, "steps"), "frozen", record).mark
    assert mark is not None
    assert list(mark.lines) == [case.frozen]
    assert not np.any(record.step_ratios[:, case.frozen])


def test_without_a_fault_nothing_is_pointed_out(record: Record) -> None:
    assert not pointed_out(marked(curves([record], LIGHT), HEALTHY, record))


def test_of_a_small_network_it_is_the_narrowest_layer() -> None:
    cases = [case_with("small", seed) for seed in range(611, 631)]
    case = next(one for one in cases if one.widths.index(min(one.widths)) == 1)
    found = run(case, steps=1)
    mark = marked(shown(found, "units"), "small", found).mark
    assert mark is not None
    assert list(mark.lines) == [1]


@pytest.mark.parametrize(
    ("fault", "step"), [("summed", 10), ("dead", 0), ("rate-high", 0), ("frozen", None)]
)
def test_it_is_pointed_out_at_the_step_that_the_words_name(
    fault: str, step: int | None, record: Record
) -> None:
    mark = marked(shown(record, FAULTS[fault].instrument), fault, record).mark
    assert mark is not None
    assert mark.step == step
    assert step is None or step in record.steps
