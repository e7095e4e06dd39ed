"""How the recipes of a race stand: the prediction, the table of last and best, what went wrong."""

from __future__ import annotations

import math
from html import escape
from statistics import median

import streamlit as st

from explainer.training.instruments.questions import gap
from explainer.training.measurement.snapshot import RunView, Snapshot, Status
from explainer.training.recipe.penalties import PENALTIES
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import ACCURACY, Measure, Score
from explainer.ui.common.prose import escaped
from explainer.ui.common.tables import table
from explainer.ui.training_lab.control import shifted_answer
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.prediction import outcome
from explainer.ui.training_lab.recipe_editor import dot, name_of, named
from explainer.words import N_, _, in_words

HEADINGS = {
    True: (
        N_("recipe"),
        N_("step"),
        N_("validation accuracy, last"),
        N_("training accuracy, last"),
        N_("generalisation gap (points)"),
        N_("validation accuracy at its lowest loss"),
        N_("lowest loss at step"),
        N_("weights at 0"),
        N_("test accuracy, from that step"),
    ),
    False: (
        N_("recipe"),
        N_("step"),
        N_("validation mean absolute error, last"),
        N_("training mean absolute error, last"),
        N_("generalisation gap"),
        N_("validation mean absolute error at its lowest loss"),
        N_("lowest loss at step"),
        N_("weights at 0"),
        N_("test mean absolute error, from that step"),
    ),
}
"""What the columns hold: accuracies, or errors in the unit of the target."""
SHIFTED = {True: N_("shifted test accuracy"), False: N_("shifted test mean absolute error")}
SEEDS = {
    True: N_("Validation accuracy, last: what each seed comes to."),
    False: N_("Validation mean absolute error, last: what each seed comes to."),
}
MUCH = 0.05  # of accuracy, from the step of the lowest loss to the last
CAPTIONS = {
    True: N_("Accuracy of each recipe: median over seeds, with the least and the largest"),
    False: N_("Error of each recipe: median over seeds, with the least and the largest"),
}
ENDINGS = {
    Status.STOPPED_EARLY: N_("{count} stopped early"),
    Status.DIVERGED: N_("{count} diverged"),
    Status.FAILED: N_("{count} failed"),
}
DIVERGED = N_("{recipe}, {count} of {seeds} seeds diverged: {reason}")
FAILED = N_("{recipe}, {count} of {seeds} seeds failed: {reason}")
DIALS = {"learning_rate", *(entry.slug for entry in PENALTIES)}
UNTESTED = N_("{recipe}, {count} of {seeds} seeds: {reason}")


def standings(snapshot: Snapshot) -> None:
    """What became of the prediction, the table, and why runs broke off."""
    if not snapshot.runs:
        return
    outcome(snapshot)
    _table(snapshot, shifted_answer())
    for sentence in _early(snapshot):
        st.caption(escaped(sentence))
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


def seed_by_seed(snapshot: Snapshot) -> None:
    """The last validation figure of every run, a column a seed, folded; nothing with one seed."""
    if len(snapshot.seeds) < 2 or not snapshot.runs:
        return
    of = snapshot.task.measure
    with st.expander(_("Seed by seed"), key=f"{KEY}.seed_by_seed"):
        st.caption(_(SEEDS[of.percent]))
        table(
            [_("recipe"), *(_("seed {number}", number=seed) for seed in snapshot.seeds)],
            [
                [
                    f"{dot(index)} {named(recipe, index)}",
                    *(
                        _figure([run.last.validation_measure] if run.last else [], of)
                        for run in snapshot.of_recipe(index)
                    ),
                ]
                for index, recipe in enumerate(snapshot.recipes)
            ],
        )


