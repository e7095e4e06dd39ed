"""How a reader fares in the clinic: counts that a link can carry, and what they are worth."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from explainer.messages import linked_whole

MOST = 9999
HALF = 0.5
"""What a fault is worth that is named at the second try; at the first it is worth 1."""


@dataclass(frozen=True)
class Score:
    """Cases that were answered at all, at the first try rightly, by curves alone, at the second.

    `curves` are those of the `first` of which no instrument was opened before.
    """

    seen: int = 0
    first: int = 0
    curves: int = 0
    second: int = 0

    @property
    def points(self) -> float:
        """One for a fault named at the first try, half of that at the second."""
        return self.first + HALF * self.second

    @property
    def text(self) -> str:
        """As a link has it; empty where nothing was answered."""
        return ".".join(map(str, astuple(self))) if self.seen else ""

    def after(self, tries: int, *, right: bool, looks: int) -> Score:
        """With one more try at a case, the `tries`-th at it, after so many looks."""
        first, second = right and tries == 1, right and tries == 2
        return replace(
            self, seen=self.seen + (tries == 1), first=self.first + first,
            curves=self.curves + (first and not looks), second=self.second + second,
        )  # fmt: skip


def score_of(text: str) -> Score | None:
    """What a link says; None for what no visit can have come to."""
    found = [linked_whole(one, 0, MOST) for one in text.split(".")]
    if len(found) != 4 or None in found:
        return None
    seen, first, curves, second = (one or 0 for one in found)
    sound = curves <= first and first + second <= seen
    return Score(seen, first, curves, second) if sound else None
