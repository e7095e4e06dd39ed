"""The registry of questions that a race answers: which number, and which way is better.

One more question is one more entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from explainer.registry import Registry
from explainer.training.measurement.snapshot import RunView
from explainer.training.task import ACCURACY, Measure
from explainer.words import N_

POINTS = N_("points")
Value = Callable[[RunView], float | None]


@dataclass(frozen=True)
class Question:
    """A number of every run, to be compared between recipes.

    `better` is +1 where more is ahead and -1 where less is. `value(run)` is None until there is
    one. Times `scale` it is in `unit`, which is empty where the number has none.
    """

    slug: str
    title: str
    better: int
    value: Value
    unit: str
    scale: float


def accuracy(run: RunView) -> float | None:
    """The measure on the validation part; of a run that diverged, as measured last."""
    return None if run.last is None else run.last.validation_measure


def endless(value: Value, run: RunView) -> float | None:
    """An error of any size, `value(run)`; infinite for a run that diverged or failed."""
    found = math.inf if run.status.broken else value(run)
    return found if found is None or math.isfinite(found) else math.inf


def validation_loss(run: RunView) -> float | None:
    """The loss on the validation part, as measured last."""
    return None if run.last is None else run.last.validation_loss


def best(run: RunView) -> float | None:
    """Validation accuracy where the validation loss was lowest."""
    return None if run.best is None else run.best.validation_measure


def tested(run: RunView) -> float | None:
    """Test accuracy of the best checkpoint, once it was scored."""
    return None if run.test is None else run.test.measure


def gap(run: RunView, better: int) -> float | None:
    """By how much the training part does better than validation, of a measure of that `better`."""
    last = run.last
    return None if last is None else better * (last.train_measure - last.validation_measure)


def zeros(run: RunView) -> float | None:
    """The share of weights that are exactly 0."""
    return None if run.last is None else run.last.zero_share


TITLES = {
    True: {
        "accuracy": N_("Validation accuracy"),
        "best": N_("Validation accuracy at the lowest validation loss"),
        "test": N_("Test accuracy"),
        "gap": N_("Generalisation gap: training minus validation accuracy"),
    },
    False: {
        "accuracy": N_("Validation mean absolute error"),
        "best": N_("Validation mean absolute error at the lowest validation loss"),
        "test": N_("Test mean absolute error"),
        "gap": N_("Generalisation gap: validation minus training mean absolute error"),
    },
}
"""What is asked of accuracy, and of the error of numbers."""


def questions(measure: Measure) -> Registry[Question]:
    """What a race is asked whose task has this measure; the slugs are the same for all."""
    unit, scale = (POINTS, 100) if measure.percent else ("", 1)
    better = measure.better

    def told(value: Value) -> Value:
        return value if measure.percent else partial(endless, value)

    titles = TITLES[measure.percent]
    return Registry[Question](
        N_("question"),
        Question("accuracy", titles["accuracy"], better, told(accuracy), unit, scale),
        Question("loss", N_("Validation loss"), -1, partial(endless, validation_loss), "", 1),
        Question("best", titles["best"], better, best, unit, scale),
        Question("test", titles["test"], better, tested, unit, scale),
        Question("gap", titles["gap"], -1, told(partial(gap, better=better)), unit, scale),
        Question("zeros", N_("Weights that are exactly zero"), 1, zeros, POINTS, 100),
    )


QUESTIONS = questions(ACCURACY)
