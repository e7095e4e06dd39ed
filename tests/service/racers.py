"""What the tests of the service race with: a toy that counts, and small races on the digits."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from explainer.service import Phase, Service, ServiceSettings, Ticket
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.race import Race
from explainer.training.recipe.recipe import Network, Recipe, Training

STEP_SECONDS = 0.002


@dataclass(frozen=True)
class ToySeen:
    """The snapshot of a toy."""

    playing: bool
    history_bytes: int
    checkpoint_bytes: int


class Toy:
    """A race without networks: each slice is one step, and it fails where it is told to."""

    def __init__(self, *, ends_at: int | None = None, held_bytes: int = 0) -> None:
        self.steps, self.closed, self.playing = 0, False, False
        self.ends_at, self.held_bytes = ends_at, held_bytes
        self.fails = False
        self.trained_in: set[str] = set()
        self._notes: deque[Callable[[], None]] = deque()
        self._working, self._news = threading.Lock(), threading.Event()

    @property
    def snapshot(self) -> ToySeen:
        playing = self.playing and self.steps != self.ends_at
        return ToySeen(playing, self.held_bytes // 2, self.held_bytes - self.held_bytes // 2)

    @property
    def has_work(self) -> bool:
        return not self.closed and (bool(self._notes) or self.snapshot.playing)

    def play(self) -> None:
        self.playing = True
        self._news.set()

    def pause(self) -> None:
        self.playing = False
        self._news.set()

    def post(self, note: Callable[[], None]) -> None:
        self._notes.append(note)
        self._news.set()

    def run_slice(self, seconds: float = 0.1) -> int:
        with self._working:
            self._news.clear()
            for _ in range(len(self._notes) if seconds else min(1, len(self._notes))):
                self._notes.popleft()()
            if self.fails:
                raise RuntimeError("the toy broke")
            if self.closed or not seconds or not self.snapshot.playing:
                return 0
            time.sleep(STEP_SECONDS)
            self.trained_in.add(threading.current_thread().name)
            self.steps += 1
            return 1

    def wait_for_work(self, timeout: float) -> bool:
        return self._news.wait(timeout)

    def close(self) -> None:
        self.closed = True
        self._notes.clear()


@cache
def digits() -> Prepared:
    """The digits, made ready once for all tests."""
    return prepare(load("digits"), Split(train_size=200))


def small_race(steps: int = 1_000_000) -> Race:
    """One tiny network on the digits, in a single stack."""
    network = Network(kind="mlp", depth=1, width=8)
    return Race([Recipe(network, training=Training(steps=steps))], digits(), seeds=(0,))


@contextmanager
def toys(settings: ServiceSettings | None = None) -> Iterator[Service[Toy]]:
    """A service for toys, closed afterwards."""
    service: Service[Toy] = Service(settings or ServiceSettings())
    try:
        yield service
    finally:
        service.close()


@contextmanager
def races(settings: ServiceSettings | None = None) -> Iterator[Service[Race]]:
    """A service for real races, closed afterwards."""
    service: Service[Race] = Service(settings or ServiceSettings())
    try:
        yield service
    finally:
        service.close()


def phase(ticket: Ticket[Toy]) -> Phase:
    """The phase now; mypy takes a property to stay as it was once compared."""
    return ticket.state.phase


def until(condition: Callable[[], bool], seconds: float = 300.0) -> None:
    """Wait until `condition` holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def service_threads() -> list[str]:
    """The names of the threads that services run."""
    return [one.name for one in threading.enumerate() if one.name.startswith("service-")]
