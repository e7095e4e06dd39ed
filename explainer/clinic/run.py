"""A case from its first step to its last, at once."""

from __future__ import annotations

from collections.abc import Callable

from explainer.clinic.case import STEPS, Case
from explainer.clinic.record import Record
from explainer.clinic.training import EVERY, Training


def run(
    case: Case, steps: int = STEPS, told: Callable[[int], object] | None = None, every: int = EVERY
) -> Record:
    """What a run of so many steps leaves, measured after `every` so many.

    `told` hears after each step how many are taken.
    """
    training = Training(case, steps, every)
    while not training.finished:
        training.advance()
        if told is not None:
            told(training.step)
    return training.record
