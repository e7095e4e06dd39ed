"""The training service: one for the process, one race a visitor, nothing without a bound.

It knows who owns which race; whose turn it is, the scheduler knows. Visitors are any strings that
tell them apart.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Generic

from explainer.service.budget import Budget
from explainer.service.scheduler import Scheduler
from explainer.service.sentences import RACE, Sentences
from explainer.service.settings import ServiceSettings
from explainer.service.ticket import Phase, R, Ticket, TicketState

__all__ = ["Phase", "Service", "ServiceClosed", "ServiceFull", "Ticket", "TicketState"]

STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


class ServiceFull(RuntimeError):  # noqa: N818, a state of the service and no mistake
    """There are as many races as the server takes; the message is one sentence with the number."""


class ServiceClosed(RuntimeError):  # noqa: N818
    """The service was stopped and takes no race any more."""


class Service(Generic[R]):
    """Opens races, trains them in turn, and closes those that nobody owns.

    Every method may be called from any thread.
    """

    def __init__(self, settings: ServiceSettings, words: Sentences = RACE) -> None:
        self.settings, self._words = settings, words
        self._tickets: dict[str, Ticket[R]] = {}
        self._builds = 0
        self._scheduler: Scheduler[R] = Scheduler(settings, words, self._forget)
        self._lock = self._scheduler.lock

    def open(self, build: Callable[[], R], visitor: str) -> Ticket[R]:
        """Build a race for `visitor`, paused, in place of the one they have.

        `build` runs in the calling thread; what it raises, the caller gets, and nothing has
        changed. Raises :class:`ServiceFull` without building where there are too many races, and
        :class:`ServiceClosed`.
        """
        self._reserve(visitor)
        try:
            race = build()
            return self._enrol(race, visitor)
        finally:
            with self._lock:
                self._builds -= 1

    def find(self, visitor: str) -> Ticket[R] | None:
        """The race that `visitor` owns; None where there is none, or where it was closed."""
        with self._lock:
            owned = (one for one in self._tickets.values() if one.visitor == visitor)
            return next(owned, None)

    def leave(self, visitor: str) -> None:
        """`visitor` is gone: their race goes on for the grace, and is closed unless adopted."""
        with self._lock:
            ticket = self.find(visitor)
            if ticket is None:
                return
            left_at = time.monotonic()
            ticket.visitor, ticket.left_at = None, left_at
            expire = partial(self._expire, ticket, left_at)
            self._scheduler.background.do_after(self.settings.grace_seconds, expire)

    def adopt(self, ticket_id: str, visitor: str) -> Ticket[R] | None:
        """Give an ownerless race to `visitor`; None for a wrong id and for somebody else's race.

        One's own race is returned as it is. Another race that the visitor has is closed.
        """
        with self._lock:
            ticket = self._by_id(ticket_id)
            if ticket is None or ticket.visitor not in (None, visitor):
                return None
            if ticket.visitor is None:
                self._replace(visitor)
                ticket.visitor, ticket.left_at = visitor, None
            return ticket

    def close(self) -> None:
        """Stop training, within one slice, then close all races; the second time does nothing."""
        stuck = self._scheduler.stop(STOP_SECONDS)
        if stuck:
            _log.warning("Still at work after %.0f s: %s", STOP_SECONDS, ", ".join(stuck))
        with self._lock:
            left = list(self._tickets.values())
            self._tickets.clear()
            for ticket in left:
                ticket.closed, ticket.message = True, self._words.stopped
        for ticket in left:
            if not stuck or not self._scheduler.busy_with(ticket):
                ticket.shut()

    def _reserve(self, visitor: str) -> None:
        """Keep a place for a race that is being built."""
        with self._lock:
            self._check_open()
            others = sum(one.visitor != visitor for one in self._tickets.values())
            most = self.settings.open_races
            if others + self._builds >= most:
                raise ServiceFull(self._words.open_already(most))
            self._builds += 1

    def _enrol(self, race: R, visitor: str) -> Ticket[R]:
        with self._lock:
            if not self._scheduler.stopping:
                self._replace(visitor)
                ticket = Ticket(race, visitor, self._scheduler, Budget(self.settings, self._words))
                self._tickets[ticket.id] = ticket
                return ticket
        race.close()
        raise ServiceClosed(self._words.stopped)

    def _check_open(self) -> None:
        if self._scheduler.stopping:
            raise ServiceClosed(self._words.stopped)

    def _replace(self, visitor: str) -> None:
        earlier = self.find(visitor)
        if earlier is not None:
            self._scheduler.retire(earlier, self._words.replaced)

    def _expire(self, ticket: Ticket[R], left_at: float) -> None:
        with self._lock:
            if ticket.left_at == left_at:
                self._scheduler.retire(ticket, self._words.abandoned)

    def _by_id(self, ticket_id: str) -> Ticket[R] | None:
        """The ticket of that id; looks at all of them, each in constant time."""
        wanted = ticket_id.encode("utf-8", "replace")
        tickets = self._tickets.values()
        found = [one for one in tickets if hmac.compare_digest(one.id.encode(), wanted)]
        return found[0] if found else None

    def _forget(self, ticket: Ticket[R]) -> None:
        self._tickets.pop(ticket.id, None)
