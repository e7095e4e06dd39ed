"""What is asked of a race from outside: wishes that stand, and notes that are read once.

Safe from any thread. A wish says how things shall be ("be paused"), so saying it twice is saying
it once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

MOST_NOTES = 64
Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Note:
    """What is to be done once; `drop` is called in its place where nobody will do it any more."""

    do: Callable[[], object]
    drop: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Wish:
    """How the race shall be: playing or paused, until which step, at most how many a second."""

    playing: bool = False
    stop_at: int | None = None
    speed: float | None = None


class Commands:
    """The wish that stands, and the notes not read yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: deque[Note] = deque()
        self._news = threading.Event()
        self.wish = Wish()

    def change(self, **values: Any) -> None:
        """Change the wish."""
        with self._lock:
            self.wish = replace(self.wish, **values)
        self._news.set()

    def ahead(self, steps: int, now: int) -> None:
        """Play on for so many steps after `now`, or after the stop that is already ahead."""
        with self._lock:
            stop = self.wish.stop_at
            ahead = stop if self.wish.playing and stop is not None and stop > now else now
            self.wish = replace(self.wish, playing=True, stop_at=ahead + steps)
        self._news.set()

    def settle(self, seen: Wish) -> None:
        """Be paused, unless somebody has wished something since `seen`."""
        with self._lock:
            if self.wish == seen:
                self.wish = replace(seen, playing=False)

    def post(self, note: Note) -> None:
        """Leave a note; where `MOST_NOTES` wait already it is dropped."""
        if len(self._notes) >= MOST_NOTES:
            note.drop()
            return
        self._notes.append(note)
        self._news.set()

    def read(self, most: int) -> int:
        """Do the first `most` of the notes there are now, in their order; returns how many.

        Where one raises, those after it are still to be read.
        """
        self._news.clear()
        count = min(most, len(self._notes))
        for done in range(count):
            try:
                note = self._notes.popleft()
            except IndexError:  # somebody has dropped them
                return done
            note.do()
        return count

    def drop(self) -> None:
        """Take all notes away, and do none."""
        while self._notes:
            with suppress(IndexError):
                self._notes.popleft().drop()

    @property
    def waiting(self) -> bool:
        """Whether there are notes to read."""
        return bool(self._notes)

    def wait(self, timeout: float) -> bool:
        """Return when something was asked, True, or after `timeout` seconds, False."""
        return self._news.wait(timeout)


def give(answer: Future[Answer], make: Callable[[Subject], Answer], subject: Subject) -> None:
    """Give what `make` makes of `subject`, or raises, unless nobody waits for it any more."""
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(make(subject))
    except Exception as error:
        answer.set_exception(error)
