"""What was computed already, for all visitors; the oldest go when there are too many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

MEGABYTE = 1024**2

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The newest values by key, as many as fit into `most` by `size`; safe for threads."""

    def __init__(self, most: int, size: Callable[[V], int]) -> None:
        self._most, self._size = most, size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._computing: WeakValueDictionary[K, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()

    def computing(self, key: K) -> threading.Lock:
        """For who computes the value of `key`: who wants the same waits, who wants another not."""
        with self._lock:
            return self._computing.setdefault(key, threading.Lock())

    def get(self, key: K) -> V | None:
        """The value of `key`, now the newest, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep `value`; the oldest go where it gets too much, `value` itself never."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and self._total() > self._most:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Forget all; what pages still show stays with them."""
        with self._lock:
            self._values.clear()

    def _total(self) -> int:
        return sum(map(self._size, self._values.values()))
