"""What a service says of a piece of work, in one place: why it waits, is paused or was closed.

Each sentence holds the value and the bound. Only words; who says them when, the scheduler knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.service.settings import MEGABYTE


@dataclass(frozen=True)
class Sentences:
    """The sentences of one kind of work.

    It is called `one` or `many`; `keeps` is what takes its memory, and `go_on` the button that lets
    a paused one continue.
    """

    one: str
    many: str
    keeps: str
    go_on: str

    def open_already(self, most: int) -> str:
        """`most` exist, which is the most."""
        there = f"{self._count(most)} open, the most this server takes"
        return f"{there}; try again in a while."

    def line_full(self, working: int, waiting: int) -> str:
        """So many have a slot and so many wait, so there is no place for this one."""
        there = f"{self._count(working)} at work"
        if waiting:
            there += f" and {waiting} {'waits' if waiting == 1 else 'wait'}"
        return (
            f"{there}, which is all there is room for; this {self.one} stays paused, so press"
            f" {self.go_on} in a while."
        )

    def seconds_used(self, most: float) -> str:
        """It has had its seconds of work."""
        return f"This {self.one} has been at work for {most:,.0f} s{STAYS}"

    def steps_used(self, most: int) -> str:
        """It has had its steps."""
        return f"This {self.one} has gone {most:,} step{'s' if most > 1 else ''}{STAYS}"

    def bytes_used(self, held: int, most: int) -> str:
        """It holds more than it may."""
        return (
            f"The {self.keeps} of this {self.one} take {held / MEGABYTE:,.0f} MB of the"
            f" {most / MEGABYTE:,.0f} MB there are; it stays paused."
        )

    @property
    def replaced(self) -> str:
        """Its visitor has begun another."""
        return f"A newer {self.one} of yours took the place of this one."

    @property
    def abandoned(self) -> str:
        """Its visitor has left."""
        return f"Nobody was there for this {self.one} any more, so it was closed."

    @property
    def stopped(self) -> str:
        """The server ends."""
        return f"The server is stopping, so this {self.one} was closed."

    @property
    def crashed(self) -> str:
        """A fault of the program ended it."""
        return f"Something went wrong in this {self.one}, so it was closed; the others go on."

    def _count(self, number: int) -> str:
        return f"1 {self.one} is" if number == 1 else f"{number} {self.many} are"


STAYS = ", the most there is; it stays paused."
RACE = Sentences("race", "races", "curves and checkpoints", "Play")
LANDSCAPE = Sentences("landscape", "landscapes", "planes and checkpoints", "Go on")
TRAINING = Sentences("training", "trainings", "curves and checkpoints", "Go on")
BY_WORK = {"races": RACE, "landscapes": LANDSCAPE, "permuted": TRAINING}


def sentences(work: str) -> Sentences:
    """Those of a kind of work, as :func:`explainer.service.service_of` names it."""
    return BY_WORK.get(work, RACE)
