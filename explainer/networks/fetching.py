"""Downloads of weights that go on by themselves: begun by a visitor, watched by a page.

A network is fetched once, however many ask for it. Who leaves loses nothing; a download ends before
its time only where everybody who asked for it has said so. `DEEPGLASS_FETCH=0` in the environment
forbids all of it, for a server that is to fetch nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from explainer.networks.torchvision_models import DownloadError, classifier, download

VARIABLE = "DEEPGLASS_FETCH"


class _UnwantedError(Exception):
    """Nobody waits for this download any more."""


@dataclass
class Fetch:
    """A download under way or over: bytes so far and in all, and why it failed, if it did."""

    slug: str
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
    """Whether this server may fetch weights."""
    return environment.get(VARIABLE, "1") != "0"


def fetch_of(slug: str) -> Fetch | None:
    """The last download of that network; None where nobody asked for it yet."""
    return _FETCHES.get(slug)


def fetch(slug: str, visitor: str) -> Fetch:
    """Begin to fetch a network for `visitor`, or wait with others for what is under way.

    Raises `ValueError` for an unknown slug, `PermissionError` where fetching is switched off.
    """
    if not fetching_allowed():
        raise PermissionError(f"{VARIABLE} is 0: this server fetches no networks")
    entry = classifier(slug)
    with _LOCK:
        found = _FETCHES.get(slug)
        if found is None or found.over:
            total = round(entry.megabytes * 1e6)
            found = _FETCHES[slug] = Fetch(slug, {visitor}, total=total)
            threading.Thread(target=_run, args=(found,), name=f"fetch {slug}", daemon=True).start()
        found.waiting.add(visitor)
        return found


def leave(slug: str, visitor: str) -> None:
    """`visitor` does not want it any more; where nobody else does, the download ends."""
    with _LOCK:
        found = _FETCHES.get(slug)
        if found is not None:
            found.waiting.discard(visitor)


def _run(found: Fetch) -> None:
    try:
        download(found.slug, found.told)
    except DownloadError as error:
        found.error = str(error)
    except _UnwantedError:
        pass
    finally:
        found.over = True
