"""A race: recipes × seeds that train in step, slice by slice, in the hands of one worker.

Whoever schedules calls :meth:`Race.run_slice` again and again. Everybody else sends commands and
reads :attr:`Race.snapshot`, from any thread at any time: commands are wishes and notes that the
worker reads between two slices, and a snapshot never changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from explainer.training.data.splits import Prepared
from explainer.training.devices import Device, best_device, workers
from explainer.training.freed_memory import give_back_freed_memory
from explainer.training.grouping import groups
from explainer.training.lineup import Settings, Source, line_up
from explainer.training.orders import Orders
from explainer.training.pace import Pace
from explainer.training.penalties import penalty
from explainer.training.recipe import Recipe, with_value
from explainer.training.run import Run
from explainer.training.snapshot import Snapshot
from explainer.training.team import Team
from explainer.training.views import run_view, score_on_test

__all__ = ["Race", "Settings", "Snapshot"]

Answer = TypeVar("Answer")


class Race:
    """Up to 8 recipes × 10 seeds on the same data, paused at step 0.

    `data` are prepared examples for all seeds, or a function from a seed to its own. Raises
    `ValueError` with one sentence where there is nothing to race, or too much.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        data: Source,
        *,
        seeds: Sequence[int] = (0, 1, 2),
        settings: Settings | None = None,
        device: Device | None = None,
    ) -> None:
        self.recipes = tuple(recipes)
        self._source: Source = data
        self.settings, self.device = settings or Settings(), device or best_device()
        self._seeds = tuple(seeds)
        self._orders, self._pace = Orders(), Pace()
        self._working = threading.RLock()
        self._closed = False
        self._runs: list[Run] = []
        self._teams: list[Team] = []
        self._step = 0
        self._line_up()
        self._snapshot = self._seen()

    # Commands, from any thread.

    def play(self) -> None:
        """Train until the end, or until the stop that is set."""
        self._orders.change(playing=True)

    def pause(self) -> None:
        """Stand still after the step that is being done."""
        self._orders.change(playing=False)

    def step(self, count: int = 1) -> None:
        """Train for `count` ≥ 1 steps more, then pause."""
        if count < 1:
            raise ValueError(f"count is {count}, but it starts at 1")
        self._orders.ahead(count, self._snapshot.step)

    def epoch(self) -> None:
        """Train for one epoch of the first recipe, then pause."""
        self.step(max(1, round(self._snapshot.steps_per_epoch)))

    def stop_at(self, step: int | None) -> None:
        """Pause when `step` is reached; None takes the stop away."""
        self._orders.change(stop_at=step)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Go no faster than this; None is as fast as it gets."""
        if steps_per_second is not None and not steps_per_second > 0:
            raise ValueError(f"the speed is {steps_per_second}, but it is above 0")
        self._orders.change(speed=steps_per_second)

    def reset(self) -> None:
        """Back to step 0 and the very same initial weights; paused."""
        self._orders.change(playing=False, stop_at=None)
        self._orders.post(self._reset)

    def new_seeds(self) -> None:
        """Back to step 0 with as many seeds that were not raced yet; paused."""
        self._orders.change(playing=False, stop_at=None)
        self._orders.post(self._next_seeds)

    def set_learning_rate(self, recipe: int, value: float) -> None:
        """Turn the learning rate of a recipe, by index. Raises `ValueError` naming the bounds."""
        with_value(self.recipes[recipe], "learning_rate", value)
        self._orders.post(lambda: self._turn(recipe, lambda run: run.set_learning_rate(value)))

    def set_strength(self, recipe: int, slug: str, value: float) -> None:
        """Turn λ of one penalty of a recipe, by index and by the slug of the penalty.

        Raises `ValueError` for an unknown penalty and for a value out of its bounds.
        """
        with_value(self.recipes[recipe], penalty(slug).slug, value)
        self._orders.post(lambda: self._turn(recipe, lambda run: run.set_strength(slug, value)))

    def evaluate_test(self) -> None:
        """Score the best checkpoint of every run on the test part; each run once until reset."""
        self._orders.post(self._test)

    def ask(self, question: Callable[[Sequence[Run]], Answer]) -> Future[Answer]:
        """Let the worker answer `question` about its runs between two slices.

        The runs belong to the worker: what the question returns must be its own copy.
        """
        answer: Future[Answer] = Future()
        self._orders.post(lambda: _answer(answer, question, self._runs))
        return answer

    # For readers and for whoever schedules.

    @property
    def snapshot(self) -> Snapshot:
        """The race as it was after the last slice, with the wishes that stand now."""
        wish, seen = self._orders.wish, self._snapshot
        stop = wish.stop_at if wish.stop_at is not None and wish.stop_at > seen.step else None
        playing = wish.playing and not seen.finished
        return replace(seen, playing=playing, stop_at=stop, speed=wish.speed)

    @property
    def has_work(self) -> bool:
        """Whether a slice would do anything."""
        if self._closed:
            return False
        return self._orders.waiting or (self._orders.wish.playing and not self._snapshot.finished)

    def wait_for_work(self, timeout: float) -> bool:
        """Return True when a command has come since the last slice, False after `timeout` s."""
        return self._orders.wait(timeout)

    def run_slice(self, seconds: float = 0.1) -> int:
        """Do what was asked for about so long; returns how many steps each run went on.

        0 says that there was nothing to do, or that the speed limit allows nothing yet.
        """
        with self._working:
            if self._closed:
                return 0
            notes = self._orders.take()
            for note in notes:
                note()
            steps = self._train(seconds)
            if steps or notes:
                self._snapshot = self._seen()
            return steps

    def close(self) -> None:
        """Forget models, data and curves; commands do nothing any more."""
        self._closed = True
        with self._working:
            for note in self._orders.take():
                note()
            self._runs, self._teams = [], []
            self._source = _no_data
            self._snapshot = replace(self._snapshot, runs=())
        give_back_freed_memory()

    # The worker.

    def _train(self, seconds: float) -> int:
        started, done = time.perf_counter(), 0
        while (left := seconds - (time.perf_counter() - started)) > 0 or not done:
            wish = self._orders.wish
            allowed = self._allowed(wish.stop_at, wish.speed)
            if not wish.playing or not self._teams or self._orders.waiting or self._closed:
                break
            if allowed == 0:
                break
            fitting = self._pace.fitting(left)
            done += self._advance(min(fitting, allowed) if allowed is not None else fitting)
            if not self._teams or self._step == wish.stop_at:
                self._rest()
                self._orders.settle(wish)
                break
        return done

    def _allowed(self, stop_at: int | None, speed: float | None) -> int | None:
        limits = [self._pace.allowance(speed)]
        if stop_at is not None and stop_at > self._step:
            limits.append(stop_at - self._step)
        known = [limit for limit in limits if limit is not None]
        return min(known) if known else None

    def _advance(self, steps: int) -> int:
        before, started = self._step, time.perf_counter()
        teams = self._teams
        if self.device.grouping.threads > 1 and len(teams) > 1:
            list(workers(self.device.grouping.threads).map(lambda team: team.advance(steps), teams))
        else:
            for team in teams:
                team.advance(steps)
        self._step = max(run.step for team in teams for run in team.runs)
        done: int = max(1, self._step - before)
        self._pace.done(done, time.perf_counter() - started)
        self._pace.spend(done)
        if any(team.broken for team in teams):
            self._regroup()
        return done

    def _rest(self) -> None:
        for team in self._teams:
            team.measure()
        if not self._teams and self.settings.test_at_end:
            self._test()

    def _line_up(self) -> None:
        self._runs = line_up(
            self.recipes, self._seeds, self._source, self.settings, self.device.torch
        )
        self._regroup()
        self._step = 0

    def _regroup(self) -> None:
        how = self.device.grouping
        how = how if self.settings.stacked else replace(how, largest=1)
        self._teams = [Team(group) for group in groups(self._runs, how)]

    def _reset(self) -> None:
        for run in self._runs:
            run.reset()
        self._step = 0
        self._regroup()

    def _next_seeds(self) -> None:
        first = max(self._seeds) + 1
        self._seeds = tuple(range(first, first + len(self._seeds)))
        self._line_up()

    def _turn(self, recipe: int, turn: Callable[[Run], None]) -> None:
        count = len(self._seeds)
        for run in self._runs[recipe * count : (recipe + 1) * count]:
            turn(run)

    def _test(self) -> None:
        for run in self._runs:
            run.record.test = run.record.test or score_on_test(run)

    def _seen(self) -> Snapshot:
        count, first = len(self._seeds), self._runs[0]
        sizes = [run.record.nbytes for run in self._runs]
        return Snapshot(
            recipes=self.recipes,
            seeds=self._seeds,
            runs=tuple(run_view(number // count, run) for number, run in enumerate(self._runs)),
            step=self._step,
            total_steps=max(run.total_steps for run in self._runs),
            steps_per_epoch=first.batches.examples / first.batches.size,
            playing=False,
            finished=not self._teams,
            stop_at=None,
            speed=None,
            steps_per_second=self._pace.steps_per_second,
            device=self.device.title,
            groups=tuple(len(team.runs) for team in self._teams),
            history_bytes=sum(history for history, _ in sizes),
            checkpoint_bytes=sum(kept for _, kept in sizes),
        )


def _no_data(seed: int) -> Prepared:
    raise ValueError(f"the race is closed, and there are no data for seed {seed}")


def _answer(
    answer: Future[Answer], question: Callable[[Sequence[Run]], Answer], runs: Sequence[Run]
) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(question(runs))
    except Exception as error:
        answer.set_exception(error)
