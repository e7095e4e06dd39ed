"""Whose turn it is: the races that train share the slots in slices, so that all of them move.

One thread a slot takes the race that has waited longest, trains it for a slice and puts it back at
the end; a race that has just begun comes before the others, once. What a race is asked whose turn
is not now is answered by a thread of its own.

All decisions are taken under one lock, in microseconds; training, answering and closing happen
outside it. A thread of its own closes races and minds the grace, which no errand holds up. A thread
that has nothing to do sleeps until it is woken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic

from explainer.service.background_jobs import BackgroundJobs
from explainer.service.errands import Errands
from explainer.service.sentences import Sentences
from explainer.service.settings import ServiceSettings
from explainer.service.ticket import Phase, R, Ticket, TicketState

SLICE_SECONDS = 0.1
LIMITED_SECONDS = 0.05

_log = logging.getLogger(__name__)


class Scheduler(Generic[R]):
    """Lets up to `settings.sharing` races take turns, `settings.concurrent` of them at a time.

    `forget` is called, under :attr:`lock`, with every ticket that is closed.
    """

    def __init__(
        self, settings: ServiceSettings, words: Sentences, forget: Callable[[Ticket[R]], None]
    ) -> None:
        self.settings, self.lock, self._words = settings, threading.RLock(), words
        self.background = BackgroundJobs("service-background")
        self._errands: Errands[Ticket[R]] = Errands(
            "service-errands", self._errand, lambda ticket: ticket.budget.errand_seconds
        )
        self.stopping = False
        self._forget = forget
        self._racing: list[Ticket[R]] = []
        self._first: deque[Ticket[R]] = deque()  # who has not had a turn yet
        self._ready: deque[Ticket[R]] = deque()
        self._news = threading.Condition(self.lock)
        self._attended: Ticket[R] | None = None
        self._threads = [
            threading.Thread(target=self._serve, name=f"service-slot-{number}", daemon=True)
            for number in range(settings.concurrent)
        ]
        for thread in self._threads:
            thread.start()

    # From any thread.

    def attend(self, ticket: Ticket[R]) -> None:
        """A command was given: let the race take turns, or do what it was asked meanwhile."""
        with self.lock:
            if ticket.closed or self.stopping:
                return
            ticket.message = ticket.budget.message
            self._settle(ticket)
            if ticket in self._ready:
                self._errands.do(ticket)

    def state(self, ticket: Ticket[R]) -> TicketState:
        """How the race of `ticket` stands now."""
        with self.lock:
            racing = ticket in self._racing and not ticket.closed
            phase = Phase.CLOSED if ticket.closed else Phase.RACING if racing else Phase.IDLE
            others = len(self._racing) - 1 if racing else 0
            share = min(1.0, self.settings.concurrent / (1 + others))
            return TicketState(phase, others, share, ticket.message)

    def retire(self, ticket: Ticket[R], message: str) -> None:
        """Close the race for good; its memory is freed once the slice being done has ended."""
        with self.lock:
            if ticket.closed:
                return
            ticket.closed, ticket.message = True, message
            self._leave(ticket)
            self._forget(ticket)
            self.background.do(ticket.shut)

    def stop(self, timeout: float) -> list[str]:
        """End all threads within `timeout` s; returns the names of those that did not end."""
        with self.lock:
            self.stopping = True
            self._news.notify_all()
        self._errands.stop()
        self.background.stop()
        deadline = time.monotonic() + timeout
        threads = [*self._threads, self._errands.thread, self.background.thread]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in threads if thread.is_alive()]

    def busy_with(self, ticket: Ticket[R]) -> bool:
        """Whether a thread may be at work on the race of `ticket`."""
        with self.lock:
            return self._attended is ticket or ticket in self._racing

    # Under the lock.

    def _settle(self, ticket: Ticket[R]) -> None:
        """Put a race that no slot is at work on where its snapshot says it belongs."""
        race, attended = ticket.race, self._attended is ticket
        if ticket in self._racing and not self._goes_on(ticket):
            self._leave(ticket)
        if ticket.closed or self.stopping or ticket in self._racing:
            return
        if race.snapshot.playing and ticket.budget.message:
            self._hold(ticket, ticket.budget.message)
        elif race.snapshot.playing and not attended:
            self._enter(ticket)
        if not race.snapshot.playing and race.has_work and not attended:
            self._errands.do(ticket)

    def _enter(self, ticket: Ticket[R]) -> None:
        if len(self._racing) >= max(self.settings.sharing, self.settings.concurrent):
            self._hold(ticket, self._words.all_taken(len(self._racing)))
            return
        self._racing.append(ticket)
        self._first.append(ticket)
        self._news.notify()

    def _leave(self, ticket: Ticket[R]) -> None:
        """Take no more turns; a slot that is at work on it now lets it go after the slice."""
        for line in (self._first, self._ready):
            if ticket in line:
                line.remove(ticket)
                self._racing.remove(ticket)

    def _hold(self, ticket: Ticket[R], message: str) -> None:
        ticket.race.pause()
        ticket.message = message

    # The threads of the slots.

    def _serve(self) -> None:
        while (ticket := self._next()) is not None:
            self._train(ticket)
            del ticket  # nothing here keeps a race that is over

    def _next(self) -> Ticket[R] | None:
        with self.lock:
            while not self.stopping:
                for line in (self._first, self._ready):
                    for ticket in line:
                        if ticket is not self._attended:
                            line.remove(ticket)
                            return ticket
                self._news.wait()
            return None

    def _train(self, ticket: Ticket[R]) -> None:
        """One slice, and back to the end; who may do nothing yet is soon asked again."""
        try:
            if self._goes_on(ticket) and not ticket.work(SLICE_SECONDS):
                ticket.race.wait_for_work(LIMITED_SECONDS / (1 + len(self._ready)))
        except Exception:
            self._crashed(ticket)
        with self.lock:
            if self._goes_on(ticket):
                self._ready.append(ticket)
                self._news.notify()
            elif ticket in self._racing:
                self._racing.remove(ticket)
                self._settle(ticket)

    def _goes_on(self, ticket: Ticket[R]) -> bool:
        if self.stopping or ticket.closed or ticket.budget.message:
            return False
        return ticket.race.snapshot.playing

    # The thread of the errands.

    def _errand(self, ticket: Ticket[R]) -> None:
        """Do one thing that a race was asked whose turn is not now; nothing trains it then."""
        with self.lock:
            in_hand = ticket in self._racing and ticket not in self._ready
            if self.stopping or ticket.closed or in_hand or not ticket.race.has_work:
                return
            self._attended = ticket
        try:
            ticket.work(0.0)
        except Exception:
            self._crashed(ticket)
        finally:
            with self.lock:
                self._attended = None
                self._settle(ticket)
                self._news.notify()

    def _crashed(self, ticket: Ticket[R]) -> None:
        _log.exception("A race failed and is closed")
        self.retire(ticket, self._words.crashed)
