"""What a network tells in place of numbers: against their targets, and where it is furthest off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from explainer.charts.theme import Theme, centred
from explainer.charts.training_lab.answers import target_reach
from explainer.charts.training_lab.targets import (
    fit_points,
    fit_reach,
    fit_spec,
    told_points,
    told_reach,
    told_spec,
)
from explainer.powers import power_of_ten
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import Boundary
from explainer.training.instruments.errors import Errors, errors
from explainer.training.instruments.fit import Fit, fit
from explainer.training.instruments.mistakes import MOST
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.task import ABSOLUTE_ERROR
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.pictures import colour_bar, coordinates
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.training_lab.asking import WorkerAnswer, latest
from explainer.ui.training_lab.names import (
    first_seed_runs,
    of_step,
    pick_recipe,
    without_numbers,
)
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, ngettext

WORST = 8


class Measured(Protocol):
    """What was found of a run, and for how many examples nothing could be."""

    @property
    def unanswered(self) -> int: ...


Found = TypeVar("Found", bound=Measured)


def fits(ticket: Ticket[Race], snapshot: Snapshot, *, moving: bool) -> None:
    """Where one number is told from another: the curves of all recipes among the examples."""
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> list[Fit]:
        return [fit(run) for run in runs[chosen]] if runs[0].data.shape == (1,) else []

    answer = latest(ticket, "fit", question, moving=moving)
    if answer is None or not answer.value:
        return
    say("training_lab", "errors_curve")
    chart(
        fit_points(answer.value),
        fit_spec(theme(), round(fit_reach(answer.value), 2)),
        key=f"{KEY}.fit",
        alt=_("What each recipe tells along the inputs, one line a recipe, among the examples."),
    )
    when = of_step(answer.step, snapshot)
    st.caption(_("{when}. Discs were trained on, rings were not.", when=when))
    without_numbers(snapshot)


def largest_errors(ticket: Ticket[Race], snapshot: Snapshot, *, moving: bool) -> None:
    """What one recipe tells against what was to be told, and its largest errors."""
    say("training_lab", "errors")
    index, answer = of_one_recipe(ticket, snapshot, errors, moving=moving)
    if answer is None or not len(answer.value.targets):
        return
    found = answer.value
    left, right = st.columns([1.2, 1])
    with left:
        chart(
            told_points(found, index),
            told_spec(theme(), round(told_reach(found), 2)),
            key=f"{KEY}.told",
            alt=_("What the network tells against the target, a dot a validation example."),
        )
    with right:
        mean, count = ABSOLUTE_ERROR.text(float(found.sizes.mean())), len(found.sizes)
        st.markdown(
            _("**Mean absolute error {mean}** on the first {count} validation examples.",
              mean=mean, count=count)
            if count == MOST else
            _("**Mean absolute error {mean}** on {count} validation examples.",
              mean=mean, count=f"{count:,}")
        )  # fmt: skip
        st.caption(_("Where it is furthest off:"))
        table(
            [_("input"), _("target"), _("output"), _("error")],
            [_row(found, place) for place in range(min(WORST, len(found.sizes)))],
        )
    st.caption(of_step(answer.step, snapshot))


def target_bar(found: Boundary, look: Theme) -> str:
    """The scale of targets and outputs over the plane, HTML."""
    reach = power_of_ten(target_reach(found))
    return colour_bar(centred(look), _("Target and output: ≤ {low}", low=f"−{reach}"), f"≥ {reach}")


def _row(found: Errors, place: int) -> list[str]:
    values = (found.targets[place, 0], found.outputs[place, 0], found.sizes[place])
    shown = (ABSOLUTE_ERROR.text(float(one)).replace("-", "−") for one in values)
    return [coordinates(found.inputs[place]), *shown]


def of_one_recipe(
    ticket: Ticket[Race], snapshot: Snapshot, measure: Callable[[Run], Found], *, moving: bool
) -> tuple[int, WorkerAnswer[Found] | None]:
    """A choice of one recipe, and what `measure` finds of its run with the first seed, if known."""
    index = pick_recipe(snapshot, "mistakes_of")
    number = index * len(snapshot.seeds)

    def question(runs: Sequence[Run]) -> Found:
        return measure(runs[number])

    answer = latest(ticket, (measure.__name__, index), question, moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
    elif count := answer.value.unanswered:
        st.warning(_unanswered(count), icon=":material/warning:")
    return index, answer


def _unanswered(count: int) -> str:
    return ngettext(
        "This run diverged: its output for {count} validation example is not a number, and is"
        " left out.",
        "This run diverged: its output for {count} validation examples is not a number, and is"
        " left out.",
        count,
    )
