"""Work that goes on while a visitor watches, a slice at a time; `explainer.service` schedules it.

The worker that calls `run_slice` owns the networks; everybody else reads `snapshot`.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import Protocol

from explainer.training.engine.devices import cores, workers


class Playing(Protocol):
    """What is asked of a snapshot."""

    @property
    def playing(self) -> bool:
        """Whether it is to go on, and is not at its end."""


class Watched(ABC):
    """Paused at first. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._wants, self._closed = False, False
        self._working, self._news = threading.Lock(), threading.Event()

    def play(self) -> None:
        """Go on until the end."""
        self._wants = True
        self._news.set()

    def pause(self) -> None:
        """Stand still after the piece that is being done; :meth:`play` goes on from there."""
        self._wants = False
        self._news.set()

    @property
    @abstractmethod
    def snapshot(self) -> Playing:
        """How it stands, without waiting."""

    @property
    def has_work(self) -> bool:
        """Whether a slice would do anything."""
        return not self._closed and self.snapshot.playing

    def wait_for_work(self, timeout: float) -> bool:
        """Return True when a command has come since the last slice, False after `timeout` s."""
        return self._news.wait(timeout)


class Paced(Watched):
    """Takes `pace` steps a second at most.

    So a reader can follow, and a server with many of them does not starve.
    """

    pace: float

    def __init__(self) -> None:
        super().__init__()
        self._due = 0.0

    @abstractmethod
    def advance(self) -> None:
        """Take one step."""

    def run_slice(self, seconds: float = 0.1) -> int:
        """Take the steps that are due for about so long; returns how many, 0 where none is."""
        with self._working:
            self._news.clear()
            if seconds <= 0 or not self.has_work:
                return 0
            now = time.perf_counter()
            self._due = max(self._due, now - seconds)  # what was missed is not made up for
            return workers(cores()).submit(self._work, now + seconds).result()

    def _work(self, deadline: float) -> int:
        taken = 0
        while self.has_work and self._due <= time.perf_counter() < deadline:
            self.advance()
            self._due += 1 / self.pace
            taken += 1
        return taken
