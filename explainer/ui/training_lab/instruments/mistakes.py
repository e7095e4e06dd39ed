"""What a network gets wrong: confusion matrix and surest errors, or the largest; and where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explainer.charts.montage import example_picture
from explainer.charts.training_lab.answers import (
    confusion_points,
    confusion_spec,
)
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.mistakes import MOST, Answers, Mistake, answers
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.pictures import data, figures, inline
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.instruments.errors import fits, largest_errors
from explainer.ui.training_lab.names import of_step, pick_recipe
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, ngettext

PICTURE = 76
SHORT_NAME = 3


def mistakes_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """The answers of one recipe, and the surest of those that are wrong."""
    snapshot = seen(ticket)
    if not snapshot.task.measure.percent:
        fits(ticket, snapshot, moving=moving)
        largest_errors(ticket, snapshot, moving=moving)
        return
    say("training_lab", "mistakes")
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
        chart(
            confusion_points(found),
            confusion_spec(
                theme(), len(found.classes), tilted=max(map(len, found.classes)) > SHORT_NAME
            ),
            key=f"{KEY}.confusion",
            alt=_("Confusion matrix: rows are the truth, columns what the network predicted."),
        )
    with right:
        wrong, of = int((found.labels != found.predicted).sum()), len(found.labels)
        st.markdown(
            _("**{wrong} of the first {of} validation examples wrong.**", wrong=wrong, of=of)
            if of == MOST
            else _("**{wrong} of {of} validation examples wrong.**", wrong=wrong, of=of)
        )
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
