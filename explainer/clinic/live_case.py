"""A case that trains while a visitor watches; a worker of `explainer.service` owns it."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.clinic.case import STEPS, Case
from explainer.clinic.record import Record
from explainer.clinic.training import EVERY, Training
from explainer.training.engine.watched import Paced

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


class LiveCase(Paced):
    """The run of a case."""

    pace = PACE

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self._training: Training | None = Training(case)
        self._record = self._training.record

    @property
    def snapshot(self) -> Seen:
        """How it stands, without waiting."""
        record = self._record
        return Seen(record, self._wants and not record.finished)

    def close(self) -> None:
        """Forget the network; what was measured stays with who shows it."""
        self._closed, self._training = True, None

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
