"""Runs that are no better than guessing, and what was measured in them that keeps them there."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import streamlit as st

from explainer.charts.training_lab.layers import layer_title
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.units import UnitShares, unit_shares
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.asking import latest
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.names import first_seed_runs
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _

NO_BETTER = 0.1  # of the way from guessing to knowing all
SOON = 30  # steps before which nobody is blamed
MOST_UNITS_DEAD = 0.5


def chance_words(ticket: Ticket[Race]) -> None:
    """For each recipe of a race at rest that guesses: how often it is right, and why, if known."""
    snapshot, origin = ticket.race.snapshot, origin_of(ticket)
    if origin is None or not snapshot.task.measure.percent:
        return
    guess = 1 / len(origin[1].classes)
    places = [
        index
        for index in range(len(snapshot.recipes))
        if is_guessing(snapshot.of_recipe(index), guess)
    ]
    if not places:
        return
    shares = _shares(ticket, snapshot)
    for index in places:
        known = [run.last.train_measure for run in snapshot.of_recipe(index) if run.last]
        sentence = _(
            "{recipe} is no better than guessing: {right} % of its training examples are right, by"
            " guessing {guess} %.",
            recipe=name_of(snapshot.recipes[index], index),
            right=f"{100 * median(known):.0f}", guess=f"{100 * guess:.0f}",
        )  # fmt: skip
        worst = max(shares[index] if shares else (), key=lambda one: one.dead, default=None)
        if worst and worst.dead > MOST_UNITS_DEAD:
            sentence += " " + _(
                "{dead} % of the units of {layer} are dead: they give the same for every example,"
                " and no gradient reaches their weights. A smaller learning rate keeps them alive.",
                dead=f"{100 * worst.dead:.0f}", layer=layer_title(worst.layer),
            )  # fmt: skip
        st.warning(escaped(sentence), icon=":material/warning:")


def is_guessing(runs: Sequence[RunView], guess: float) -> bool:
    """Whether these runs know next to nothing of what they learn from, after their first steps."""
    known = [run.last.train_measure for run in runs if run.last and not run.status.broken]
    begun = max((run.step for run in runs), default=0) >= SOON
    return begun and bool(known) and (median(known) - guess) / (1 - guess) < NO_BETTER


def _shares(ticket: Ticket[Race], snapshot: Snapshot) -> list[tuple[UnitShares, ...]]:
    """The units of the first run of each recipe; nothing where the race does not answer."""
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> list[tuple[UnitShares, ...]]:
        return [unit_shares(run) for run in runs[chosen]]

    answer = latest(ticket, "units", question, moving=False)
    return answer.value if answer else []
