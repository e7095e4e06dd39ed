"""What is said of a run that moves, that rests, and that the rules are wrong about."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from explainer.clinic.case import Case, case_with
from explainer.clinic.levels import LEVELS
from explainer.clinic.live_case import Seen
from explainer.clinic.record import Record
from explainer.clinic.run import run
from explainer.service import Phase
from explainer.ui.clinic.naming import rules_say
from explainer.ui.clinic.patient import Patient

SEED = 20_711


@cache
def record() -> Record:
    return run(case_with("dead", SEED), 6)


def patient(case: Case, *, of: Record | None = None, playing: bool = False) -> Patient:
    """One whose run has left that record; without one, a few steps with dead units."""
    race = SimpleNamespace(snapshot=Seen(of or record(), playing=playing))
    ticket: Any = SimpleNamespace(race=race, state=SimpleNamespace(phase=Phase.RACING, message=""))
    return Patient(LEVELS["usual"], case, ticket, None)


def test_the_rules_speak_of_the_numbers_of_a_run_that_rests() -> None:
    case = case_with("dead", SEED)
    assert "rests" in rules_say(patient(case, playing=True))[0]
    assert "name *Dead units*: before the first step" in rules_say(patient(case))[0]


def test_where_the_rules_are_wrong_it_is_said() -> None:
    (text,) = rules_say(patient(case_with("equal", SEED)))
    assert "are wrong here: they name *Dead units*" in text


def test_the_step_of_a_loss_that_is_no_number_is_the_one_that_the_curves_end_at() -> None:
    records = (run(case_with("rate-high", seed), 120) for seed in range(SEED, SEED + 40))
    lost = next(one for one in records if one.lost)
    here = patient(case_with("rate-high", SEED), of=lost)
    assert here.status == f"At step {lost.steps[-1]} the loss is no longer a number."
