"""The time line of a race: back to a step that was kept, and from there into another race."""

from __future__ import annotations

import streamlit as st

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import KeptStep, Snapshot
from explainer.ui.training_lab.control import branch, plan_of
from explainer.ui.training_lab.moment import NOW, looked_at, moment_key
from explainer.ui.training_lab.plan import KEY, recipes
from explainer.words import _


def timeline(ticket: Ticket[Race]) -> None:
    """A slider over the kept steps, what it shows, and the button that branches off there.

    Its place is the same whatever the race does: it waits while the race plays.
    """
    snapshot, key = ticket.race.snapshot, moment_key(ticket)
    steps = [kept.step for kept in snapshot.kept]
    at = looked_at(ticket)
    st.session_state[key] = NOW if at is None else at
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.select_slider(
            _("As it was at step"), [*(steps or [0]), NOW], key=key,
            format_func=lambda step: _("now") if step == NOW else f"{step:,}",
            disabled=snapshot.playing or not steps,
        )  # fmt: skip
        st.button(
            _("Branch here"), key=f"{KEY}.branch", icon=":material/call_split:",
            on_click=branch, args=(ticket, snapshot.step if at is None else at),
            disabled=not _can_branch(ticket, snapshot, at),
            help=_(
                "A new race goes on from this step with the recipes as they are edited now; the old"
                " course stays in the curves, pale."
            ),
        )  # fmt: skip
    st.caption(_said(ticket, snapshot, at))


def _can_branch(ticket: Ticket[Race], snapshot: Snapshot, at: int | None) -> bool:
    if snapshot.playing or not snapshot.step or plan_of(ticket) is None:
        return False
    return at is None or _is_whole(snapshot, at)


def _is_whole(snapshot: Snapshot, at: int) -> bool:
    return KeptStep(at, whole=True) in snapshot.kept


def _said(ticket: Ticket[Race], snapshot: Snapshot, at: int | None) -> str:
    """What is shown, and what a branch would be."""
    if snapshot.playing:
        return _("Pause the race to look back.")
    if not snapshot.kept:
        return _("This race keeps no step to look back at.") if snapshot.step else ""
    step, count = f"{snapshot.step if at is None else at:,}", len(snapshot.kept)
    if at is None:
        return _("As it is now, at step {step} (kept steps: {count}).", step=step, count=count)
    said = _("As it was at step {step} (kept steps: {count}).", step=step, count=count)
    plan = plan_of(ticket)
    if not _is_whole(snapshot, at):
        more = _("It is kept in half precision: to be looked at, not to go on from.")
    elif any(mark.by_hand and mark.step > at for run in snapshot.runs for mark in run.marks):
        more = _("What was set by hand after it is not set again in a branch.")
    elif plan and plan.recipes == recipes():
        more = _("Edit a recipe before you branch: unchanged, the course repeats itself.")
    else:
        more = ""
    return f"{said} {more}"
