"""Long work done a slice at a time by whoever looks at it: nobody looks, nothing runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Generic, TypeVar

T = TypeVar("T")


class Work(Generic[T]):
    """A generator that yields what there is to see, driven on while somebody asks.

    `latest` is what it yielded last, None before the first. Threads may share it: only one drives
    at a time, and who stops it is heard at the next step.
    """

    def __init__(self, steps: Generator[T]) -> None:
        """Nothing runs yet."""
        self._steps, self._turn = steps, threading.Lock()
        self.latest: T | None = None
        self.ended = False
        self._asked_to_stop = False

    def advance(self, seconds: float) -> None:
        """Go on for about that long, one step at least. What a step raises ends the work."""
        if self.ended:
            return
        if not self._turn.acquire(blocking=False):
            time.sleep(min(seconds, 0.1))
            return
        try:
            self._drive(time.monotonic() + seconds)
        except BaseException:
            self.ended = True
            raise
        finally:
            self._turn.release()

    def _drive(self, until: float) -> None:
        while not self._asked_to_stop:
            try:
                self.latest = next(self._steps)
            except StopIteration:
                self.ended = True
                return
            if time.monotonic() >= until:
                return
        self._steps.close()
        self.ended = True

    def stop(self) -> None:
        """End the work; what it showed last stays. A second time changes nothing."""
        self._asked_to_stop = True
        if self._turn.acquire(blocking=False):
            try:
                self._steps.close()
                self.ended = True
            finally:
                self._turn.release()
