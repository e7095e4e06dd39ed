"""What a network gets wrong: confusion matrix and surest errors, or the largest; and where."""

from __future__ import annotations

import streamlit as st

from explainer.charts.montage import example_picture
from explainer.charts.training_lab.answers import (
    confusion_points,
    confusion_spec,
)
from explainer.powers import percent
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.instruments.mistakes import MOST, Mistake, answers
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.pictures import data, figures, inline
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import seen
from explainer.ui.training_lab.instruments.errors import fits, largest_errors, of_one_recipe
from explainer.ui.training_lab.names import of_step
from explainer.ui.training_lab.plan import KEY
from explainer.words import _

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
    __, answer = of_one_recipe(ticket, snapshot, answers, moving=moving)
    if answer is None or not len(answer.value.labels):
        return
    found = answer.value
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


def _figure(mistake: Mistake, classes: tuple[str, ...]) -> tuple[str, str]:
    truth, predicted = classes[mistake.truth], classes[mistake.predicted]
    alt = _("{truth}, taken for {predicted}", truth=truth, predicted=predicted)
    picture = inline(example_picture(mistake.picture), alt=alt, height=PICTURE)
    caption = f"{data(truth)} → <b>{data(predicted)}</b> {percent(mistake.confidence)}"
    return picture, caption
