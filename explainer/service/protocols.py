"""What the service asks of a race; :class:`explainer.training.engine.race.Race` has it all.

Stated as protocols, so that the service can be imported and tested without the engine.
"""

from __future__ import annotations

from typing import Protocol


class ServedSnapshot(Protocol):
    """What the service reads of a snapshot."""

    @property
    def playing(self) -> bool:
        """Whether the race wants to train, and is not at its end."""

    @property
    def history_bytes(self) -> int:
        """Bytes of all curves."""

    @property
    def checkpoint_bytes(self) -> int:
        """Bytes of all checkpoints."""


class ServedRace(Protocol):
    """A race; every method may be called from any thread."""

    @property
    def snapshot(self) -> ServedSnapshot:
        """How the race stands, at no cost and without waiting."""

    @property
    def has_work(self) -> bool:
        """Whether a slice would do anything."""

    def pause(self) -> None:
        """Stand still after the step that is being done."""

    def run_slice(self, seconds: float = ...) -> int:
        """Do what was asked for about so long, at least one step; returns the steps of each run.

        With 0 seconds one command is answered and nothing is trained.
        """

    def wait_for_work(self, timeout: float) -> bool:
        """Wait for a command for at most `timeout` s."""

    def close(self) -> None:
        """Forget everything that takes memory, at the latest when the slice being done ends.

        Returns without waiting for an answer to a command: others are to be closed as well.
        """
