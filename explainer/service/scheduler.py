"""Whose turn it is: one thread a slot trains the races, one answers those without a slot.

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
from explainer.service.waiting_line import WaitingLine

SLICE_SECONDS = 0.1
LIMITED_SECONDS = 0.05

_log = logging.getLogger(__name__)


class Scheduler(Generic[R]):
    """Keeps the promise that at most `settings.concurrent` races train, first come, first served.

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
        self._line: WaitingLine[Ticket[R]] = WaitingLine(settings.concurrent, settings.waiting)
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
        """A command was given: give the race a slot, a place in line, or time in the background."""
        with self.lock:
            if ticket.closed or self.stopping:
                return
            waited = self._line.position(ticket) > 0
            ticket.message = ticket.budget.message
            self._settle(ticket)
            if waited and self._line.position(ticket):
                self._errands.do(ticket)

    def state(self, ticket: Ticket[R]) -> TicketState:
        """How the race of `ticket` stands now."""
        with self.lock:
            position, length = self._line.position(ticket), len(self._line)
            return TicketState(self._phase(ticket, position), position, length, ticket.message)

    def retire(self, ticket: Ticket[R], message: str) -> None:
        """Close the race for good; its memory is freed once the slice being done has ended."""
        with self.lock:
            if ticket.closed:
                return
            ticket.closed, ticket.message = True, message
            self._line.drop_out(ticket)
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
            return self._attended is ticket or self._line.races(ticket)

    # Under the lock.

    def _phase(self, ticket: Ticket[R], position: int) -> Phase:
        if ticket.closed:
            return Phase.CLOSED
        if self._line.races(ticket):
            return Phase.RACING
        return Phase.WAITING if position else Phase.IDLE

    def _settle(self, ticket: Ticket[R]) -> None:
        """Put a race that is not in a slot where its snapshot says it belongs."""
        race, attended = ticket.race, self._attended is ticket
        if ticket.closed or self.stopping or self._line.races(ticket):
            return
        if race.snapshot.playing and ticket.budget.message:
            self._hold(ticket, ticket.budget.message)
        elif race.snapshot.playing and not self._line.position(ticket) and not attended:
            self._enter(ticket)
        if not race.snapshot.playing:
            self._line.drop_out(ticket)
            if race.has_work and not attended:
                self._errands.do(ticket)

    def _enter(self, ticket: Ticket[R]) -> None:
        if not self._line.enter(ticket):
            self._hold(ticket, self._words.line_full(self._line.slots, len(self._line)))
        elif self._line.races(ticket):
            self._ready.append(ticket)
            self._news.notify()

    def _hold(self, ticket: Ticket[R], message: str) -> None:
        ticket.race.pause()
        ticket.message = message
        self._line.drop_out(ticket)

    # The threads of the slots.

    def _serve(self) -> None:
        while (ticket := self._next()) is not None:
            self._train(ticket)
            del ticket  # nothing here keeps a race that is over

    def _next(self) -> Ticket[R] | None:
        with self.lock:
            while not self._ready and not self.stopping:
                self._news.wait()
            return None if self.stopping else self._ready.popleft()

    def _train(self, ticket: Ticket[R]) -> None:
        while self._goes_on(ticket):
            try:
                if not ticket.work(SLICE_SECONDS):
                    ticket.race.wait_for_work(LIMITED_SECONDS)
            except Exception:
                self._crashed(ticket)

    def _goes_on(self, ticket: Ticket[R]) -> bool:
        """Whether `ticket` keeps its slot; otherwise it is given to the next in line."""
        with self.lock:
            if self.stopping:
                return False
            playing = not ticket.closed and ticket.race.snapshot.playing
            if playing and not ticket.budget.message:
                return True
            following = self._line.release(ticket)
            if following is not None:
                self._ready.append(following)
                self._news.notify()
            self._settle(ticket)
            return False

    # The thread of the errands.

    def _errand(self, ticket: Ticket[R]) -> None:
        """Do one thing that a race without a slot was asked; it trains nothing meanwhile."""
        with self.lock:
            if self.stopping or ticket.closed or self._line.races(ticket):
                return
            if not ticket.race.has_work:
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

    def _crashed(self, ticket: Ticket[R]) -> None:
        _log.exception("A race failed and is closed")
        self.retire(ticket, self._words.crashed)
