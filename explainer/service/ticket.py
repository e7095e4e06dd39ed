"""A visitor's hold on a race: commands go in, and how the race stands comes out."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from explainer.service.budget import Budget
from explainer.service.protocols import ServedRace
from explainer.words import ngettext

R = TypeVar("R", bound=ServedRace)
Answer = TypeVar("Answer")
ID_BYTES = 24


class Phase(StrEnum):
    """Where a race stands: training in turn with others, not wanting to train, or gone."""

    RACING = "racing"
    IDLE = "idle"
    CLOSED = "closed"


@dataclass(frozen=True)
class TicketState:
    """How a race stands with the service.

    `others` is how many more share the computer with it while it trains, and `share` how much of
    the time it has a turn, in (0, 1]. `message` is one sentence for the visitor, or empty: why the
    race is paused or closed.
    """

    phase: Phase
    others: int
    share: float
    message: str

    @property
    def active(self) -> bool:
        """Whether the race trains, in turn with the others."""
        return self.phase is Phase.RACING

    @property
    def shared(self) -> str:
        """With how many others it takes turns, in words; empty where it has the computer alone."""
        if not self.others:
            return ""
        return ngettext("in turn with {count} other", "in turn with {count} others", self.others)


class Desk(Protocol):
    """Whoever schedules the race of a ticket."""

    def attend(self, ticket: Ticket[Any]) -> None:
        """A command was given: see what the race needs now."""

    def state(self, ticket: Ticket[Any]) -> TicketState:
        """How the race stands now."""


class Ticket(Generic[R]):
    """One race, and who owns it.

    `id` is unguessable and may stand in the owner's URL; `visitor` is None while the race has no
    owner. `closed`, `message`, `visitor` and `left_at` belong to the service and change under its
    lock alone.
    """

    def __init__(self, race: R, visitor: str, desk: Desk, budget: Budget) -> None:
        self.id = secrets.token_urlsafe(ID_BYTES)
        self.race = race
        self.visitor: str | None = visitor
        self.budget = budget
        self.closed = False
        self.message = ""
        self.left_at: float | None = None
        self._desk = desk
        self._commands = threading.RLock()
        self._shut = False

    def command(self, do: Callable[[R], Answer]) -> Answer | None:
        """Call `do` with the race, wake who schedules it, and return what `do` returned.

        Safe from any thread. A closed race is not called: the answer is None. What `do` raises,
        the caller gets. Commands must come this way: a race that is told to play directly is not
        noticed.
        """
        with self._commands:
            if self._shut:
                return None
            try:
                return do(self.race)
            finally:
                self._desk.attend(self)

    def errand(self, do: Callable[[R], Answer]) -> Answer | None:
        """As :meth:`command`, for what costs time; where the budget is used up nothing is done.

        The answer is None then, and the message of the state says why.
        """
        if not self.budget.message:
            return self.command(do)
        self._desk.attend(self)
        return None

    @property
    def state(self) -> TicketState:
        """How the race stands now; cheap, from any thread."""
        return self._desk.state(self)

    def work(self, seconds: float) -> int:
        """For who schedules: run one slice and charge the budget; returns the steps of each run.

        A slice of 0 seconds is an errand.
        """
        started = time.perf_counter()
        steps = self.race.run_slice(seconds)
        taken = time.perf_counter() - started
        seen = self.race.snapshot
        held = seen.history_bytes + seen.checkpoint_bytes
        self.budget.charge(steps, taken, held, errand=not seconds)
        return steps

    def shut(self) -> None:
        """For who schedules: close the race, once; it lets go when the slice being done ends."""
        with self._commands:
            first, self._shut = not self._shut, True
        if first:
            self.race.close()
