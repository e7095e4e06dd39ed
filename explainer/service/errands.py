"""One thread for what races without a slot are asked: who has had least of its time comes first.

Each who waits is served once and then waits again behind the others, so that one visitor who asks
all the time holds the others up by one errand at the most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Errands(Generic[T]):
    """Calls `serve` with everybody who waits, one after the other, least `used` first.

    `serve` must not raise. Of those who have used as much, who came first is first.
    """

    def __init__(self, name: str, serve: Callable[[T], None], used: Callable[[T], float]) -> None:
        self._serve, self._used = serve, used
        self._news = threading.Condition()
        self._waiting: list[T] = []
        self._stopping = False
        self.thread = threading.Thread(target=self._work, name=name, daemon=True)
        self.thread.start()

    def do(self, member: T) -> None:
        """Serve `member`, who waits but once however often it is asked for."""
        with self._news:
            if member not in self._waiting:
                self._waiting.append(member)
                self._news.notify()

    def stop(self) -> None:
        """Forget those who wait, and end the thread after the errand being done."""
        with self._news:
            self._stopping = True
            self._waiting.clear()
            self._news.notify()

    def _work(self) -> None:
        while (member := self._next()) is not None:
            self._serve(member)
            del member  # it may be the last thing that holds a race

    def _next(self) -> T | None:
        with self._news:
            while not self._waiting and not self._stopping:
                self._news.wait()
            if self._stopping:
                return None
            first = min(self._waiting, key=self._used)
            self._waiting.remove(first)
            return first
