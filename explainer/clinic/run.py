"""A case from its first step to its last, at once."""

from __future__ import annotations

from explainer.clinic.case import STEPS, Case
from explainer.clinic.record import Record
from explainer.clinic.training import EVERY, Training


def run(case: Case, steps: int = STEPS, every: int = EVERY) -> Record:
    """What a run of so many steps leaves, measured after `every` so many."""
    training = Training(case, steps, every)
    while not training.finished:
        training.advance()
    return training.record
