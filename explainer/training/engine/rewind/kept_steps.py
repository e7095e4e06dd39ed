"""At which steps a race keeps its runs: the first ones closely, then ever more widely, then evenly.

They are powers of two and, from `EVENLY` on, even steps whose distance doubles as the race grows
longer. Where that is too many, the one goes whose neighbours are the closest, half by ratio and
half by difference: some early steps stay, and the whole length is covered.

As many as there is room for are kept whole. Where not all can be, some become looks, which need a
quarter to a half of the room (`kept_run.py`); at most half of what is held is whole then. Where
there is no room for a second whole one, all are looks.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from weakref import WeakKeyDictionary

import torch

from explainer.training.engine.rewind.kept_run import KeptRun, Places, halved, keep
from explainer.training.engine.run import Run
from explainer.training.measurement.checkpoint import Checkpoint, state_bytes
from explainer.training.measurement.snapshot import KeptStep
from explainer.training.measurement.weight_frames import frame_bytes

EVENLY = 128
STRIDES = 8  # even steps before their distance doubles
RECORD_BYTES = 16_384  # about what record and generators of one run take


@dataclass(frozen=True, eq=False)
class KeptRuns:
    """All runs of a race at one step; `whole` says that going on from there is possible."""

    runs: tuple[KeptRun, ...]
    whole: bool = True

    @cached_property
    def parts(self) -> dict[int, int]:
        """The bytes of all parts of its runs, by their identity."""
        return dict(chain.from_iterable(run.parts.items() for run in self.runs))


class KeptSteps:
    """At most `most` steps of a race with these runs, of which all may take `most_bytes` bytes."""

    def __init__(self, runs: Sequence[Run], most: int, most_bytes: int) -> None:
        whole = sum(map(_whole_bytes, runs))
        # One more than stay is held while it is made.
        self._room = most_bytes - sum(map(other_bytes, runs)) - whole
        self._most = most if self._room > 0 else 0
        self._looks_alone = self._room < whole
        self._kept = dict[int, KeptRuns]()
        self._halves = WeakKeyDictionary[Checkpoint, Checkpoint]()
        self._sum_up()

    def next_after(self, step: int) -> int:
        """The next step at which the runs are to be kept."""
        if not self._most:
            return sys.maxsize
        power = 1 << step.bit_length()
        stride = max(EVENLY, power // 2 // STRIDES)
        return min(power, (step // stride + 1) * stride)

    def keep(self, step: int, runs: Sequence[Run], places: Places) -> None:
        """Keep the runs as they are now; those that have ended need no more room than once."""
        before = self._kept[max(self._kept)].runs if self._kept else (None,) * len(runs)
        kept = tuple(
            self._one(run, places, earlier) for run, earlier in zip(runs, before, strict=True)
        )
        self._kept[step] = KeptRuns(kept, not self._looks_alone)
        self._make_room()

    def renew(self, step: int, runs: Sequence[Run], places: Places) -> None:
        """Where that step is kept, keep the runs as they are now in its place."""
        if step in self._kept:
            self.keep(step, runs, places)

    def at(self, step: int) -> KeptRuns:
        """What was kept at that step. Raises `KeyError`."""
        return self._kept[step]

    def take_over(
        self, others: KeptSteps, step: int, here: KeptRuns, places: Sequence[int]
    ) -> None:
        """Hold what `others` has kept before that step, and `here`, what was kept at it.

        `places` says which of those runs each of one's own is, or goes on from.
        """
        before = {one: kept for one, kept in others._kept.items() if one < step}
        self._kept = {
            one: KeptRuns(tuple(kept.runs[place] for place in places), kept.whole)
            for one, kept in {**before, step: here}.items()
        }
        self._make_room()

    def due(self, step: int) -> bool:
        """Whether the runs are to be kept at that step, and are not yet."""
        wanted = step == 0 or self.next_after(step - 1) == step
        return bool(self._most) and wanted and step not in self._kept

    def stop(self) -> None:
        """Forget all, and keep nothing any more."""
        self._most = 0
        self._kept.clear()
        self._sum_up()

    def _one(self, run: Run, places: Places, before: KeptRun | None) -> KeptRun:
        if before and before.ended and not run.active:
            return before
        kept = keep(run, places)
        return self._look(kept) if self._looks_alone else kept

    def _look(self, kept: KeptRun) -> KeptRun:
        best = kept.record.checkpoint
        if best is not None and best not in self._halves:
            self._halves[best] = halved(best)
        return kept.for_a_look(best and self._halves[best])

    def _make_room(self) -> None:
        while self._kept and (len(self._kept) > self._most or self._bytes(self._kept) > self._room):
            whole = [step for step, one in self._kept.items() if one.whole]
            mostly_whole = len(whole) > 1 and self._bytes(whole) > self._bytes(self._kept) / 2
            if mostly_whole and len(self._kept) <= self._most:
                step = _least_wanted(whole, whole)
                looks = tuple(map(self._look, self._kept[step].runs))
                self._kept[step] = KeptRuns(looks, whole=False)
            else:
                looked_at = [step for step in self._kept if step not in whole]
                del self._kept[_least_wanted(looked_at or whole, self._kept)]
        self._sum_up()

    def _sum_up(self) -> None:
        self.nbytes = self._bytes(self._kept)
        self.steps = tuple(KeptStep(step, self._kept[step].whole) for step in sorted(self._kept))

    def _bytes(self, steps: Iterable[int]) -> int:
        """The bytes of these steps, what several of them share counted once."""
        parts = dict[int, int]()
        for step in steps:
            parts |= self._kept[step].parts
        return sum(parts.values())


def _least_wanted(candidates: Collection[int], among: Iterable[int]) -> int:
    """Of `candidates` the one whose neighbours `among` all are the closest; an end comes last."""
    order = sorted(among)
    last = order[-1] or 1

    def place(step: int) -> float:
        return math.log1p(step) / math.log1p(last) + step / last

    gaps = {
        step: place(after) - place(before)
        for before, step, after in zip(order, order[1:], order[2:], strict=False)
        if step in candidates
    }
    return min(gaps or candidates, key=lambda step: (gaps.get(step, 0.0), step))


def _whole_bytes(run: Run) -> int:
    """What a run takes that is kept whole, with a best checkpoint of its own."""
    return state_bytes(run.model) * (2 + len(run.optimiser.slots)) + RECORD_BYTES


def other_bytes(run: Run) -> int:
    """What a run takes that is not kept: history, film and best checkpoint."""
    best = state_bytes(run.model) * run.precision.itemsize // torch.float32.itemsize
    film = frame_bytes(run.model) if run.filmed else 0
    return run.record.history.nbytes + film + best
