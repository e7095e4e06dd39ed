"""Patience: how long ago something was at its best."""

from __future__ import annotations

import copy
import math


class Patience:
    """Watches a loss; `waited` counts since its lowest value, in the units that it is told.

    `allowed` of 0 waits for ever. NaN is never better.
    """

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.best = math.inf
        self._best_at = 0
        self.waited = 0

    def improves(self, loss: float, at: int) -> bool:
        """Take note of `loss` at `at`, a step or a count; True where it is the lowest so far."""
        if loss < self.best:
            self.best, self._best_at, self.waited = loss, at, 0
            return True
        self.waited = at - self._best_at
        return False

    @property
    def exhausted(self) -> bool:
        """Whether as much as `allowed` has passed without a better loss."""
        return bool(self.allowed) and self.waited >= self.allowed

    def renew(self, at: int) -> None:
        """Start waiting again from `at`; the best stays."""
        self._best_at, self.waited = at, 0

    def allowing(self, allowed: int) -> Patience:
        """A copy that waits so long."""
        other = copy.copy(self)
        other.allowed = allowed
        return other
