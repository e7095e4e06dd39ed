"""What a service says of a piece of work, in one place: why it waits, is paused or was closed.

Each sentence holds the value and the bound. Only words; who says them when, the scheduler knows.
They are said later: a thread of the service works for many and knows nobody's language.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.service.settings import MEGABYTE
from explainer.words import N_, later, nlater


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
        """Refusal of one more: `most` of them exist, which is the most."""
        return nlater(
            "{count} {work} is open, the most this server takes; try again in a while.",
            "{count} {work} are open, the most this server takes; try again in a while.",
            most, work=later(self.one if most == 1 else self.many),
        )  # fmt: skip

    def all_taken(self, working: int) -> str:
        """So many share the computer, so there is no room for this one."""
        there = nlater(
            "{count} {work} is at work", "{count} {work} are at work",
            working, work=later(self.one if working == 1 else self.many),
        )  # fmt: skip
        return later(
            "{at_work}, which is all there is room for; this {work} stays paused, so press {button}"
            " in a while.",
            at_work=there, work=later(self.one), button=later(self.go_on),
        )  # fmt: skip

    def seconds_used(self, most: float) -> str:
        """It has worked for `most` seconds, which is the most."""
        return later(
            "This {work} has been at work for {seconds} s, the most there is; it stays paused.",
            work=later(self.one), seconds=f"{most:,.0f}",
        )  # fmt: skip

    def steps_used(self, most: int) -> str:
        """It has gone `most` steps, which is the most."""
        return nlater(
            "This {work} has gone {steps} step, the most there is; it stays paused.",
            "This {work} has gone {steps} steps, the most there is; it stays paused.",
            most, work=later(self.one), steps=f"{most:,}",
        )  # fmt: skip

    def bytes_used(self, held: int, most: int) -> str:
        """It holds `held` bytes, of which it may hold `most`."""
        return later(
            "The {what} of this {work} take {held} MB of the {most} MB there are; it stays paused.",
            what=later(self.keeps), work=later(self.one), held=f"{held / MEGABYTE:,.0f}",
            most=f"{most / MEGABYTE:,.0f}",
        )  # fmt: skip

    @property
    def replaced(self) -> str:
        """It was closed because its visitor has begun another."""
        return later("A newer {work} of yours took the place of this one.", work=later(self.one))

    @property
    def abandoned(self) -> str:
        """It was closed because its visitor has left."""
        return later(
            "Nobody was there for this {work} any more, so it was closed.", work=later(self.one)
        )

    @property
    def stopped(self) -> str:
        """It was closed because the server ends."""
        return later("The server is stopping, so this {work} was closed.", work=later(self.one))

    @property
    def crashed(self) -> str:
        """It was closed because of a fault of the program."""
        return later(
            "Something went wrong in this {work}, so it was closed; the others go on.",
            work=later(self.one),
        )


CURVES = N_("curves and checkpoints")
RACE = Sentences(N_("race"), N_("races"), CURVES, N_("Play"))
LANDSCAPE = Sentences(N_("landscape"), N_("landscapes"), N_("planes and checkpoints"), N_("Go on"))
TRAINING = Sentences(N_("training"), N_("trainings"), CURVES, N_("Go on"))
BY_WORK = {
    "races": RACE, "landscapes": LANDSCAPE, "permuted": TRAINING, "descents": TRAINING,
    "cases": TRAINING,
}  # fmt: skip


def sentences(work: str) -> Sentences:
    """Those of a kind of work, as :func:`explainer.service.service_of` names it."""
    return BY_WORK.get(work, RACE)
