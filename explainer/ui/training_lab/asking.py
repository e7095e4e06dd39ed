"""Questions to the worker of a race, put so rarely that the race hardly slows down.

What is measured again and again :func:`latest` fetches; what a visitor asks for :func:`answer_now`.
While a race trains, a question that took t seconds is put again after t / SHARE seconds at the
earliest. Where the race stands still the answer is fetched at once, and it is of this very step.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.memory import remembered
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.plan import KEY
from explainer.words import N_, _

SHARE = 0.01
SHORTEST_PAUSE = 0.9
FIRST_WAIT, STILL_WAIT = 0.6, 10.0
PATIENCE_SECONDS = 20
GONE = N_("This race has ended and its memory is free, so there is nothing to ask it.")
BUSY = N_("The race has too much to do already; try again in a while.")
MOST_KEPT = 24

Value = TypeVar("Value")
Question = Callable[[Sequence[Run]], Value]


class NoAnswer(RuntimeError):  # noqa: N818, a state of the race and no mistake
    """The worker gave no answer; the message is one sentence that says why."""


@dataclass(frozen=True)
class WorkerAnswer(Generic[Value]):
    """What the worker answered after `step` steps, and how long it took, in seconds."""

    value: Value
    step: int
    seconds: float


@dataclass
class Asked(Generic[Value]):
    """The last answer to a question that is put again and again, and the one that is awaited.

    Page and route ask from threads of their own.
    """

    last: WorkerAnswer[Value] | None = None
    pending: Future[WorkerAnswer[Value]] | None = None
    again_at: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def latest(
        self,
        ticket: Ticket[Race],
        question: Question[Value],
        *,
        moving: bool,
        at: int | None = None,
        shortest: float = SHORTEST_PAUSE,
        share: float = SHARE,
    ) -> WorkerAnswer[Value] | None:
        """As :func:`latest`; with `at` it is about the runs as they were at that kept step."""
        with self.turn:
            self._collect(shortest, share)
            if self.pending is None and self._due(ticket, at, moving=moving):
                self.pending = ticket.command(lambda race: race.ask(_timed(question), at))
            if self.pending is not None and not (moving and self.last):
                _wait(self.pending, FIRST_WAIT if moving else STILL_WAIT)
                self._collect(shortest, share)
            return self.last

    def _due(self, ticket: Ticket[Race], at: int | None, *, moving: bool) -> bool:
        if self.last is None:
            return True
        if at is not None or self.last.step == ticket.race.snapshot.step:
            return False
        return not moving or time.monotonic() >= self.again_at

    def _collect(self, shortest: float, share: float) -> None:
        """Take the awaited answer where it is there. What the question raised is raised here."""
        if self.pending is None or not self.pending.done():
            return
        done, self.pending = self.pending, None
        if not done.cancelled():
            self.last = done.result()
            pause = max(shortest, self.last.seconds / share)
            self.again_at = time.monotonic() + pause


def answer_now(
    ticket: Ticket[Race],
    question: Question[Value],
    *,
    seconds: float = PATIENCE_SECONDS,
    costly: bool = False,
    at: int | None = None,
) -> Value:
    """The answer to `question`, awaited for so many seconds at the most.

    With `at` it is about the runs as they were at that kept step. A `costly` one is not put where
    the budget of the race is used up. Raises :class:`NoAnswer`; what the question raises comes as
    it is.
    """
    return awaited(ticket, lambda race: race.ask(question, at), seconds=seconds, costly=costly)


def seen(ticket: Ticket[Race]) -> Snapshot:
    """The race as it was at the step that is looked at, or as it is. Raises :class:`NoAnswer`."""
    at = looked_at(ticket)
    if at is None:
        return ticket.race.snapshot
    return remembered(
        f"{KEY}.seen", (*_race_as_it_is(ticket), at),
        lambda: awaited(ticket, lambda race: race.at(at)),
    )  # fmt: skip


def awaited(
    ticket: Ticket[Race],
    order: Callable[[Race], Future[Value]],
    *,
    seconds: float = PATIENCE_SECONDS,
    costly: bool = False,
) -> Value:
    """What comes of an `order` to the race, as :func:`answer_now` has it."""
    asked = (ticket.errand if costly else ticket.command)(order)
    if asked is None:
        raise NoAnswer(_(GONE) if ticket.closed else ticket.state.message)
    try:
        return asked.result(seconds)
    except CancelledError:
        raise NoAnswer(_(GONE) if ticket.closed else _(BUSY)) from None
    except TimeoutError:
        asked.cancel()  # nobody waits for it any more
        late = _(
            "The race had no time for it within {seconds} s; try again.", seconds=f"{seconds:g}"
        )
        raise NoAnswer(late) from None


def latest(
    ticket: Ticket[Race],
    name: Hashable,
    question: Question[Value],
    *,
    moving: bool,
    shortest: float = SHORTEST_PAUSE,
) -> WorkerAnswer[Value] | None:
    """The newest answer there is to `question`, which `name` identifies; None before the first.

    While the race moves it is put again after `shortest` seconds at the earliest. Where an earlier
    step is looked at, it is about the runs as they were there.

    What `name` says must be all that the question depends on apart from the race.
    """
    asked: Asked[Value] = asked_before(ticket, name)
    at = looked_at(ticket)
    return asked.latest(ticket, question, moving=moving, at=at, shortest=shortest)


def asked_before(ticket: Ticket[Race], name: Hashable) -> Asked[Value]:
    """What is known of the question `name` about the moment that is looked at."""
    kept = st.session_state.setdefault(f"{KEY}.asked", {})
    place = (*_race_as_it_is(ticket), looked_at(ticket), name)
    found: Asked[Value] = kept.pop(place, None) or Asked()
    kept[place] = found  # the one used last comes last
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
    return found


def _race_as_it_is(ticket: Ticket[Race]) -> tuple[Hashable, ...]:
    """What a race is apart from its step: its seeds, and what was set by hand."""
    snapshot = ticket.race.snapshot
    set_by_hand = [mark for run in snapshot.runs for mark in run.marks if mark.by_hand]
    return ticket.id, snapshot.seeds, tuple(set_by_hand)


def _timed(question: Question[Value]) -> Question[WorkerAnswer[Value]]:
    def ask(runs: Sequence[Run]) -> WorkerAnswer[Value]:
        started = time.perf_counter()
        value = question(runs)
        step = max(run.step for run in runs)
        return WorkerAnswer(value, step, time.perf_counter() - started)

    return ask


def _wait(pending: Future[WorkerAnswer[Value]], seconds: float) -> None:
    try:
        pending.exception(timeout=seconds)
    except (TimeoutError, CancelledError):
        return
