"""What is worked out from pictures and wanted again soon, bounded by bytes and not by their number.

It is dropped with its picture, and where all that is kept would be too large, that of the picture
that was looked at longest ago. So what a server keeps does not grow with its visitors.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Source = TypeVar("Source")
Value = TypeVar("Value")


class Kept(Generic[Source, Value]):
    """``make(source)`` for the sources asked for last, at most ``most`` bytes by ``size``.

    What was asked for last is kept however large it is. Sources are told apart by identity or
    hash, and have to take weak references.
    """

    def __init__(
        self, make: Callable[[Source], Value], size: Callable[[Value], int], *, most: int
    ) -> None:
        self._make, self._size, self._most = make, size, most
        self._held: WeakKeyDictionary[Source, Value] = WeakKeyDictionary()  # in order of use
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """The bytes kept now."""
        return sum(self._size(value) for value in self._held.values())

    def of(self, source: Source) -> Value:
        """The value of ``source``: as kept, else made now."""
        with self._lock:
            value = self._held.pop(source, None)
        if value is None:  # without the lock: others need not wait for it
            value = self._make(source)
        with self._lock:
            self._held[source] = value
            oldest_first = list(self._held)
            while len(oldest_first) > 1 and self.bytes > self._most:
                self._held.pop(oldest_first.pop(0), None)
        return value
