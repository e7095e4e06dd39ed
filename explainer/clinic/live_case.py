"""A case that trains while a visitor watches; a worker of `explainer.service` owns it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from explainer.clinic.case import STEPS, Case
from explainer.clinic.record import Record
from explainer.clinic.training import EVERY, Training
from explainer.training.engine.devices import cores, workers

SECONDS = 6
"""How long a run takes at the pace at which it is shown."""
PACE = STEPS / SECONDS


@dataclass(frozen=True, eq=False)
class Seen:
    """How the run stands."""

    record: Record
    playing: bool = False

    @property
    def finished(self) -> bool:
        """Whether no step is left."""
        return self.record.finished

    @property
    def history_bytes(self) -> int:
        """Bytes of what was measured."""
        return self.record.bytes

    @property
    def checkpoint_bytes(self) -> int:
        """None are kept."""
        return 0


class LiveCase:
    """The run of a case, paused at first; every method may be called from any thread."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._training: Training | None = Training(case)
        self._record, self._due = self._training.record, 0.0
        self._wants, self._closed = False, False
        self._working, self._news = threading.Lock(), threading.Event()

    # Commands.

    def play(self) -> None:
        """Go on until the end."""
        self._wants = True
        self._news.set()

    def pause(self) -> None:
        """Stand still after the step that is being done."""
        self._wants = False
        self._news.set()

    # For readers and for whoever schedules.

    @property
    def snapshot(self) -> Seen:
        """How it stands, without waiting."""
        record = self._record
        return Seen(record, self._wants and not record.finished)

    @property
    def has_work(self) -> bool:
        """Whether a slice would do anything."""
        return not self._closed and self.snapshot.playing

    def wait_for_work(self, timeout: float) -> bool:
        """Return True when a command has come since the last slice, False after `timeout` s."""
        return self._news.wait(timeout)

    def run_slice(self, seconds: float = 0.1) -> int:
        """Take the steps that are due for about so long; returns how many, 0 where none is."""
        with self._working:
            self._news.clear()
            if seconds <= 0 or not self.has_work:
                return 0
            now = time.perf_counter()
            self._due = max(self._due, now - seconds)  # what was missed is not made up for
            return workers(cores()).submit(self._work, now + seconds).result()

    def close(self) -> None:
        """Forget the network; what was measured stays with who shows it."""
        self._closed, self._training = True, None

    # The worker.

    def _work(self, deadline: float) -> int:
        taken = 0
        while self.has_work and self._due <= time.perf_counter() < deadline:
            self.advance()
            self._due += 1 / PACE
            taken += 1
        return taken

    def advance(self) -> None:
        """One step; what is shown changes with each measurement, and at the end all else goes."""
        training = self._training
        if training is None:
            return
        measured = training.step % EVERY == 0
        training.advance()
        if measured or training.finished:
            self._record = training.record
        if training.finished:
            self._training = None
