"""Look inside: the best network of a run, taken over to the pages that look into networks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explainer.networks.zoo.own import OwnNetwork, taken_over
from explainer.service import Ticket
from explainer.topics import topic
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.measurement.snapshot import Status
from explainer.ui.common.prose import escaped, say
from explainer.ui.networks.own import ITS_OWN, keep, own_networks
from explainer.ui.training_lab.asking import NoAnswer, answer_now, seen
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.names import pick_recipe, pick_seed
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _, told

PAGES = ("feature_maps", "attribution")
REFUSED = f"{KEY}.not_taken_over"


def inside_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """A recipe, a seed, how good its best network is; once taken over, the pages that open it."""
    origin = origin_of(ticket)
    if origin is not None and not origin[1].pictures:
        st.info(_("This network takes points, not pictures, so it has no maps to look at."))
        return
    say("training_lab", "inside")
    snapshot = seen(ticket)
    index = pick_recipe(snapshot, "inside_of")
    run = pick_seed(snapshot, index, "inside_seed")
    if run.best is None:
        if run.status is Status.DIVERGED:
            st.caption(
                _("This run diverged before its loss was ever a number, so it has no best network.")
            )
        else:
            st.caption(_("There is no best network before the first measurement."))
        return
    st.caption(
        _(
            "Best so far: after step {step}, {accuracy} of the validation part right. What you take"
            " along is a copy, whatever becomes of the race.",
            step=f"{run.best.step:,}", accuracy=f"{run.best.validation_measure:.1%}",
        )
    )  # fmt: skip
    name = name_of(snapshot.recipes[index], index)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            _("Take it along"), key=f"{KEY}.inside.take", icon=":material/travel_luggage_and_bags:",
            on_click=_take_over, args=(ticket, snapshot.runs.index(run), name),
        )  # fmt: skip
        taken = [one for one in own_networks() if (one.name, one.seed) == (name, run.seed)]
        if taken:
            _ways_in(taken[-1])
    if message := st.session_state.pop(REFUSED, None):
        st.warning(escaped(message), icon=":material/info:")


def _ways_in(entry: OwnNetwork) -> None:
    """Links to the pages that open it, with it chosen there."""
    for slug in PAGES:
        page = topic(slug)
        label = _("Open in {page}", page=_(page.title))
        st.page_link(f"../pages/{slug}.py", label=label, icon=page.icon)
    st.caption(_("As it was after step {step}.", step=f"{entry.step:,}"), width="content")


def _take_over(ticket: Ticket[Race], number: int, name: str) -> None:
    """Copy the best network of a run and choose it on the pages, or leave one sentence."""
    try:
        entry = answer_now(ticket, partial(_copied, number, name), at=looked_at(ticket))
    except (ValueError, NoAnswer) as error:
        st.session_state[REFUSED] = told(error)
        return
    keep(entry)
    for page in PAGES:
        st.session_state[f"{page}.network"] = entry.slug
        st.session_state[f"{page}.shown"] = ITS_OWN.slug


def _copied(number: int, name: str, runs: Sequence[Run]) -> OwnNetwork:
    return taken_over(runs[number], name)
