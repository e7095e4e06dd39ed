"""What a network gets wrong: confusion matrix, its most confident errors, the decision boundary."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explainer.charts.montage import example_picture
from explainer.charts.training_lab.answers import (
    boundary_picture,
    confusion_points,
    confusion_spec,
)
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import Boundary, boundary
from explainer.training.instruments.mistakes import Answers, Mistake, answers
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.appearance import theme
from explainer.ui.common.pictures import data, figures, inline
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.names import first_seed_runs, marked, of_step, pick_recipe
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, ngettext

PICTURE = 76
PLANE = 230
SHORT_NAME = 3


def mistakes_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """On points the boundaries of all recipes; then the answers of one."""
    say("training_lab", "mistakes")
    snapshot = seen(ticket)
    _boundaries(ticket, snapshot, moving=moving)
    index = pick_recipe(snapshot, "mistakes_of")
    number = index * len(snapshot.seeds)
    answer = latest(ticket, ("answers", index), partial(_answers, number), moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
        return
    found = answer.value
    if found.unanswered:
        st.warning(_unanswered(found.unanswered), icon=":material/warning:")
    if not len(found.labels):
        return
    left, right = st.columns([1.2, 1])
    with left:
        st.vega_lite_chart(
            confusion_points(found),
            confusion_spec(
                theme(), len(found.classes), tilted=max(map(len, found.classes)) > SHORT_NAME
            ),
            key=f"{KEY}.confusion",
            alt=_("Confusion matrix: rows are the truth, columns what the network predicted."),
        )
    with right:
        wrong, of = int((found.labels != found.predicted).sum()), len(found.labels)
        st.markdown(_("**{wrong} of {of} validation examples wrong.**", wrong=wrong, of=of))
        if len(found.worst) and found.worst[0].picture.ndim == 3:
            st.caption(_("The errors it is surest of: truth, then prediction and confidence."))
            figures([_figure(one, found.classes) for one in found.worst], width=92)
    st.caption(of_step(answer.step, snapshot))


def _unanswered(count: int) -> str:
    return ngettext(
        "This run diverged: its output for {count} validation example is not a number, so it is"
        " neither right nor wrong.",
        "This run diverged: its output for {count} validation examples is not a number, so it is"
        " neither right nor wrong.",
        count,
    )


def _answers(number: int, runs: Sequence[Run]) -> Answers:
    return answers(runs[number])


def _figure(mistake: Mistake, classes: tuple[str, ...]) -> tuple[str, str]:
    truth, predicted = classes[mistake.truth], classes[mistake.predicted]
    alt = _("{truth}, taken for {predicted}", truth=truth, predicted=predicted)
    picture = inline(example_picture(mistake.picture), alt=alt, height=PICTURE)
    caption = f"{data(truth)} → <b>{data(predicted)}</b> {mistake.confidence:.0%}"
    return picture, caption


def _boundaries(ticket: Ticket[Race], snapshot: Snapshot, *, moving: bool) -> None:
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> list[Boundary]:
        plane = runs[0].data.shape == (2,)
        return [boundary(run) for run in runs[chosen]] if plane else []

    answer = latest(ticket, "boundary", question, moving=moving)
    if answer is None or not answer.value:
        return
    entries = []
    for index, found in enumerate(answer.value):
        alt = _("Decision boundary of recipe {number}.", number=index + 1)
        picture = inline(boundary_picture(found, theme()), alt=alt, height=PLANE, smooth=True)
        entries.append((picture, marked(snapshot, index)))
    figures(entries, width=PLANE)
    when = of_step(answer.step, snapshot)
    st.caption(_("{when}. Discs were trained on, rings were not.", when=when))
