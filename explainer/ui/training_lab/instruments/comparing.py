"""By which numbers recipes can be compared now: those of the engine, and the shifted test part."""

from __future__ import annotations

from dataclasses import replace

from explainer.training.instruments.questions import Question
from explainer.training.instruments.questions import questions as questions_of
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.ui.training_lab.control import shifted_answer
from explainer.words import N_

SHIFTED = {
    True: N_("Accuracy on the shifted test"),
    False: N_("Mean absolute error on the shifted test"),
}


def questions(snapshot: Snapshot) -> tuple[Question, ...]:
    """Every question that has an answer; those about the test only once it was scored."""
    measure = snapshot.task.measure
    asked = questions_of(measure)
    kept = tuple(one for one in asked if one.slug != "test" or snapshot.tested)
    scores = shifted_answer()
    if not scores:
        return kept
    places = {id(run): place for place, run in enumerate(snapshot.runs)}

    def shifted(run: RunView) -> float | None:
        score = scores[places[id(run)]]
        return None if score is None else score.measure

    title = SHIFTED[measure.percent]
    return (*kept, replace(asked["test"], slug="shifted", title=title, value=shifted))
