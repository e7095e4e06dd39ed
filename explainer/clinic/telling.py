"""Which number of which instrument tells the runs of two faults apart, and how surely.

Each run is judged by a cut that was chosen without the runs of its seed, so that a number that
only happens to part a few runs is found out. A run for which an instrument has no number, as 0 ÷ 0
is none, is never named by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainer.clinic.likeness import Floats
from explainer.clinic.record import Record
from explainer.clinic.telltales import TELLTALES, Telltale


@dataclass(frozen=True)
class Cut:
    """The other fault's runs lie above `place` if `upwards`, else below."""

    place: float
    upwards: bool

    def right(self, one: Floats, other: Floats) -> int:
        """How many of the runs of both faults it names rightly; none where there is no number."""
        low, high = (one, other) if self.upwards else (other, one)
        return int((low <= self.place).sum() + (high > self.place).sum())


@dataclass(frozen=True, eq=False)
class Telling:
    """A number of each run of the one fault and of the other, where it lies on its axis.

    Heights are NaN where there is no number. Cuts name `right` of all runs. `gap` is from where to
    where on the axis there is no run, if all of one fault lie below all of the other; else None.
    """

    telltale: Telltale
    values: tuple[Floats, Floats]
    heights: tuple[Floats, Floats]
    right: int

    @property
    def gap(self) -> tuple[float, float] | None:
        """See above."""
        ends = self._ends
        return ends if ends is not None and ends[0] < ends[1] else None

    @property
    def room(self) -> float:
        """How wide the gap is; below 0, how far the runs reach into each other."""
        return -1.0 if self._ends is None else self._ends[1] - self._ends[0]

    @property
    def _ends(self) -> tuple[float, float] | None:
        sound = [own[np.isfinite(own)] for own in self.heights]
        if not all(len(own) for own in sound):
            return None
        low, high = sorted(sound, key=lambda own: float(own.mean()))
        return float(low.max()), float(high.min())


def best_cut(one: Floats, other: Floats) -> Cut:
    """The cut that names most of these runs, of equals that with most room on both sides."""
    both = np.concatenate([one, other])
    both = np.unique(both[np.isfinite(both)])
    if not len(both):
        return Cut(0.0, upwards=True)
    places = (both[:-1] + both[1:]) / 2 if len(both) > 1 else both
    rooms = np.diff(both) if len(both) > 1 else np.zeros(1)
    cuts = [
        (cut.right(one, other), room, cut)
        for place, room in zip(places.tolist(), rooms.tolist(), strict=True)
        for cut in (Cut(place, upwards=True), Cut(place, upwards=False))
    ]
    return max(cuts, key=lambda found: found[:2])[2]


def telling(telltale: Telltale, one: Sequence[Record], other: Sequence[Record]) -> Telling:
    """What a number says of the runs of two faults, of the same seeds in the same order."""
    values = [np.array([telltale.of(run) for run in runs]) for runs in (one, other)]
    heights = [telltale.heights(own) for own in values]
    right = 0
    for place in range(len(one)):
        cut = best_cut(*(np.delete(own, place) for own in heights))
        right += cut.right(*(own[place : place + 1] for own in heights))
    return Telling(telltale, (values[0], values[1]), (heights[0], heights[1]), right)


def best_told(one: Sequence[Record], other: Sequence[Record], count: int) -> list[Telling]:
    """The `count` numbers that tell most, of different instruments, the most telling first."""
    found = [telling(telltale, one, other) for telltale in TELLTALES]
    found.sort(key=lambda each: (each.right, each.room), reverse=True)
    of_each: dict[str, Telling] = {}
    for each in found:
        of_each.setdefault(each.telltale.instrument, each)
    return list(of_each.values())[:count]
