"""The visitor's own race in the training lab as a source of scores."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.metrics.own_race import of_run
from explainer.metrics.scores import Scored
from explainer.training.engine.run import Run
from explainer.ui.training_lab.asking import latest
from explainer.ui.training_lab.control import current, is_active
from explainer.ui.training_lab.names import of_step, pick_recipe
from explainer.words import _


def own_scores() -> Scored | None:
    """What a recipe of the race says now of its validation pictures; else one sentence why not."""
    ticket = current()
    if ticket is None or not ticket.race.snapshot.runs:
        st.info(_("There is no race of yours in this visit. Start one in the training lab, then "
                  "come back."), icon=":material/info:")  # fmt: skip
        return None
    snapshot = ticket.race.snapshot
    if not snapshot.task.measure.percent:
        st.info(_("Your race predicts numbers; a threshold needs classes."))
        return None
    index = pick_recipe(snapshot, "scores_of")
    number = index * len(snapshot.seeds)

    def question(runs: Sequence[Run]) -> Scored | None:
        return of_run(runs[number])

    answer = latest(ticket, ("scores", index), question, moving=is_active(ticket))
    if answer is None:
        st.caption(_("Measuring."))
        return None
    if answer.value is None:
        st.info(_("Your race has no scores of pictures: it learns points, or it diverged."))
        return None
    st.caption(of_step(answer.step, snapshot))
    return answer.value
