"""How the recipes of a race stand: the prediction, the table of last and best, what went wrong."""

from __future__ import annotations

import math
from statistics import median

import streamlit as st

from explainer.training.measurement.evaluation import Score
from explainer.training.measurement.snapshot import RunView, Snapshot, Status
from explainer.ui.common.prose import escaped
from explainer.ui.common.tables import table
from explainer.ui.training_lab.control import shifted_answer
from explainer.ui.training_lab.prediction import outcome
from explainer.ui.training_lab.recipe_editor import dot, name_of, named
from explainer.words import N_, _, in_words

HEADINGS = (
    N_("recipe"),
    N_("step"),
    N_("validation, last"),
    N_("training, last"),
    N_("generalisation gap"),
    N_("validation, best loss"),
    N_("at step"),
    N_("weights at 0"),
    N_("test, best loss"),
)
SHIFTED = N_("shifted test")
ENDINGS = {
    Status.STOPPED_EARLY: N_("{count} stopped early"),
    Status.DIVERGED: N_("{count} diverged"),
    Status.FAILED: N_("{count} failed"),
}
DIVERGED = N_("{recipe}, {count} of {seeds} seeds diverged: {reason}")
FAILED = N_("{recipe}, {count} of {seeds} seeds failed: {reason}")
UNTESTED = N_("{recipe}, {count} of {seeds} seeds: {reason}")


def standings(snapshot: Snapshot) -> None:
    """What became of the prediction, the table, and why runs broke off."""
    if not snapshot.runs:
        return
    outcome(snapshot)
    _table(snapshot, shifted_answer())
    for sentence in _sentences(snapshot):
        st.warning(escaped(sentence), icon=":material/warning:")


def _sentences(snapshot: Snapshot) -> list[str]:
    """Why runs broke off or have no score: for each recipe how many, and the first one's reason."""
    sentences = [in_words(snapshot.problem)] if snapshot.problem else []
    for index, recipe in enumerate(snapshot.recipes):
        runs = snapshot.of_recipe(index)
        reasons = (
            (DIVERGED, [run.explanation for run in runs if run.status is Status.DIVERGED]),
            (FAILED, [run.explanation for run in runs if run.status is Status.FAILED]),
            (UNTESTED, [run.untested for run in runs if run.untested]),
        )
        for message, found in reasons:
            if found:
                count, seeds = len(found), len(snapshot.seeds)
                name = name_of(recipe, index)
                sentences.append(_(message, recipe=name, count=count, seeds=seeds, reason=found[0]))
    return sentences


def _table(snapshot: Snapshot, shifted: list[Score | None] | None) -> None:
    table(
        [_(heading) for heading in ((*HEADINGS, SHIFTED) if shifted else HEADINGS)],
        [_row(snapshot, index, shifted) for index in range(len(snapshot.recipes))],
        name="race",
        caption=_("Accuracy of each recipe: median over seeds, with the least and the largest"),
    )


def _row(snapshot: Snapshot, index: int, shifted: list[Score | None] | None) -> list[str]:
    runs = snapshot.of_recipe(index)
    measured = [run for run in runs if run.last is not None and run.best is not None]
    gaps = [_gap(run) for run in measured]
    cells = [
        f"{dot(index)} {named(snapshot.recipes[index], index)}{_ended(runs)}",
        f"{max(run.step for run in runs):,}",
        _percent([run.last.validation_accuracy for run in measured if run.last]),
        _percent([run.last.train_accuracy for run in measured if run.last]),
        _percent(gaps, spread=False),
        _percent([run.best.validation_accuracy for run in measured if run.best]),
        _median([float(run.best.step) for run in measured if run.best]),
        _percent([run.last.zero_share for run in measured if run.last], spread=False),
        _percent([run.test.accuracy for run in runs if run.test]),
    ]
    if shifted:
        count = len(runs)
        scores = shifted[index * count : (index + 1) * count]
        cells.append(_percent([score.accuracy for score in scores if score]))
    return cells


def _gap(run: RunView) -> float:
    return run.last.train_accuracy - run.last.validation_accuracy if run.last else 0.0


def _ended(runs: tuple[RunView, ...]) -> str:
    """How many seeds ended before their time, and how, if any did."""
    notes = []
    for status, message in ENDINGS.items():
        count = sum(run.status is status for run in runs)
        if count:
            notes.append(_(message, count=count))
    return f" <small>({', '.join(notes)})</small>" if notes else ""


def _percent(values: list[float], *, spread: bool = True) -> str:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "–"
    middle = f"{100 * median(finite):z.1f} %".replace("-", "−")
    if not spread or len(finite) == 1:
        return middle
    return f"{middle}<br><small>{100 * min(finite):.1f}–{100 * max(finite):.1f}</small>"


def _median(values: list[float]) -> str:
    return f"{median(values):,.0f}" if values else "–"
