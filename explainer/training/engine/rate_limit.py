"""How fast a race goes: what it reached, how many steps fit into a slice, what is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable

SMOOTHING = 0.3
BURST_SECONDS = 0.5


class RateLimit:
    """Measures steps per second, and shares out the steps that a limit allows.

    `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._credit, self._since = 1.0, clock()
        self.seconds_per_step: float | None = None

    @property
    def steps_per_second(self) -> float:
        """What was reached lately, while training; 0 before the first step."""
        return 1 / self.seconds_per_step if self.seconds_per_step else 0.0

    def done(self, steps: int, seconds: float) -> None:
        """Note that so many steps took so long."""
        latest = seconds / steps
        before = self.seconds_per_step
        self.seconds_per_step = latest if before is None else before + SMOOTHING * (latest - before)

    def fitting(self, seconds: float) -> int:
        """How many steps fit into `seconds`: at least 1, and 1 while nothing is known."""
        return max(1, int(seconds / self.seconds_per_step)) if self.seconds_per_step else 1

    def allowance(self, speed: float | None) -> int | None:
        """How many steps a limit of `speed` a second allows now; None without a limit."""
        now = self._clock()
        elapsed, self._since = now - self._since, now
        if speed is None:
            self._credit = 1.0
            return None
        most = max(1.0, speed * BURST_SECONDS)
        self._credit = min(most, self._credit + elapsed * speed)
        return int(self._credit)

    def spend(self, steps: int) -> None:
        """Take steps off what the limit allows."""
        self._credit -= steps
