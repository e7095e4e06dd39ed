"""Who trains and who waits: N slots and a bounded line, first come, first served.

Only the order; whoever uses it holds a lock.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class WaitingLine(Generic[T]):
    """`slots` members race, up to `room` more wait in their order."""

    def __init__(self, slots: int, room: int) -> None:
        self.slots, self.room = slots, room
        self._racing: list[T] = []
        self._waiting: deque[T] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def races(self, member: T) -> bool:
        """Whether `member` has a slot."""
        return member in self._racing

    def position(self, member: T) -> int:
        """The place of `member` in the line, from 1; 0 where it does not wait."""
        return self._waiting.index(member) + 1 if member in self._waiting else 0

    def enter(self, member: T) -> bool:
        """Give `member` a slot or else a place in line; False where both are full."""
        if len(self._racing) < self.slots:
            self._racing.append(member)
        elif len(self._waiting) < self.room:
            self._waiting.append(member)
        else:
            return False
        return True

    def drop_out(self, member: T) -> None:
        """Take `member` out of the line, if it is there; the others move up."""
        if member in self._waiting:
            self._waiting.remove(member)

    def release(self, member: T) -> T | None:
        """Take the slot of `member` and give it to the first in line, who is returned."""
        if member in self._racing:
            self._racing.remove(member)
        if not self._waiting or len(self._racing) >= self.slots:
            return None
        following = self._waiting.popleft()
        self._racing.append(following)
        return following
