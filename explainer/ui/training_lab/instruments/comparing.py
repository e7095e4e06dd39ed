"""By which numbers recipes can be compared now: those of the engine, and the shifted test part."""

from __future__ import annotations

from explainer.training.instruments.questions import POINTS, QUESTIONS, Question
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.ui.training_lab.control import shifted_answer
from explainer.words import N_

SHIFTED = N_("Accuracy on the shifted test")


def questions(snapshot: Snapshot) -> tuple[Question, ...]:
    """Every question that has an answer; those about the test only once it was scored."""
    kept = tuple(one for one in QUESTIONS if one.slug != "test" or snapshot.tested)
    scores = shifted_answer()
    if not scores:
        return kept
    places = {id(run): place for place, run in enumerate(snapshot.runs)}

    def shifted(run: RunView) -> float | None:
        score = scores[places[id(run)]]
        return None if score is None else score.accuracy

    return (*kept, Question("shifted", SHIFTED, 1, shifted, POINTS, 100))
