"""Who may decode now: a budget of memory, shared out in the order of arrival.

A small request passes large ones that wait for more room than is free, but each of them only a few
times: then all that came later wait until it had its turn. So a small picture does not wait for
large ones, and no stream of small ones keeps a large one out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from threading import Condition


@dataclass(eq=False)
class Room:
    """A share of the budget: its bytes, and how often a later request went before it."""

    size: int
    passed_by: int = 0


class Budget:
    """At most ``most`` requests at once, of at most ``total`` bytes together.

    A request is passed by at most ``patience`` later ones, as long as those fit beside the rest.
    """

    def __init__(self, total: int, *, most: int, patience: int) -> None:
        self._total, self._most, self._patience = total, most, patience
        self._taken: list[Room] = []
        self._waiting: list[Room] = []
        self._changed = Condition()

    @property
    def taken(self) -> int:
        """The bytes that are taken now."""
        return sum(room.size for room in self._taken)

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    @contextmanager
    def room(self, size: int, seconds: float) -> Iterator[Room]:
        """A share of ``size`` bytes for a block.

        Raises ``TimeoutError`` where there is none within ``seconds``, and ``ValueError`` for one
        larger than the whole.
        """
        room = self.take(size, seconds)
        try:
            yield room
        finally:
            self.give_back(room)

    def take(self, size: int, seconds: float) -> Room:
        """A share of ``size`` bytes until it is given back; errors as above."""
        if size > self._total:
            raise ValueError(f"{size:,} bytes are asked for, and there are {self._total:,}")
        room = Room(size)
        with self._changed:
            self._waiting.append(room)
            try:
                if not self._changed.wait_for(lambda: self._may_go(room), seconds):
                    raise TimeoutError(f"no room for {size:,} bytes within {seconds:g} seconds")
                for earlier in self._before(room):
                    earlier.passed_by += 1
                self._taken.append(room)
            finally:
                self._waiting.remove(room)
                self._changed.notify_all()
        return room

    def shrink(self, room: Room, size: int) -> None:
        """Give back what ``room`` has beyond ``size`` bytes."""
        with self._changed:
            room.size = min(room.size, size)
            self._changed.notify_all()

    def give_back(self, room: Room) -> None:
        """Give back ``room`` as a whole."""
        with self._changed:
            self._taken.remove(room)
            self._changed.notify_all()

    def _before(self, room: Room) -> list[Room]:
        return list(takewhile(lambda other: other is not room, self._waiting))

    def _may_go(self, room: Room) -> bool:
        earlier = self._before(room)
        turn = all(not self._fits(other) and other.passed_by < self._patience for other in earlier)
        return turn and self._fits(room)

    def _fits(self, room: Room) -> bool:
        return len(self._taken) < self._most and self.taken + room.size <= self._total
