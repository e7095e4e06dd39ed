"""What the browser is told of a race: its curves, all of them first, then what is new.

Page and route ask from threads of their own. Before a race has begun there is somebody to ask as
well, so that its first points need not wait until the page has drawn all else that it brings.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from explainer.charts.race import (
    LIVE_POINTS,
    LOSS,
    POINTS,
    VALIDATION,
    Measure,
    curves_of,
    marks_of,
    old_course_of,
    usual_most,
)
from explainer.charts.theme import Theme
from explainer.messages import LARGEST_NUMBER, said_shortly, whole
from explainer.service import RACES, Ticket, TicketState, service
from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Prepared
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe
from explainer.training.task import ABSOLUTE_ERROR
from explainer.ui.common.components import pack
from explainer.ui.common.visits import visit
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.duration import left
from explainer.ui.training_lab.first_points import Fetch
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.plan import LabPlan
from explainer.ui.training_lab.recipe_editor import name_of
from explainer.words import _, in_words, language, ngettext, spoken

SECONDS = 0.25
REST_SECONDS = 0.4
MOST_PREPARED = 2**27  # bytes of the data of all seeds
PREPARED = deque[list[Prepared]](maxlen=3)
"""The data of races that visitors may start next; whoever asks for the same is given these."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class View:
    """What is drawn: one chart for each measure, and how. `smoothing` is in [0, 1)."""

    measures: tuple[Measure, ...]
    logarithmic: bool = False
    smoothing: float = 0.0
    status: bool = True


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
            # Before the snapshot: who is told that the race rests is then told of its last step.
            moving, state = is_active(self.ticket), self.ticket.state
            snapshot = self.ticket.race.snapshot
            number, header, blobs = self._drawn(snapshot, LIVE_POINTS if moving else POINTS)
        status = status_line(state, snapshot) if self.view.status else ""
        news = {"view": self.id, "moving": moving, "status": status}
        return ({**news, **header}, blobs) if number != known else (news, [])

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
        told = settings_of(self.view, theme, snapshot.recipes, len(snapshot.seeds))
        return {**told, "then": looked_at(self.ticket)}


class Awaited:
    """The curves of a race that has not begun: the answer as soon as the visitor has one.

    Where the plan rests for a moment, its data are prepared before the race asks for them.
    """

    def __init__(self, plan: LabPlan, examples: Examples, view: View) -> None:
        self.asked = plan, examples, view
        self.status = ""
        self.curves: Curves | None = None
        self.fetch = Fetch()
        self._service, self._visit = service(), visit(RACES).id
        self._rest = threading.Timer(REST_SECONDS, self._prepare)
        self._rest.daemon = False  # the end of the process must not cut it off inside torch
        self._rest.start()

    def end(self) -> None:
        """Another is awaited now."""
        self._rest.cancel()

    def _prepare(self) -> None:
        plan, examples, _view = self.asked
        if len(plan.seeds) * examples.inputs.nbytes > MOST_PREPARED:
            return
        with suppress(ValueError):  # what cannot be prepared is said where the race is built
            ready = [*map(plan.source(examples), plan.seeds)]
            if not any(ready[0] is kept[0] for kept in PREPARED):
                PREPARED.append(ready)

    def answer(self, values: dict[str, object], number: int) -> bytes:
        """As :meth:`Curves.answer`; without curves, and of view 0, while there is no race."""
        self.fetch.asked = True
        ticket = self._service.find(self._visit)
        if ticket is None:
            return pack({"view": 0, "moving": True, "status": self.status})
        if self.curves is None or self.curves.ticket is not ticket:
            self.curves = Curves(ticket, self.asked[-1])
        begun = any(run.curves for run in ticket.race.snapshot.runs)
        answer = self.curves.answer(values, number)
        if begun:
            self.fetch.done.set()
        return answer


def settings_of(view: View, theme: Theme, recipes: Sequence[Recipe], seeds: int) -> dict[str, Any]:
    """What is drawn and in which colours, for the header of a message."""
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


def entered(recipes: int, seeds: int) -> str:
    """How many run."""
    return " × ".join(
        [
            ngettext("{count} recipe", "{count} recipes", recipes),
            ngettext("{count} seed", "{count} seeds", seeds),
        ]
    )


def status_line(state: TicketState, snapshot: Snapshot) -> str:
    """How far the race is, who runs where, and how fast, in one line."""
    of, total = f"{snapshot.step:,}", f"{snapshot.total_steps:,}"
    parts = [
        _("Step {step} of {total}", step=of, total=total),
        entered(len(snapshot.recipes), len(snapshot.seeds)),
        computed_on(snapshot),
    ]
    if state.active:
        speed = f"{snapshot.model_steps_per_second * state.share:,.0f}"
        parts.append(_("{speed} steps a second in all", speed=speed))
        parts += filter(None, (state.shared, left(snapshot, state.share)))
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
    """Where the axis of a loss or an error ends at the latest; None where it does not."""
    if measure.slug not in (LOSS.slug, ABSOLUTE_ERROR.slug):
        return None
    most = usual_most(snapshot, dict(measure.columns)[VALIDATION])
    return most if math.isfinite(most) else None
