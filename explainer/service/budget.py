"""What one race has used up of what it may: steps, seconds of work, bytes."""

from __future__ import annotations

from explainer.service.settings import MEGABYTE, ServiceSettings

STAYS = ", the most there is; it stays paused."


class Budget:
    """Counts over the whole life of a race; a reset gives nothing back.

    `errand_seconds` are those of the seconds in which it had no slot.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._steps, self._seconds, self._bytes = 0, 0.0, 0
        self.errand_seconds = 0.0

    def charge(self, steps: int, seconds: float, held_bytes: int, *, errand: bool = False) -> None:
        """Add steps of each run and seconds of work, and note the bytes that are held now."""
        self._steps += steps
        self._seconds += seconds
        self._bytes = held_bytes
        if errand:
            self.errand_seconds += seconds

    @property
    def message(self) -> str:
        """The sentence that says which budget is used up; empty while there is something left."""
        most = self._settings
        if self._seconds >= most.most_seconds:
            return f"This race has been at work for {most.most_seconds:,.0f} s{STAYS}"
        if self._steps >= most.most_steps:
            return f"This race has trained for {most.most_steps:,} steps{STAYS}"
        if self._bytes > most.most_bytes:
            held, room = self._bytes / MEGABYTE, most.most_bytes / MEGABYTE
            return (
                f"The curves and checkpoints of this race take {held:,.0f} MB of the {room:,.0f} MB"
                " there are; it stays paused."
            )
        return ""
