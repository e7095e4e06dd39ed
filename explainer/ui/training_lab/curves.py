"""The curves of a race on the page, which the browser keeps up to date by itself.

While a race moves, the component asks the route of the live pictures four times a second what is
new; no script runs for that. It wakes the page when the race begins to move or comes to rest. Where
the route cannot be reached the component says so, and the page has to run as often instead; after a
while, longer each time, the component is told to try again.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explainer.charts.race import (
    ACCURACY,
    LIVE_POINTS,
    LOSS,
    POINTS,
    Measure,
    curves_of,
    marks_of,
    old_course_of,
    usual_most,
)
from explainer.charts.theme import Theme
from explainer.messages import LARGEST_NUMBER, said_shortly, whole
from explainer.service import Phase, Ticket
from explainer.training.data.data_set import Examples
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import heard, mount, pack, reported
from explainer.ui.common.live import live_picture
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.plan import LabPlan
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _, in_words, language, ngettext, spoken

SECONDS = 0.25
FIRST_PAUSE, LONGEST_PAUSE = 20.0, 320.0  # seconds until a route that was closed is tried again
_numbers = itertools.count(1)


@dataclass(frozen=True)
class View:
    """What is drawn: one chart for each measure, and how. `smoothing` is in [0, 1)."""

    measures: tuple[Measure, ...]
    logarithmic: bool = False
    smoothing: float = 0.0
    status: bool = True


@dataclass(frozen=True)
class Pause:
    """For how many seconds from `since` the page runs for the curves, after that report."""

    report: dict[str, Any]
    seconds: float
    since: float


class Curves:
    """What the component is told of a race in one view: everything first, then what is new.

    Page and route ask from threads of their own; what has the higher number is never the older.
    """

    def __init__(self, ticket: Ticket[Race], view: View) -> None:
        self.ticket, self.view, self.language = ticket, view, language()
        self.id = next(_numbers)
        self._kept: tuple[object, int, dict[str, Any], list[bytes]] = (None, 0, {}, [])
        self._turn = threading.Lock()

    def message(self, theme: Theme, *, address: str) -> bytes:
        """Recipes, charts and curves as they are now."""
        news, blobs = self._news(known=-1)
        return pack({**self._settings(theme), **news, "address": address}, *blobs)

    def answer(self, values: dict[str, object], _number: int) -> bytes:
        """The state of the race, with curves where those that `values` calls known are old.

        Raises `ValueError` where what is known is no number.
        """
        known = whole(values.get("known"), -1, LARGEST_NUMBER)
        if known is None:
            raise ValueError(f"known is {said_shortly(values.get('known'))}, but it is a number")
        with spoken(self.language):  # asked by the route, which knows no visitor
            news, blobs = self._news(known=known)
        return pack(news, *blobs)

    def _news(self, *, known: int) -> tuple[dict[str, Any], list[bytes]]:
        with self._turn:
            moving = is_active(self.ticket)  # before the snapshot, which is then the last one
            snapshot = self.ticket.race.snapshot
            number, header, blobs = self._drawn(snapshot, LIVE_POINTS if moving else POINTS)
        status = status_line(self.ticket, snapshot) if self.view.status else ""
        state = {"view": self.id, "moving": moving, "status": status}
        return ({**state, **header}, blobs) if number != known else (state, [])

    def _drawn(self, snapshot: Snapshot, points: int) -> tuple[int, dict[str, Any], list[bytes]]:
        """The curves with their number, the same again where nothing was measured since."""
        of = points, [(run.curves, run.status, run.marks) for run in snapshot.runs]
        before, number, header, blobs = self._kept
        if before != of:
            number, header, blobs = next(_numbers), {}, []
            smoothing = self.view.smoothing
            now, old = (
                [
                    (place, curve)
                    for place, measure in enumerate(self.view.measures)
                    for curve in course(snapshot, measure, points=points, smoothing=smoothing)
                ]
                for course in (curves_of, old_course_of)
            )
            header["number"] = number
            header["curves"], header["old"] = (
                [(place, curve.recipe, curve.part) for place, curve in course]
                for course in (now, old)
            )
            header["marks"] = marks_of(snapshot)
            header["most"] = [_most(snapshot, measure) for measure in self.view.measures]
            blobs = [curve.values.tobytes() for __, curve in (*now, *old)]
            self._kept = of, number, header, blobs
        return number, header, blobs

    def _settings(self, theme: Theme) -> dict[str, Any]:
        snapshot = self.ticket.race.snapshot
        told = _settings(self.view, theme, snapshot.recipes, len(snapshot.seeds))
        return {**told, "then": looked_at(self.ticket)}


def _settings(view: View, theme: Theme, recipes: Sequence[Recipe], seeds: int) -> dict[str, Any]:
    return {
        "every": 1000 * SECONDS,
        "recipes": [
            {"name": name_of(recipe, index), "colour": theme.categorical[index]}
            for index, recipe in enumerate(recipes)
        ],
        "seeds": seeds,
        "charts": [_described(measure, view) for measure in view.measures],
    }


def _described(measure: Measure, view: View) -> dict[str, Any]:
    return {
        "slug": measure.slug,
        "title": _(measure.title),
        "parts": [part for part, __ in measure.columns],
        "zero": measure.zero,
        "logarithmic": view.logarithmic and measure.logarithmic,
        "alt": _(
            "Curves of {measure} over the steps, one colour for each recipe.",
            measure=_(measure.title),
        ),
    }


def empty_curves(key: str, plan: LabPlan, examples: Examples, training: int, view: View) -> None:
    """The charts of a race on `training` examples that has not begun, where its curves will be."""
    total = max(recipe.training.total_steps(max(training, 1)) for recipe in plan.recipes)
    ends = {LOSS.slug: math.ceil(math.log(max(len(examples.classes), 2))), ACCURACY.slug: 100.0}
    status = _("Not begun")
    mount(
        "live_race",
        family="race",
        key=f"{key}.curves",
        data=pack(
            {
                **_settings(view, theme(), plan.recipes, len(plan.seeds)),
                "view": 0,
                "moving": False,
                "status": " · ".join([status, _entered(len(plan.recipes), len(plan.seeds))]),
                "number": 0,
                "curves": [],
                "old": [],
                "marks": [],
                "most": [ends.get(measure.slug) for measure in view.measures],
                "total": total,
                "address": "",
                "then": None,
            }
        ),
        on_woken_change=reported,
        on_closed_change=reported,
    )


def _entered(recipes: int, seeds: int) -> str:
    """How many run."""
    return " × ".join(
        [
            ngettext("{count} recipe", "{count} recipes", recipes),
            ngettext("{count} seed", "{count} seeds", seeds),
        ]
    )


def race_curves(key: str, ticket: Ticket[Race], view: View, *, asks: bool) -> None:
    """Show the curves; `asks` says that the browser is to ask for what is new."""
    name = f"{key}.curves"
    kept: Curves | None = st.session_state.get(f"{name}.source")
    now = (ticket, view, language())
    if kept is None or (kept.ticket, kept.view, kept.language) != now:
        kept = st.session_state[f"{name}.source"] = Curves(ticket, view)
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
    shown: Curves | None = st.session_state.get(f"{name}.source")
    closed = heard(name, "closed")
    if shown is None or closed.get("view") != shown.id:
        return True
    kept: Pause | None = st.session_state.get(f"{name}.pause")
    if kept is None or kept.report != closed:
        longer = kept is not None and kept.report.get("view") == shown.id
        seconds = min(2 * kept.seconds, LONGEST_PAUSE) if kept and longer else FIRST_PAUSE
        kept = st.session_state[f"{name}.pause"] = Pause(closed, seconds, time.monotonic())
    return time.monotonic() >= kept.since + kept.seconds


def status_line(ticket: Ticket[Race], snapshot: Snapshot) -> str:
    """How far the race is, who runs where, and how fast, in one line."""
    state = ticket.state
    of, total = f"{snapshot.step:,}", f"{snapshot.total_steps:,}"
    parts = [
        _("Step {step} of {total}", step=of, total=total),
        _entered(len(snapshot.recipes), len(snapshot.seeds)),
        computed_on(snapshot),
    ]
    if state.phase is Phase.WAITING:
        place, length = state.position, state.line_length
        parts.append(_("waiting in line, place {place} of {length}", place=place, length=length))
    elif state.phase is Phase.RACING:
        speed = f"{snapshot.model_steps_per_second:,.0f}"
        parts.append(_("{speed} steps a second in all", speed=speed))
    else:
        parts.append(_("finished") if snapshot.finished else _("paused"))
    return " · ".join(parts)


def computed_on(snapshot: Snapshot) -> str:
    """The device, and how much of its own memory is in use."""
    if not snapshot.device_bytes:
        return in_words(snapshot.device)
    used = f"{snapshot.device_bytes / 1024**2:,.0f}"
    return _("{device}, {megabytes} MB in use", device=snapshot.device, megabytes=used)


def _most(snapshot: Snapshot, measure: Measure) -> float | None:
    """Where the axis of a loss ends at the latest; None where it does not."""
    most = usual_most(snapshot) if measure is LOSS else math.inf
    return most if math.isfinite(most) else None
