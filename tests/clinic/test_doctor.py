"""The rules name the fault of cases that they were not written for, with instruments or without."""

from functools import cache

import pytest

from explainer.clinic.case import STEPS, case_with, mended
from explainer.clinic.doctor import diagnosis, named
from explainer.clinic.faults import FAULTS, HEALTHY
from explainer.clinic.instruments import INSTRUMENTS
from explainer.clinic.record import Record
from explainer.clinic.rules import RULES
from explainer.clinic.run import run
from explainer.clinic.training import Training

MANY = range(6100, 6106)


def test_nothing_speaks_for_a_fault_before_the_first_measurement() -> None:
    record = Training(case_with("dead", 1)).record
    assert [one.slug for one in diagnosis(record)] == [HEALTHY]


def test_a_record_of_one_measurement_is_diagnosed() -> None:
    assert diagnosis(run(case_with("dead", 1), 1))[0].slug == "dead"


def test_every_rule_is_of_a_fault_and_of_an_instrument_and_every_fault_has_one() -> None:
    assert {rule.fault for rule in RULES} == set(FAULTS.slugs)
    assert {rule.instrument for rule in RULES} <= set(INSTRUMENTS.slugs)


@cache
def whole(fault: str, seed: int) -> Record:
    return run(case_with(fault, seed), STEPS)


def told() -> list[tuple[str, Record]]:
    return [(fault, whole(fault, seed)) for fault in FAULTS.slugs for seed in MANY]


@pytest.mark.slow
def test_nine_of_ten_faults_are_named_with_all_instruments() -> None:
    right, count = named(told())
    assert right >= 0.93 * count


@pytest.mark.slow
def test_from_the_curves_alone_fewer_are_named_but_most() -> None:
    right, count = named(told(), ())
    assert 0.65 * count < right < 0.95 * count


@pytest.mark.slow
def test_a_healthy_run_is_seldom_called_ill() -> None:
    records = [(HEALTHY, whole(HEALTHY, seed)) for seed in MANY]
    records += [(HEALTHY, run(mended(case_with("dead", seed)))) for seed in MANY]
    right, count = named(records)
    assert right >= 0.9 * count
