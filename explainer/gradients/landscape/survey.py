"""A survey: networks trained, planes computed from coarse to fine, in slices, on every core.

The worker that calls `run_slice` owns the networks; everybody else reads `snapshot`. It is what
`explainer.service` schedules, as it does races, so that a server with many visitors computes only
so many at once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from explainer.freed_memory import give_back_freed_memory
from explainer.gradients.landscape.members import Member, Sheet, lanes
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.plane import PICTURES
from explainer.gradients.landscape.training import Diverged
from explainer.gradients.landscape.views import Snapshot, VariantView
from explainer.kept import MEGABYTE, Kept
from explainer.training.engine.devices import cores, workers
from explainer.training.engine.watched import Watched
from explainer.words import N_, sentence_of

TRAINING_COST = 3  # a step costs this many forward passes
EPSILON = 1e-9

SURVEYS: Kept[SurveyPlan, Snapshot] = Kept(16 * MEGABYTE, lambda one: one.history_bytes)

Stage = tuple[str, int, list[Iterator[None]]]


class Survey(Watched):
    """The survey of a plan."""

    def __init__(self, plan: SurveyPlan) -> None:
        super().__init__()
        self.plan = plan
        self._members = [
            Member(label, setup, recomputed=plan.recomputed) for label, setup in plan.variants
        ]
        self._sheets: list[Sheet] = []
        self._stages = self._all_stages()
        self._lanes: deque[Iterator[None]] = deque()
        self._computed, self._seconds = 0, 0.0
        fresh = Snapshot(plan, tuple(member.view() for member in self._members))
        self._snapshot = SURVEYS.get(plan) or fresh

    @property
    def snapshot(self) -> Snapshot:
        """How the survey stood after the last slice, with the wish that stands now."""
        seen = self._snapshot
        return replace(seen, playing=self._wants and not seen.finished)

    def run_slice(self, seconds: float = 0.1) -> int:
        """Compute for about so long; returns how many pieces were done, 0 where nothing was."""
        with self._working:
            self._news.clear()
            if seconds <= 0 or not self.has_work:
                return 0
            try:
                return self._work(time.perf_counter() + seconds)
            except (Diverged, ValueError) as error:
                self._snapshot = replace(self._seen(), finished=True, message=sentence_of(error))
                return 1

    def close(self) -> None:
        """Forget the networks and the planes."""
        self._closed = True
        with self._working:
            self._members, self._sheets = [], []
            self._lanes.clear()
            self._stages = iter(())
            self._snapshot = replace(self._snapshot, panels=(), checkpoint_bytes=0)
        give_back_freed_memory()

    # The worker.

    def _work(self, deadline: float) -> int:
        pool, pieces, started = workers(cores()), 0, time.perf_counter()
        before = self._points
        while not pieces or (time.perf_counter() < deadline and not self._interrupted):
            if not self._lanes and not self._next_stage():
                break
            pieces += self._advance(pool, deadline)
        if self._points > before:
            self._computed += self._points - before
            self._seconds += time.perf_counter() - started
        self._snapshot = self._seen()
        if self._snapshot.finished:
            SURVEYS.put(self.plan, replace(self._snapshot, checkpoint_bytes=0))
        return max(1, pieces)

    def _next_stage(self) -> bool:
        stage = next(self._stages, None)
        if stage is None:
            self._snapshot = replace(self._snapshot, finished=True)
            return False
        phase, side, found = stage
        self._snapshot = replace(self._snapshot, phase=phase, side=side)
        self._lanes.extend(found)
        return True

    def _advance(self, pool: ThreadPoolExecutor, deadline: float) -> int:
        """Let as many lanes as there are cores go on until the deadline; the others take turns."""
        running = [self._lanes.popleft() for _ in range(min(cores(), len(self._lanes)))]
        turns = [pool.submit(self._drive, lane, deadline) for lane in running]
        wait(turns)
        results = [turn.result() for turn in turns]
        going = [lane for lane, (_, goes_on) in zip(running, results, strict=True) if goes_on]
        self._lanes.extend(going)
        return sum(pieces for pieces, _ in results)

    def _drive(self, lane: Iterator[None], deadline: float) -> tuple[int, bool]:
        """Pieces done, and whether there is more."""
        pieces = 0
        for _ in lane:
            pieces += 1
            if time.perf_counter() >= deadline or self._interrupted:
                return pieces, True
        return pieces, False

    def _all_stages(self) -> Iterator[Stage]:
        """What is to be done, in the order in which a reader wants to see it."""
        yield N_("Training"), 0, [member.train() for member in self._members]
        self._sheets = [
            Sheet(number, member, self.plan, seed)
            for number, member in enumerate(self._members)
            for seed in self.plan.plane_seeds
        ]
        count = len(self._sheets[0].rows)
        for level in range(count):
            yield self._level(level)
            for sheet in self._sheets:
                sheet.complete = level + 1
            if level == 0:
                yield N_("Measuring curvature"), 0, [one.sharpen() for one in self._members]
            if level == min(1, count - 1):
                walks = [one.walk() for one in self._members + self._sheets]
                yield N_("Following the path"), 0, walks

    def _level(self, level: int) -> Stage:
        """The points of one level, of all planes in turn."""
        piles = [[(sheet, part) for part in sheet.pieces(level)] for sheet in self._sheets]
        work = deque(piece for together in zip(*piles, strict=False) for piece in together)
        longest = max(map(len, piles))
        work.extend(
            pile[place]
            for place in range(min(map(len, piles)), longest)
            for pile in piles
            if place < len(pile)
        )
        phase = N_("Computing {side} × {side} of {whole} × {whole} points")
        return phase, len(self._sheets[0].rows[level]), lanes(work, cores())

    @property
    def _points(self) -> int:
        return sum(sheet.done for sheet in self._sheets)

    @property
    def _interrupted(self) -> bool:
        return self._closed or not self._wants

    def _seen(self) -> Snapshot:
        rate = self._computed / self._seconds if self._seconds > 0 else 0.0
        return replace(
            self._snapshot,
            variants=tuple(member.view() for member in self._members),
            panels=tuple(sheet.view() for sheet in self._sheets),
            progress=1.0 if self._snapshot.finished else self._progress(),
            points=self._points,
            points_per_second=rate,
            checkpoint_bytes=sum(one.trained.nbytes for one in self._members if one.trained),
        )

    def _progress(self) -> float:
        """The share of the work that is done, in points of a plane."""
        views: list[VariantView] = [member.view() for member in self._members]
        each = [TRAINING_COST * view.setup.batch / (2 * PICTURES) for view in views]
        steps = sum(cost * view.setup.steps for cost, view in zip(each, views, strict=True))
        done = sum(cost * view.step for cost, view in zip(each, views, strict=True))
        planes = len(self._members) * len(self.plan.plane_seeds) * self.plan.points**2
        return min(1.0, (done + self._points) / (steps + planes + EPSILON))


def survey(plan: SurveyPlan) -> Snapshot:
    """All of a plan at once, for scripts and tests."""
    whole = Survey(plan)
    whole.play()
    while whole.has_work:
        whole.run_slice(1.0)
    return whole.snapshot
