"""The survey of a visitor: begun when the settings ask for another one, stopped, left.

A survey belongs to a visit, as a race does, and waits in a line of its own where a server has many.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.survey import Survey
from explainer.service import Phase, Service, ServiceClosed, ServiceFull, Ticket, service_of
from explainer.ui.common.visits import visit
from explainer.words import _, in_words, ngettext, sentence_of

KEY = "landscape"
WORK = "landscapes"
TICKET, REFUSED = f"{KEY}.ticket", f"{KEY}.refused"
Refused = tuple[SurveyPlan, str]
"""The plan that was not begun, and the sentence that says why."""


def _service() -> Service[Survey]:
    found: Service[Survey] = service_of(WORK)
    return found


def ticket_for(plan: SurveyPlan) -> Ticket[Survey] | None:
    """The visitor's survey of `plan`, begun if need be; None where the server has no room.

    A survey that was closed or refused is not begun again by itself: :func:`again` does.
    """
    ticket: Ticket[Survey] | None = st.session_state.get(TICKET)
    if ticket is not None and ticket.race.plan == plan:
        return ticket
    return None if refusal(plan) else _begin(plan)


def refusal(plan: SurveyPlan) -> str:
    """Why the survey of `plan` was not begun; empty where it was not refused."""
    refused: Refused | None = st.session_state.get(REFUSED)
    return in_words(refused[1]) if refused and refused[0] == plan else ""


def again(plan: SurveyPlan) -> None:
    """Begin the survey of `plan` anew."""
    _begin(plan)


def _begin(plan: SurveyPlan) -> Ticket[Survey] | None:
    try:
        ticket = _service().open(lambda: Survey(plan), visit(WORK).id)
    except (ServiceFull, ServiceClosed) as error:
        st.session_state[REFUSED] = plan, sentence_of(error)
        return None
    st.session_state.pop(REFUSED, None)
    st.session_state[TICKET] = ticket
    ticket.command(Survey.play)
    return ticket


def is_active(ticket: Ticket[Survey]) -> bool:
    """Whether the survey is being computed."""
    return ticket.state.active


def status(ticket: Ticket[Survey], plan: SurveyPlan) -> None:
    """How far the survey is, and the button that stops it or lets it go on."""
    state, seen = ticket.state, ticket.race.snapshot
    if state.phase is Phase.CLOSED:
        st.warning(in_words(state.message), icon=":material/info:")
        st.button(_("Compute it again"), key=f"{KEY}.again", on_click=again, args=(plan,))
        return
    if seen.message:
        st.warning(in_words(seen.message), icon=":material/info:")
        return
    if state.message and not seen.finished:
        st.warning(in_words(state.message), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(seen.progress, text=_words(ticket))
        if seen.finished:
            return
        if is_active(ticket):
            _button(ticket, _("Stop"), "stop", Survey.pause)
        elif not ticket.budget.message:  # a used-up budget lets nothing go on
            _button(ticket, _("Go on"), "play_arrow", Survey.play)


def _button(ticket: Ticket[Survey], label: str, icon: str, do: Callable[[Survey], None]) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=f"{KEY}.{do.__name__}",
        on_click=ticket.command, args=(do,),
    )  # fmt: skip


def _words(ticket: Ticket[Survey]) -> str:
    state, seen = ticket.state, ticket.race.snapshot
    if seen.finished:
        return ngettext(
            "All is computed: {points} point", "All is computed: {points} points", seen.points,
            points=f"{seen.points:,}",
        )  # fmt: skip
    if state.phase is Phase.IDLE:
        return ngettext(
            "Stopped at {points} point", "Stopped at {points} points", seen.points,
            points=f"{seen.points:,}",
        )  # fmt: skip
    words = [_(seen.phase, side=seen.side, whole=seen.plan.points)]
    if not seen.panels:
        words += [
            _("step {step} of {steps}", step=f"{one.step:,}", steps=f"{one.setup.steps:,}")
            for one in seen.variants
        ]
    elif seen.points_per_second:
        words.append(_("{count} points a second", count=f"{seen.points_per_second:,.0f}"))
    words += [state.shared] if state.shared else []
    return " · ".join(words)
