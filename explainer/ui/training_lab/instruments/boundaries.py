"""What each recipe answers over the plane, large beside the curves, while it trains."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.charts.training_lab.answers import boundary_picture
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import Boundary, boundary
from explainer.ui.common.appearance import theme
from explainer.ui.common.pictures import figures, inline
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.instruments.errors import target_bar
from explainer.ui.training_lab.names import first_seed_runs, marked, of_step
from explainer.words import _

SIDES = {1: 340, 2: 160, 4: 100, 8: 76}
"""Pixels of a side, by up to how many recipes there are: they are seen together with the curves."""


def boundaries(ticket: Ticket[Race], *, moving: bool) -> None:
    """One picture a recipe, of its first seed."""
    snapshot = seen(ticket)
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> list[Boundary]:
        return [boundary(run) for run in runs[chosen]]

    answer = latest(ticket, "boundary", question, moving=moving)
    if answer is None:
        return
    side = next(side for most, side in SIDES.items() if len(answer.value) <= most)
    entries = []
    for index, found in enumerate(answer.value):
        alt = _("Decision boundary of recipe {number}.", number=index + 1)
        if found.numbers:
            alt = _("Output of recipe {number} over the plane.", number=index + 1)
        picture = inline(boundary_picture(found, theme()), alt=alt, height=side, smooth=True)
        entries.append((picture, marked(snapshot, index)))
    figures(entries, width=side)
    when = of_step(answer.step, snapshot)
    if answer.value[0].numbers:
        st.html(target_bar(answer.value[0], theme()))
        st.caption(_("{when}. Discs were trained on, squares were not.", when=when))
    else:
        st.caption(_("{when}. Discs were trained on, rings were not.", when=when))
