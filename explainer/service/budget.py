"""What one race has used up of what it may: steps, seconds of work, bytes."""

from __future__ import annotations

from explainer.service.sentences import RACE, Sentences
from explainer.service.settings import ServiceSettings


class Budget:
    """Counts over the whole life of a race; a reset gives nothing back.

    `errand_seconds` are those of the seconds in which it had no slot.
    """

    def __init__(self, settings: ServiceSettings, words: Sentences = RACE) -> None:
        self._settings, self._words = settings, words
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
        most, say = self._settings, self._words
        if self._seconds >= most.most_seconds:
            return say.seconds_used(most.most_seconds)
        if self._steps >= most.most_steps:
            return say.steps_used(most.most_steps)
        if self._bytes > most.most_bytes:
            return say.bytes_used(self._bytes, most.most_bytes)
        return ""
