"""Downloads that go on by themselves: begun by a visitor, watched by a page.

What is wanted is fetched once, however many ask for it. Who leaves loses nothing; a download ends
before its time only where everybody who asked for it has said so. `DEEPGLASS_FETCH=0` in the
environment forbids all of it, for a server that is to fetch nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explainer.words import sentence_of

VARIABLE = "DEEPGLASS_FETCH"
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Wanted:
    """What may be fetched: of about `total` bytes, under a `key` of its own.

    `get(told)` brings it, telling the bytes that are there and all of them, or raises a `failure`
    with one sentence.
    """

    key: str
    title: str
    total: int
    get: Callable[[Told], object]
    failure: type[Exception]


class _UnwantedError(Exception):
    """Nobody waits for this download any more."""


@dataclass
class Fetch:
    """A download under way or over: bytes so far and in all, and why it failed, if it did."""

    wanted: Wanted
    waiting: set[str] = field(default_factory=set)
    done: int = 0
    total: int = 0
    error: str = ""
    over: bool = False

    @property
    def share(self) -> float:
        """How much of it is there, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def told(self, done: int, total: int) -> None:
        """What the download reports; ends it where nobody wants it any more."""
        self.done, self.total = done, total
        if not self.waiting:
            raise _UnwantedError


_FETCHES: dict[str, Fetch] = {}
_LOCK = threading.Lock()


def fetching_allowed(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this server may fetch anything."""
    return environment.get(VARIABLE, "1") != "0"


def fetch_of(key: str) -> Fetch | None:
    """The last download of that key; None where nobody asked for it yet."""
    return _FETCHES.get(key)


def fetch(wanted: Wanted, visitor: str) -> Fetch:
    """Begin to fetch something for `visitor`, or wait with others for what is under way.

    Raises `PermissionError` where fetching is switched off.
    """
    if not fetching_allowed():
        raise PermissionError(f"{VARIABLE} is 0: this server fetches nothing")
    with _LOCK:
        found = _FETCHES.get(wanted.key)
        if found is None or found.over:
            found = _FETCHES[wanted.key] = Fetch(wanted, {visitor}, total=wanted.total)
            name = f"fetch {wanted.key}"
            threading.Thread(target=_run, args=(found,), name=name, daemon=True).start()
        found.waiting.add(visitor)
        return found


def leave(key: str, visitor: str) -> None:
    """`visitor` does not want it any more; where nobody else does, the download ends."""
    with _LOCK:
        found = _FETCHES.get(key)
        if found is not None:
            found.waiting.discard(visitor)


def _run(found: Fetch) -> None:
    try:
        found.wanted.get(found.told)
    except found.wanted.failure as error:
        found.error = sentence_of(error)
    except _UnwantedError:
        pass
    finally:
        found.over = True
