"""The runs of a race in the hands of their worker: moving them on, regrouping, starting again."""

from __future__ import annotations

import copy
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from explainer.accelerator import bytes_in_use, give_back
from explainer.training.data.splits import Prepared
from explainer.training.engine.build_runs import Settings, Source, build_runs
from explainer.training.engine.by_hand import Coefficient, set_by_hand
from explainer.training.engine.devices import Device, device, share_out, workers
from explainer.training.engine.rewind.branch import again, branched
from explainer.training.engine.rewind.kept_run import Places, keep
from explainer.training.engine.rewind.kept_steps import KeptRuns, KeptSteps
from explainer.training.engine.run import Run, run_view, score_on_test
from explainer.training.engine.run_group import DeviceLostError, RunGroup, Way, groups, run_groups
from explainer.training.measurement.failure import LOST, goes_on_the_cpu, not_scored
from explainer.training.measurement.snapshot import Fork, Snapshot
from explainer.training.recipe.recipe import Recipe

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
        self._looked: dict[int, list[Run]] = {}  # by the step they are of; at most one
        self._line_up()

    @property
    def finished(self) -> bool:
        """Whether no run goes on."""
        return not self._groups

    def advance(self, steps: int) -> int:
        """Train every run that goes on for so many steps; returns how many it really were."""
        before, goal = self.step, self.step + steps
        self._looked = {}
        self._keep_if_due()
        while not self.finished and self.step < goal:
            self._go_on(min(goal, self._kept.next_after(self.step)))
            self._keep_if_due()
        return max(1, self.step - before)

    def begin(self) -> Iterator[None]:
        """Measure the runs before their first step, seed by seed; yields after each seed."""
        while waiting := [group for group in self._groups if not group.begun]:
            seed = min(group.runs[0].seed for group in waiting)
            self._settle(RunGroup.begin, [group for group in waiting if group.runs[0].seed == seed])
            yield

    def rest(self) -> None:
        """Measure where the runs have come to a halt; at the end, score them on the test part."""
        self._settle(RunGroup.measure)
        if self.finished and self._settings.test_at_end:
            self.test()

    def reset(self) -> None:
        """Back to step 0 and the very same initial weights."""
        for run in self.runs:
            run.reset()
        self._begin(self.runs)

    def next_seeds(self) -> None:
        """Back to step 0 with as many seeds that come after those raced so far."""
        first = max(self._seeds) + 1
        self._seeds = tuple(range(first, first + len(self._seeds)))
        self._line_up()

    def at(self, step: int) -> Sequence[Run]:
        """The runs as they were at the kept step nearest to `step`, or as they are if that is now.

        Whoever looks must leave them as they are.
        """
        near = self._nearest(step, [kept.step for kept in self._kept.steps])
        if near == self.step:
            return self.runs
        if near not in self._looked:
            kept = zip(self.runs, self._kept.at(near).runs, strict=True)
            self._looked = {near: [one.onto(again(run, one.recipe), run) for run, one in kept]}
        return self._looked[near]

    def branch(self, step: int, recipes: Sequence[Recipe]) -> RaceRuns:
        """The runs of another race, from the nearest step on that is kept whole, or from now on.

        Raises `ValueError` as :func:`branched` does.
        """
        near = self._nearest(step, [kept.step for kept in self._kept.steps if kept.whole])
        here = self._now() if near == self.step else self._kept.at(near)
        branch = branched(self.runs, here, near, recipes, self._settings)
        other = copy.copy(self)
        other._recipes = tuple(recipes)
        other._begin(branch.runs, branch.fork)
        other._kept.take_over(self._kept, near, here, branch.places)
        return other

    def turn(self, recipe: int, change: Callable[[Run], None]) -> None:
        """Change something of every run of a recipe."""
        count = len(self._seeds)
        for run in self.runs[recipe * count : (recipe + 1) * count]:
            change(run)

    def set_by_hand(self, recipe: int, seed: int, which: Coefficient, value: float) -> None:
        """Set one weight or bias of the run of a recipe and a seed, both by index.

        Where this step is kept it is kept anew: what is kept is what the race went on from. Raises
        `ValueError` as :func:`~explainer.training.engine.by_hand.set_by_hand` does.
        """
        set_by_hand(self.runs[recipe * len(self._seeds) + seed], which, value)
        self._settle(RunGroup.changed)
        self._kept.renew(self.step, self.runs, self._settled())

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
        return self._view(self.runs, steps_per_second)

    def view_at(self, step: int) -> Snapshot:
        """What there was to see at the kept step nearest to `step`."""
        return self._view(self.at(step), 0.0)

    def _view(self, runs: Sequence[Run], steps_per_second: float) -> Snapshot:
        count, first = len(self._seeds), runs[0]
        sizes = [run.record.nbytes for run in self.runs]
        return Snapshot(
            recipes=tuple(run.recipe for run in runs[::count]),
            seeds=self._seeds,
            runs=tuple(run_view(number // count, run) for number, run in enumerate(runs)),
            step=self.step if runs is self.runs else max(run.step for run in runs),
            total_steps=max(run.total_steps for run in runs),
            steps_per_epoch=first.batches.examples / first.batches.size,
            playing=False,
            finished=not any(run.active for run in runs),
            stop_at=None,
            speed=None,
            steps_per_second=steps_per_second,
            device=self._device.title,
            groups=tuple(len(group.runs) for group in self._groups),
            history_bytes=sum(history for history, _ in sizes) + self._old_bytes,
            checkpoint_bytes=sum(kept for _, kept in sizes) + self._kept.nbytes,
            device_bytes=bytes_in_use(self._device.torch),
            problem=self._device.problem,
            task=first.data.task,
            kept=self._kept.steps,
            fork=self._fork,
        )

    def _line_up(self) -> None:
        who = self._recipes, self._seeds, self._source, self._settings
        try:
            runs = build_runs(*who, self._device.torch)
        except LOST as error:
            self._give_up(error)
            runs = build_runs(*who, self._device.torch)
        self._begin(runs)

    def _begin(self, runs: list[Run], fork: Fork | None = None) -> None:
        """Take these runs, which are at step 0 or at that of the fork."""
        self.runs, self._fork, self.step = runs, fork, fork.step if fork else 0
        self._old_bytes = fork.nbytes if fork else 0
        room = self._settings.most_bytes - self._old_bytes
        self._kept = KeptSteps(runs, self._settings.kept_steps, room)
        self._looked = {}
        self._groups = list[RunGroup]()
        self._regroup()

    def _nearest(self, step: int, kept: Sequence[int]) -> int:
        return min([self.step, *kept], key=lambda one: abs(one - step))

    def _keep_if_due(self) -> None:
        """Keep the runs as they are; a race that has no memory for it goes on without."""
        if self.finished or not self._kept.due(self.step):
            return
        try:
            self._kept.keep(self.step, self.runs, self._settled())
        except (RuntimeError, MemoryError) as error:
            _log.warning("This race keeps no steps any more", exc_info=error)
            self._kept.stop()

    def _now(self) -> KeptRuns:
        places = self._settled()
        return KeptRuns(tuple(keep(run, places) for run in self.runs))

    def _settled(self) -> Places:
        """Let all that is done be noted; where the runs that go on are."""
        self._settle(RunGroup.settle)
        return dict(chain.from_iterable(group.places.items() for group in self._groups))

    def _settle(
        self, how: Callable[[RunGroup], None], groups: Sequence[RunGroup] | None = None
    ) -> None:
        """Do this with these groups, or with all; side by side where groups train so."""
        groups, threads = self._groups if groups is None else groups, self._device.grouping.threads
        each = workers(threads).map if threads and len(groups) > 1 else map
        try:
            deque(each(how, groups), maxlen=0)
        except DeviceLostError as error:
            self._to_the_cpu(error)
        if any(group.broken for group in self._groups):
            self._regroup()

    def _go_on(self, goal: int) -> None:
        """Bring every run that goes on to the step `goal`, or to its end."""
        while behind := [group for group in self._groups if group.step < goal]:
            try:
                self._go(behind, goal)
            except DeviceLostError as error:
                self._to_the_cpu(error)
                continue
            self.step = max(self.step, *(group.step for group in behind))
            if any(group.broken for group in behind):
                self._regroup()

    def _go(self, behind: Sequence[RunGroup], goal: int) -> None:
        """Bring the groups that are `behind` to the step `goal`, or to their end."""
        if threads := self._device.grouping.threads:
            share_out(behind, goal, threads)
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
        self._kept.stop()  # and these lie there
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