def _early(snapshot: Snapshot) -> list[str]:
    """Where the lowest validation loss came long before the best figure: the test is of there."""
    sentences, of = list[str](), snapshot.task.measure
    for index, recipe in enumerate(snapshot.recipes):
        runs = [run for run in snapshot.of_recipe(index) if run.last and run.best]
        lost = [
            of.better * (run.last.validation_measure - run.best.validation_measure)
            for run in runs
            if run.last and run.best
        ]
        if of.percent and lost and median(lost) > MUCH:
            sentences.append(
                _(
                    "{recipe}: the validation loss was lowest at step {step}, where {lost} points"
                    " of accuracy were still to come; the test scores the network of that step."
                    " Later it is right more often, and surer where it is wrong.",
                    recipe=name_of(recipe, index),
                    step=_median([float(run.best.step) for run in runs if run.best]),
                    lost=f"{100 * median(lost):.0f}",
                )
            )
    return sentences


def _table(snapshot: Snapshot, shifted: list[Score | None] | None) -> None:
    percent = snapshot.task.measure.percent
    headings = [*HEADINGS[percent], *[SHIFTED[percent]] * bool(shifted)]
    table(
        [_(heading) for heading in headings],
        [_row(snapshot, index, shifted) for index in range(len(snapshot.recipes))],
        name="race",
        caption=_(CAPTIONS[percent]),
    )


def _row(snapshot: Snapshot, index: int, shifted: list[Score | None] | None) -> list[str]:
    runs, of = snapshot.of_recipe(index), snapshot.task.measure
    measured = [run for run in runs if run.last is not None and run.best is not None]
    # Errors that grew without bound have no difference that means anything.
    compared = [run for run in measured if of.percent or not run.status.broken]
    gaps = [found for run in compared if (found := gap(run, of.better)) is not None]
    cells = [
        f"{dot(index)} {named(snapshot.recipes[index], index)}{_notes(runs)}",
        f"{max(run.step for run in runs):,}",
        _figure([run.last.validation_measure for run in measured if run.last], of),
        _figure([run.last.train_measure for run in measured if run.last], of),
        _figure(gaps, of, spread=False, unit=""),
        _figure([run.best.validation_measure for run in measured if run.best], of),
        _median([float(run.best.step) for run in measured if run.best]),
        _zeros(snapshot.recipes[index], [run.last.zero_share for run in measured if run.last]),
        _figure([run.test.measure for run in runs if run.test], of),
    ]
    if shifted:
        count = len(runs)
        scores = shifted[index * count : (index + 1) * count]
        cells.append(_figure([score.measure for score in scores if score], of))
    return cells


def _zeros(recipe: Recipe, shares: list[float]) -> str:
    """The share of weights at exactly 0, and why there is none where a lecture promises some."""
    text, held = _figure(shares, ACCURACY, spread=False), recipe.regularisation
    if held.l1_subgradient and not held.l1_proximal and shares and not max(shares):
        text += "<br><small>" + escape(_("steps across 0 and back")) + "</small>"
    return text


def _notes(runs: tuple[RunView, ...]) -> str:
    """What was changed while it raced, and how many seeds ended before their time."""
    turned = {one.what: one for run in runs for one in run.marks if one.what in DIALS}
    notes = [
        _("{change} from step {step}", change=in_words(one.text), step=f"{one.step:,}")
        for one in sorted(turned.values(), key=lambda one: one.step)
    ]
    for status, message in ENDINGS.items():
        count = sum(run.status is status for run in runs)
        if count:
            notes.append(_(message, count=count))
    return f" <small>({escape(', '.join(notes))})</small>" if notes else ""


def _figure(values: list[float], measure: Measure, *, spread: bool = True, unit: str = " %") -> str:
    """The median of what is a number, in `unit` where it is a share, and from where to where."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "–"

    def shown(value: float) -> str:
        return f"{100 * value:z.1f}" if measure.percent else measure.text(value)

    middle = (shown(median(finite)) + unit * measure.percent).replace("-", "−")
    if not spread or len(finite) == 1:
        return middle
    return f"{middle}<br><small>{shown(min(finite))}–{shown(max(finite))}</small>"


def _median(values: list[float]) -> str:
    return f"{median(values):,.0f}" if values else "–"
