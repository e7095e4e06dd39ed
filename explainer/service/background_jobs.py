"""One thread for jobs of microseconds: those that are due now, in order, and those due later.

It sleeps until something is due; with nothing to do it costs nothing.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count

Job = Callable[[], None]

_log = logging.getLogger(__name__)


class BackgroundJobs:
    """Does jobs one after the other; one that raises is logged and does not stop the next."""

    def __init__(self, name: str) -> None:
        self._news = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._later: list[tuple[float, int, Job]] = []
        self._number = count()
        self._stopping = False
        self.thread = threading.Thread(target=self._work, name=name, daemon=True)
        self.thread.start()

    def do(self, job: Job) -> None:
        """Do `job` after those that were given before."""
        with self._news:
            self._jobs.append(job)
            self._news.notify()

    def do_after(self, seconds: float, job: Job) -> None:
        """Do `job` in `seconds` s, or never if the thread is stopped before."""
        with self._news:
            heapq.heappush(self._later, (time.monotonic() + seconds, next(self._number), job))
            self._news.notify()

    def stop(self) -> None:
        """Finish the jobs that are due, forget those of later, and end the thread."""
        with self._news:
            self._stopping = True
            self._later.clear()
            self._news.notify()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                _log.exception("A job of the training service failed")
            del job  # it may be the last thing that holds a race

    def _next(self) -> Job | None:
        with self._news:
            while True:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    self._jobs.append(heapq.heappop(self._later)[2])
                if self._jobs:
                    return self._jobs.popleft()
                if self._stopping:
                    return None
                self._news.wait(self._later[0][0] - now if self._later else None)
