"""The runs of a race in the hands of their worker: moving them on, regrouping, starting again."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import replace
from itertools import chain

from explainer.accelerator import bytes_in_use, give_back
from explainer.training.data.splits import Prepared
from explainer.training.engine.build_runs import Settings, Source, build_runs
from explainer.training.engine.devices import Device, device, workers
from explainer.training.engine.grouping import groups
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import DeviceLostError, RunGroup, Way, run_groups
from explainer.training.engine.views import run_view, score_on_test
from explainer.training.measurement.failure import LOST, goes_on_the_cpu, not_scored
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.recipe import Recipe

PIECES = 4  # parts in which a group does what it is to do

_log = logging.getLogger(__name__)


class RaceRuns:
    """All runs of a race, recipe by recipe and seed by seed; those that go on are at `step`.

    Not safe for threads: one worker at a time. Raises `ValueError` as :func:`build_runs` does.
    """

    def __init__(
        self,
        recipes: tuple[Recipe, ...],
        source: Source,
        seeds: Sequence[int],
        settings: Settings,
        device: Device,
    ) -> None:
        self._recipes, self._source, self._seeds = recipes, source, tuple(seeds)
        self._settings, self._device = settings, device
        self.step, self._groups = 0, list[RunGroup]()
        self._line_up()

    @property
    def finished(self) -> bool:
        """Whether no run goes on."""
        return not self._groups

    def advance(self, steps: int) -> int:
        """Train every run that goes on for so many steps; returns how many it really were."""
        before, goal = self.step, self.step + steps
        while behind := [group for group in self._groups if group.step < goal]:
            try:
                self._go(behind, goal)
            except DeviceLostError as error:
                self._to_the_cpu(error)
                continue
            self.step = max(self.step, *(group.step for group in behind))
            if any(group.broken for group in behind):
                self._regroup()
        return max(1, self.step - before)

    def rest(self) -> None:
        """Measure where the runs have come to a halt; at the end, score them on the test part."""
        try:
            for group in self._groups:
                group.measure()
        except DeviceLostError as error:
            self._to_the_cpu(error)
        if any(group.failed for group in self._groups):
            self._regroup()
        if self.finished and self._settings.test_at_end:
            self.test()

    def reset(self) -> None:
        """Back to step 0 and the very same initial weights."""
        for run in self.runs:
            run.reset()
        self.step = 0
        self._regroup()

    def next_seeds(self) -> None:
        """Back to step 0 with as many seeds that come after those raced so far."""
        first = max(self._seeds) + 1
        self._seeds = tuple(range(first, first + len(self._seeds)))
        self._line_up()

    def turn(self, recipe: int, change: Callable[[Run], None]) -> None:
        """Change something of every run of a recipe."""
        count = len(self._seeds)
        for run in self.runs[recipe * count : (recipe + 1) * count]:
            change(run)

    def test(self) -> None:
        """Score on the test part whatever has no score yet; a run that cannot be says why."""
        for run in self.runs:
            try:
                run.record.test = run.record.test or score_on_test(run)
            except Exception as error:  # whatever it is, the other runs have their scores
                run.record.untested = not_scored(error)
            else:
                run.record.untested = ""

    def view(self, steps_per_second: float) -> Snapshot:
        """All that there is to see of the runs; paused, as far as they know."""
        count, first = len(self._seeds), self.runs[0]
        sizes = [run.record.nbytes for run in self.runs]
        return Snapshot(
            recipes=self._recipes,
            seeds=self._seeds,
            runs=tuple(run_view(number // count, run) for number, run in enumerate(self.runs)),
            step=self.step,
            total_steps=max(run.total_steps for run in self.runs),
            steps_per_epoch=first.batches.examples / first.batches.size,
            playing=False,
            finished=self.finished,
            stop_at=None,
            speed=None,
            steps_per_second=steps_per_second,
            device=self._device.title,
            groups=tuple(len(group.runs) for group in self._groups),
            history_bytes=sum(history for history, _ in sizes),
            checkpoint_bytes=sum(kept for _, kept in sizes),
            device_bytes=bytes_in_use(self._device.torch),
            problem=self._device.problem,
            task=first.data.task,
        )

    def _line_up(self) -> None:
        who = self._recipes, self._seeds, self._source, self._settings
        try:
            self.runs = build_runs(*who, self._device.torch)
        except LOST as error:
            self._give_up(error)
            self.runs = build_runs(*who, self._device.torch)
        self.step = 0
        self._regroup()

    def _go(self, behind: Sequence[RunGroup], goal: int) -> None:
        """Bring the groups that are `behind` to the step `goal`, or to their end."""
        if threads := self._device.grouping.threads:
            _share_out(behind, goal, threads)
        else:
            for group in behind:
                group.advance(goal - group.step)

    def _give_up(self, error: Exception) -> None:
        """From here on the CPU computes, and the race says why."""
        problem = goes_on_the_cpu(self._device.title, error)
        _log.warning("%s", problem, exc_info=error)
        self._device = replace(device("cpu"), problem=problem)

    def _to_the_cpu(self, error: Exception) -> None:
        """Let the runs go on from where they stand; a run whose numbers are lost ends."""
        self._give_up(error)
        self._groups = []  # they hold the GPU's memory
        shared = {id(run.data): run.data for run in self.runs}
        moved = dict[int, Prepared]()
        for run, place in [(run, id(run.data)) for run in self.runs]:
            try:
                if place not in moved:
                    moved[place] = shared[place].to("cpu")
                run.move(moved[place])
            except RuntimeError as lost:
                run.record.failed(run.step, lost)
        give_back()
        self._regroup()

    @property
    def _way(self) -> Way:
        way = self._device.way
        graphed = self._settings.graphs and self._settings.stacked
        return Way.AHEAD if way is Way.GRAPHED and not graphed else way

    def _regroup(self) -> None:
        how = self._device.grouping
        how = how if self._settings.stacked else replace(how, largest=1, across_seeds=False)
        made = (run_groups(group, self._way) for group in groups(self.runs, how))
        try:
            self._groups = list(chain.from_iterable(made))
        except DeviceLostError as error:
            self._to_the_cpu(error)


def _share_out(behind: Sequence[RunGroup], goal: int, threads: int) -> None:
    """Advance the groups `behind` to the step `goal` in `threads` threads, which end together.

    Where there are more groups than threads they take turns, a few steps each: a thread that was
    held up, by a visitor's page say, leaves the more to the others.
    """
    steps = goal - min(group.step for group in behind)
    piece = -(-steps // PIECES) if len(behind) > threads else steps
    ready = deque((group, goal - group.step) for group in behind)

    def work() -> None:
        while True:
            try:
                group, left = ready.popleft()
            except IndexError:
                return  # what is left is in the hands of the others
            group.advance(min(piece, left))
            if left > piece:
                ready.append((group, left - piece))

    working = [workers(threads).submit(work) for _ in range(min(threads, len(behind)))]
    wait(working)
    for one in working:
        one.result()
