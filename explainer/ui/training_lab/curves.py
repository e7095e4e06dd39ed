"""The curves of a race on the page, which the browser keeps up to date by itself.

While a race moves, the component asks the route of the live pictures four times a second what is
new; no script runs for that. From the click that starts a race it asks as well, so that the first
points need not wait until the page has drawn all else that a race brings. It wakes the page when
the race begins to move or comes to rest. Where the route cannot be reached the component says so,
and the page has to run as often instead; after a while, longer each time, the component is told to
try again.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explainer.charts.race import ACCURACY, LOSS
from explainer.service import Ticket
from explainer.training.data.data_set import Examples
from explainer.training.engine.race import Race
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import heard, mount, pack, reported
from explainer.ui.common.live import live_picture
from explainer.ui.training_lab.control import STARTS
from explainer.ui.training_lab.curve_news import Awaited, Curves, View, entered, settings_of
from explainer.ui.training_lab.duration import needed
from explainer.ui.training_lab.first_points import FETCH
from explainer.ui.training_lab.plan import LabPlan
from explainer.words import _, language

FIRST_PAUSE, LONGEST_PAUSE = 20.0, 320.0  # seconds until a route that was closed is tried again


@dataclass(frozen=True)
class Pause:
    """For how many seconds from `since` the page runs for the curves, after that report."""

    report: dict[str, Any]
    seconds: float
    since: float


def empty_curves(key: str, plan: LabPlan, examples: Examples, training: int, view: View) -> None:
    """The charts of a race on `training` examples that has not begun, where its curves will be."""
    total = max(recipe.training.total_steps(max(training, 1)) for recipe in plan.recipes)
    ends = dict[str, float]()
    if examples.classes:
        ends = {LOSS.slug: math.ceil(math.log(max(len(examples.classes), 2))), ACCURACY.slug: 100.0}
    seeds = len(plan.seeds)
    time = needed(plan.recipes, seeds, examples, training)
    status = " · ".join(filter(None, (_("Not begun"), entered(len(plan.recipes), seeds), time)))
    awaited = _awaited(f"{key}.curves.source", plan, examples, view)
    awaited.status = status
    st.session_state[FETCH] = awaited.fetch
    mount(
        "live_race",
        family="race",
        key=f"{key}.curves",
        data=pack(
            {
                **settings_of(view, theme(), plan.recipes, len(plan.seeds)),
                "view": 0,
                "moving": False,
                "status": status,
                "number": 0,
                "curves": [],
                "old": [],
                "marks": [],
                "most": [ends.get(measure.slug) for measure in view.measures],
                "total": total,
                "address": live_picture(f"{key}.curves", awaited.answer),
                "starts": ", ".join(f".st-key-{key}-{name} button" for name in STARTS),
                "then": None,
            }
        ),
        on_woken_change=reported,
        on_closed_change=reported,
    )


def _awaited(name: str, plan: LabPlan, examples: Examples, view: View) -> Awaited:
    kept = st.session_state.get(name)
    if isinstance(kept, Awaited):
        if kept.asked == (plan, examples, view):
            return kept
        kept.end()
    made = st.session_state[name] = Awaited(plan, examples, view)
    return made


def race_curves(key: str, ticket: Ticket[Race], view: View, *, asks: bool) -> None:
    """Show the curves; `asks` says that the browser is to ask for what is new."""
    name = f"{key}.curves"
    kept: Curves | Awaited | None = st.session_state.get(f"{name}.source")
    if isinstance(kept, Awaited):
        kept = kept.curves
    now = (ticket, view, language())
    if kept is None or (kept.ticket, kept.view, kept.language) != now:
        kept = Curves(ticket, view)
    st.session_state[f"{name}.source"] = kept
    address = live_picture(name, kept.answer) if asks else ""
    mount(
        "live_race",
        family="race",
        key=name,
        data=kept.message(theme(), address=address),
        on_woken_change=reported,
        on_closed_change=reported,
    )


def is_reachable(key: str) -> bool:
    """Whether the browser is to ask by itself: it reports in which view it could not.

    Another view is tried at once, the same one after a pause, twice as long each time.
    """
    name = f"{key}.curves"
    shown: Curves | Awaited | None = st.session_state.get(f"{name}.source")
    closed = heard(name, "closed")
    if shown is None or isinstance(shown, Awaited) or closed.get("view") != shown.id:
        return True
    kept: Pause | None = st.session_state.get(f"{name}.pause")
    if kept is None or kept.report != closed:
        longer = kept is not None and kept.report.get("view") == shown.id
        seconds = min(2 * kept.seconds, LONGEST_PAUSE) if kept and longer else FIRST_PAUSE
        kept = st.session_state[f"{name}.pause"] = Pause(closed, seconds, time.monotonic())
    return time.monotonic() >= kept.since + kept.seconds
